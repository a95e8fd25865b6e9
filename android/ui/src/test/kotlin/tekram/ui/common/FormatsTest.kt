// Money, dates and lengths of time as English and German write them.
package tekram.ui.common

import org.junit.jupiter.api.Test
import tekram.ui.desktop.XmlWords
import tekram.ui.pictures.pictureClock
import java.util.Locale
import kotlin.test.assertEquals

class FormatsTest {
    private val english = Formats(XmlWords(Locale.UK), pictureClock)
    private val german = Formats(XmlWords(Locale.GERMANY), pictureClock)

    private fun assertText(
        expected: String,
        actual: String,
    ) = assertEquals(expected, actual.replace('\u00A0', ' ').replace('\u202F', ' '))

    @Test
    fun `euros have cents`() {
        assertText("€1,234.50", english.money(123_450, "EUR"))
        assertText("1.234,50 €", german.money(123_450, "EUR"))
        assertText("-€0.01", english.money(-1, "EUR"))
    }

    @Test
    fun `yen have no minor unit`() {
        assertText("JP¥1,234", english.money(1234, "JPY"))
        assertText("1.234 ¥", german.money(1234, "JPY"))
    }

    @Test
    fun `satoshi are whole and their thousandths are shown when there are any`() {
        assertText("21,000 sat", english.money(21_000, "SAT"))
        assertText("21 sat", english.money(21_000, "MSAT"))
        assertText("21,005 sat", german.money(21_005, "MSAT"))
        assertText("120 sat", english.money(120_000, "MSAT"))
    }

    @Test
    fun `the largest amounts are exact`() = assertText("€92,233,720,368,547,758.07", english.money(Long.MAX_VALUE, "EUR"))

    @Test
    fun `a currency nobody knows is shown by its code`() = assertText("500 XQQ", english.money(500, "XQQ"))

    @Test
    fun `lengths of time are whole words or short ones`() {
        assertText("0 seconds", english.duration(0))
        assertText("59 seconds", english.duration(59_999))
        assertText("1 minute", english.duration(60_000))
        assertText("1 hour", english.duration(3_600_000))
        assertText("3 h 5 min", english.duration(11_100_000))
        assertText("2 Stunden", german.duration(7_200_000))
    }

    @Test
    fun `today and yesterday have words of their own`() {
        val now = pictureClock.millis()
        assertText("Today", english.day(now))
        assertText("Gestern", german.day(now - 86_400_000))
        assertText("Saturday, 21 November 2026", english.isoDay("2026-11-21"))
        assertText("Samstag, 21. November 2026", german.isoDay("2026-11-21"))
    }

    @Test
    fun `dates follow the locale and its zone`() {
        val moment = 1_795_476_600_000
        assertText("24 Nov 2026", english.date(moment))
        assertText("00:30", english.time(moment))
        assertText("24.11.2026", german.date(moment))
        assertText("November 2026", english.month("2026-11"))
        assertText("März 2026", german.month("2026-03"))
    }

    @Test
    fun `thousandths become percent`() {
        assertText("12.5%", english.percent(125))
        assertText("12,5 %", german.percent(125))
    }
}
