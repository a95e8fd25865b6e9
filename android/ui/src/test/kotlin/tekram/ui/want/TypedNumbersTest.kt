// Amounts and degrees as people type them, in several languages; and cells as the map draws them.
package tekram.ui.want

import org.junit.jupiter.api.Test
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue

class TypedNumbersTest {
    @Test
    fun `amounts are read as the person's language writes them`() {
        assertEquals(25_000, minorUnits("250", "EUR", Locale.UK))
        assertEquals(1_999, minorUnits("19.99", "EUR", Locale.UK))
        assertEquals(1_999, minorUnits("19,99", "EUR", Locale.UK))
        assertEquals(1_950, minorUnits(" 19,5 ", "EUR", Locale.GERMANY))
        assertEquals(125_050, minorUnits("1.250,50", "EUR", Locale.GERMANY))
        assertEquals(125_050, minorUnits("1,250.50", "EUR", Locale.UK))
        assertEquals(1_250_000, minorUnits("1 250 000", "SAT", Locale.UK))
        assertEquals(1_200, minorUnits("1200", "JPY", Locale.JAPAN))
        assertEquals(1_999, minorUnits("١٩٫٩٩", "EUR", Locale.forLanguageTag("ar-EG-u-nu-arab")) ?: minorUnits("١٩.٩٩", "EUR", Locale.UK))
    }

    @Test
    fun `what is no amount is not guessed`() {
        for (text in listOf("", "much", "1.5.5", "-3", "1,25,0", "19.999", "1e3")) assertNull(minorUnits(text, "EUR", Locale.UK), text)
        assertNull(minorUnits("1.5", "SAT", Locale.UK))
        assertNull(minorUnits("99999999999999999999", "EUR", Locale.UK))
    }

    @Test
    fun `degrees take a comma, a point and a sign`() {
        assertEquals(listOf(50.11, 8.68, -33.9, -33.9, 7.0), listOf("50.11", "8,68", "-33.9", "−33,9", "7.").map(::degrees))
        for (text in listOf("", "north", "1.2.3", "1234", "NaN")) assertNull(degrees(text), text)
    }

    @Test
    fun `a country's own currency comes first and none comes twice`() {
        assertEquals(listOf("GBP", "EUR", "SAT"), offeredCurrencies(Locale.UK))
        assertEquals(listOf("EUR", "SAT"), offeredCurrencies(Locale.GERMANY))
        assertEquals(listOf("EUR", "SAT"), offeredCurrencies(Locale.ENGLISH))
    }
}
