// Words as the desktop and the tests read them: the forms a language counts with, what stands in for what is missing, and
// the words of a failure. That both languages have every key that a screen uses is checked by `cargo xtask words`.
package tekram.ui.common

import com.ibm.icu.text.PluralRules
import org.junit.jupiter.api.Test
import tekram.ui.desktop.XmlWords
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class WordsTest {
    private val english = XmlWords(Locale.UK)
    private val files = XmlWords.rooms.associateWith { room -> listOf("values", "values-de").map { XmlWords.read("$it/strings_$room.xml") } }

    @Test
    fun `every counted word has the forms its language needs`() {
        for ((language, index) in listOf(Locale.ENGLISH to 0, Locale.GERMAN to 1)) {
            val needed = PluralRules.forLocale(language).keywords
            for (file in files.values) {
                for ((key, forms) in file[index]?.plurals.orEmpty()) assertEquals(needed, forms.keys, "$key in $language")
            }
        }
    }

    @Test
    fun `one and many differ and take their count`() {
        assertEquals("1 minute", english.counted("common_minutes", 1))
        assertEquals("0 minutes", english.counted("common_minutes", 0))
        assertEquals("5 Minuten", XmlWords(Locale.GERMANY).counted("common_minutes", 5))
    }

    @Test
    fun `counts are grouped as the language writes them, error numbers are not`() {
        assertEquals("12,408 entries in the history", english.counted("me_holdings_listens", 12_408))
        assertEquals("12.408 Einträge im Verlauf", XmlWords(Locale.GERMANY).counted("me_holdings_listens", 12_408))
        assertEquals("Error number 4002", english.word("common_error_code", "4002"))
        assertEquals("2 % go to Mara before the rest is divided", english.word("pay_why_fee", 2L, "Mara"))
    }

    @Test
    fun `a language without words of its own reads english`() = assertEquals("History", XmlWords(Locale.FRANCE).word("common_tab_history"))

    @Test
    fun `a key without a word is a mistake`() {
        assertFailsWith<NoSuchElementException> { english.word("common_no_such_word") }
    }

    @Test
    fun `a failure is told by its name, else by the screen, else by its room`() {
        fun shown(
            name: String,
            room: String,
        ) = Shown(1, name, room)
        assertEquals(english.word("error_wrong_passphrase"), english.error(shown("wrong_passphrase", "vault"), "The screen's"))
        assertEquals("The screen's", english.error(shown("never_heard_of", "vault"), "The screen's"))
        assertEquals(english.word("error_room_vault"), english.error(shown("never_heard_of", "vault")))
        assertEquals(english.word("error_unknown"), english.error(shown("never_heard_of", "nowhere")))
    }
}
