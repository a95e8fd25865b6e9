// How payment links read: whom they name and where money goes, so that two that differ can be told apart.
import TekramCore
import Testing

@testable import TekramKit

@Suite struct PaymentLinkTests {
    @Test func aTransferNamesItsReceiverAndItsIbanInGroupsOfFour() {
        let read = PaymentLink("payto://iban/de89370400440532013000?amount=EUR:1.54&receiver-name=Verein%20Nachtzug")
        #expect(read.kind == .payto)
        #expect(read.lines == ["Verein Nachtzug", "DE89 3704 0044 0532 0130 00"])
        let withBank = PaymentLink("payto:/iban/COBADEFF/DE89370400440532013000")
        #expect(withBank.account == "COBADEFF DE89 3704 0044 0532 0130 00")
        #expect(PaymentLink("PAYTO://ach/021000021/123456789").account == "021000021 123456789")
        #expect(
            PaymentLink("payto://iban/DE89370400440532013000") != PaymentLink("payto://iban/DE89370400440532013001"))
    }

    @Test func otherLinksSayTheirAccountOrPage() {
        #expect(PaymentLink("upi://pay?pa=mara%40bank&pn=Mara+Lind").lines == ["Mara Lind", "mara@bank"])
        #expect(PaymentLink("lightning:mara@wallet.example").account == "mara@wallet.example")
        #expect(PaymentLink("taler://pay/exchange.example/7").account == "pay/exchange.example/7")
        #expect(PaymentLink("https://give.example/mara?way=card").account == "give.example/mara?way=card")
        #expect(PaymentLink("http://give.example/mara").account == "http://give.example/mara")
    }

    @Test func whatCannotBeTakenApartIsShownAsItIs() {
        for odd in ["payto:", "payto://iban", "upi://pay?pn=Mara", "give.example", ""] {
            #expect(PaymentLink(odd).account == odd)
        }
        #expect(PaymentLink("payto://ach/%zz").account == "%zz")
    }

    @Test func whereALinkIsFinishedGoesByItsKind() {
        #expect(LinkKind.payto.titleKey == "pay_handoff_title_bank")
        #expect(LinkKind.web.titleKey == "pay_handoff_title_web")
        for kind in [LinkKind.payto, .upi, .taler, .lightning, .web] {
            for key in [kind.titleKey, kind.textKey, kind.openKey, kind.key] { #expect(Words.has(key)) }
        }
    }
}
