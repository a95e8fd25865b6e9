// The page of licences is packed into every edition, and its list is shown in pieces.
package tekram.ui.me

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import tekram.ui.common.Edition
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

class LicencesTest {
    @Test
    fun `every edition has the licences of what is shipped`() {
        val page = assertNotNull(runBlocking { Edition().licences() }, "the build packed no page")
        for (part in listOf("rusqlite", "uniffi", "tokio", "AndroidX: Compose", "MIT", "MPL-2.0")) assertTrue(part in page, part)
        val pieces = pieces(page)
        assertTrue(pieces.all { it.lines().size <= 40 })
        val lines = { text: String -> text.lines().filter(String::isNotBlank) }
        assertEquals(lines(page), pieces.flatMap(lines))
    }
}
