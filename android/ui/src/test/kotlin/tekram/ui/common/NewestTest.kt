package tekram.ui.common

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

/** Of reads that run at once the newest counts, whichever answers first. */
class NewestTest {
    @Test
    fun `an answer that comes after a newer one is dropped`() =
        runBlocking {
            val newest = Newest()
            val slow = CompletableDeferred<String>()
            val old = async { newest.read { slow.await() } }
            yield()
            assertEquals("new", newest.read { "new" }?.getOrThrow())
            slow.complete("old")
            assertNull(old.await())
            assertEquals("next", newest.read { "next" }?.getOrThrow())
        }

    @Test
    fun `answers in the order of their reads all count, a refusal too`() =
        runBlocking {
            val newest = Newest()
            val second = CompletableDeferred<String>()
            val first = async { newest.read<String> { error("refused") } }
            val later = async { newest.read { second.await() } }
            assertEquals("refused", first.await()?.exceptionOrNull()?.message)
            second.complete("there")
            assertEquals("there", later.await()?.getOrThrow())
        }
}
