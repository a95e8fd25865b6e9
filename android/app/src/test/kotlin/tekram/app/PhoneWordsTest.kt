package tekram.app

import org.junit.Test
import org.robolectric.RuntimeEnvironment
import tekram.ui.common.counted
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class PhoneWordsTest : AppPhone() {
    private val words get() = PhoneWords(process.resources, process.packageName)

    @Test
    fun `words come in the phone's language`() {
        assertEquals("History", words.word("common_tab_history"))
        RuntimeEnvironment.setQualifiers("+de")
        assertEquals("Verlauf", words.word("common_tab_history"))
        assertEquals(Locale.GERMAN.language, words.locale.language)
    }

    @Test
    fun `a word that is missing is a mistake of ours, unless it was asked about`() {
        assertTrue(words.has("common_ok"))
        assertFalse(words.has("error_of_another_version"))
        assertFailsWith<IllegalStateException> { words.word("no_such_word") }
    }

    @Test
    fun `plurals go by the count, however large`() {
        assertEquals("1 found. It is in your list of who gets paid.", words.counted("app_maker_found", 1))
        assertTrue(words.plural("app_maker_found", 2, 2).startsWith("2 found. They"))
        assertEquals("12,408 entries in the history", words.counted("me_holdings_listens", 12_408))
        assertEquals(1_000_000, PhoneWords.quantity(7_000_000_000_000L).also { assertTrue(it > 1) })
        assertTrue(PhoneWords.quantity(4_294_967_297L) > 1, "2^32 + 1 is not one")
    }
}
