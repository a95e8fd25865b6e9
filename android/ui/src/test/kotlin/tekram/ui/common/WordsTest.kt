// The words: every key that the code names exists, both languages have the same keys and the same places for values,
// and the forms that a language counts with are there.
package tekram.ui.common

import com.ibm.icu.text.PluralRules
import org.junit.jupiter.api.Test
import tekram.ui.desktop.XmlWords
import java.io.File
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class WordsTest {
    private val english = XmlWords(Locale.UK)
    private val files = XmlWords.rooms.associateWith { room -> listOf("values", "values-de").map { XmlWords.read("$it/strings_$room.xml") } }

    private val places = Regex("""%(\d+\$)?[a-zA-Z]""")

    private fun places(text: String) = places.findAll(text).map { it.value }.toSortedSet()

    @Test
    fun `every key that the code names exists`() {
        val named = Regex("""\b(?:word|plural|counted)\(\s*"([a-z0-9_]+)"""")
        val sources = File("src/main/kotlin").walk().filter { it.extension == "kt" }
        val missing = sources.flatMap { file -> named.findAll(file.readText()).map { it.groupValues[1] }.filter { it !in english.keys }.map { "$it in ${file.name}" } }
        assertEquals(emptyList(), missing.toList())
    }

    @Test
    fun `german has every word and no other`() {
        for ((room, pair) in files) {
            val (en, de) = pair.map { file -> file?.run { strings.keys + plurals.keys }.orEmpty() }
            assertEquals(emptySet(), en - de, "missing in German, $room")
            assertEquals(emptySet(), de - en, "only in German, $room")
        }
    }

    @Test
    fun `both languages have the same places for values`() {
        for ((en, de) in files.values) {
            for ((key, text) in en?.strings.orEmpty()) assertEquals(places(text), places(de?.strings.orEmpty().getValue(key)), key)
        }
    }

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
    fun `a key belongs to one room`() {
        val twice = files.values.flatMap { (en, _) -> en?.run { strings.keys + plurals.keys }.orEmpty() }.groupingBy { it }.eachCount().filterValues { it > 1 }
        assertEquals(emptyMap(), twice)
    }

    @Test
    fun `one and many differ and take their count`() {
        assertEquals("1 minute", english.counted("common_minutes", 1))
        assertEquals("0 minutes", english.counted("common_minutes", 0))
        assertEquals("5 Minuten", XmlWords(Locale.GERMANY).counted("common_minutes", 5))
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
