// A list of a million rows is walked from end to end with memory for a few pages, and back again.
package tekram.ui.common

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds

private const val MILLION = 1_000_000
private const val PAGE = 1000

class PagedRowsTest {
    private var reads = 0

    private fun story(story: suspend (CoroutineScope) -> Unit) =
        runBlocking {
            val scope = CoroutineScope(coroutineContext + Job())
            withTimeout(60.seconds) { story(scope) }
            scope.cancel()
        }

    private fun numbers(
        scope: CoroutineScope,
        length: Int,
        pageSize: Int,
    ) = PagedRows<Int>(scope, pageSize, pagesHeld = 5) { after, limit ->
        reads++
        val from = after?.toInt() ?: 0
        val to = minOf(from + limit.toInt(), length)
        PageOf((from until to).toList(), to.toString().takeIf { to < length })
    }

    /** Scrolls to [index]: as on a screen, a page follows the one before it. */
    private suspend fun <T> PagedRows<T>.seen(index: Int): T? {
        while (rows.first { it.phase != Phase.Loading }.count <= index) {
            val known = rows.value.count
            need(known)
            rows.first { it.count > known }
        }
        need(index)
        return rows.first { it[index] != null }[index]
    }

    @Test
    fun `a million rows are walked with a few pages in memory`() =
        story { scope ->
            val list = numbers(scope, MILLION, PAGE)
            list.reload()
            for (index in 0 until MILLION step PAGE) {
                assertEquals(index, list.seen(index))
                assertTrue(list.rows.value.held <= 6 * PAGE, "${list.rows.value.held} rows are held at $index")
            }
            assertEquals(MILLION - 1, list.seen(MILLION - 1))
            assertEquals(MILLION, list.rows.value.count)
            assertEquals(17, list.seen(17))
            assertTrue(list.rows.value.held <= 6 * PAGE)
        }

    @Test
    fun `the end is known when no page follows, however full the last one is`() =
        story { scope ->
            for (length in listOf(1, 9, 10, 11, 20)) {
                val list = numbers(scope, length, 10)
                list.reload()
                assertEquals(length - 1, list.seen(length - 1))
                assertTrue(list.rows.value.ended)
                assertEquals(length, list.rows.value.count)
            }
        }

    @Test
    fun `a list without rows is empty and one that cannot be read says why`() =
        story { scope ->
            val none = PagedRows<Int>(scope) { _, _ -> PageOf(emptyList(), null) }
            none.reload()
            assertEquals(Phase.Empty, none.rows.first { it.phase != Phase.Loading }.phase)
            val broken = PagedRows<Int>(scope) { _, _ -> error("no") }
            broken.reload()
            assertIs<Phase.Failed>(broken.rows.first { it.phase != Phase.Loading }.phase)
        }

    @Test
    fun `reading anew keeps what is shown until the first page is there`() =
        story { scope ->
            val list = numbers(scope, 30, 10)
            list.reload()
            list.seen(25)
            val before = reads
            list.reload()
            assertEquals(Phase.Ready, list.rows.value.phase)
            list.rows.first { it.count == 10 }
            assertTrue(reads > before)
        }
}
