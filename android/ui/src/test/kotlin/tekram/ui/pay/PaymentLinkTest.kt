// How payment links read: whom they name and where money goes, so that two that differ can be told apart.
package tekram.ui.pay

import org.junit.jupiter.api.Test
import tekram.ffi.LinkKind
import kotlin.test.assertEquals
import kotlin.test.assertNotEquals

class PaymentLinkTest {
    @Test
    fun `a transfer names its receiver and its IBAN in groups of four`() {
        val read = PaymentLink.of("payto://iban/de89370400440532013000?amount=EUR:1.54&receiver-name=Verein%20Nachtzug")
        assertEquals(PaymentLink(LinkKind.PAYTO, "Verein Nachtzug", "DE89 3704 0044 0532 0130 00"), read)
        assertEquals("COBADEFF DE89 3704 0044 0532 0130 00", PaymentLink.of("payto:/iban/COBADEFF/DE89370400440532013000").account)
        assertEquals("021000021 123456789", PaymentLink.of("PAYTO://ach/021000021/123456789").account)
        assertNotEquals(
            PaymentLink.of("payto://iban/DE89370400440532013000").lines,
            PaymentLink.of("payto://iban/DE89370400440532013001").lines,
        )
    }

    @Test
    fun `other links say their account or page`() {
        assertEquals(PaymentLink(LinkKind.UPI, "Mara Lind", "mara@bank"), PaymentLink.of("upi://pay?pa=mara%40bank&pn=Mara+Lind"))
        assertEquals(PaymentLink(LinkKind.LIGHTNING, null, "mara@wallet.example"), PaymentLink.of("lightning:mara@wallet.example"))
        assertEquals(PaymentLink(LinkKind.TALER, null, "pay/exchange.example/7"), PaymentLink.of("taler://pay/exchange.example/7"))
        assertEquals(PaymentLink(LinkKind.WEB, null, "give.example/mara?way=card"), PaymentLink.of("https://give.example/mara?way=card"))
        assertEquals("http://give.example/mara", PaymentLink.of("http://give.example/mara").account, "not encrypted on the way")
    }

    @Test
    fun `what cannot be taken apart is shown as it is`() {
        for (odd in listOf("payto:", "payto://iban", "upi://pay?pn=Mara", "give.example", "")) assertEquals(odd, PaymentLink.of(odd).account, odd)
        assertEquals("%zz", PaymentLink.of("payto://ach/%zz").account)
    }
}
