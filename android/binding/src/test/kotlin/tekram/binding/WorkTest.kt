// A task of the core as a coroutine: progress in order, the report, and an end in every case.
package tekram.binding

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class WorkTest {
    /** Behaves as the generated tasks do: progress until the end, then the report, asked for as often as wanted. */
    private class FakeTask : AutoCloseable {
        val steps = Channel<Int>(Channel.UNLIMITED)
        val report = CompletableDeferred<String>()
        var cancelled = false
        var closed = false
        val work = Work(this, { steps.receiveCatching().getOrNull() }, { report.await() }, { cancelled = true })

        fun end(result: String) {
            steps.close()
            report.complete(result)
        }

        override fun close() {
            closed = true
        }
    }

    @Test
    fun `each step is told in order before the report`() =
        runBlocking {
            val task = FakeTask()
            val seen = mutableListOf<Int>()
            (1..5).forEach { task.steps.send(it) }
            task.end("done")
            assertEquals("done", task.work.run { seen += it })
            assertEquals(listOf(1, 2, 3, 4, 5), seen)
            assertTrue(task.closed)
        }

    @Test
    fun `cancelling the coroutine cancels the work and lets go of it`() =
        runBlocking {
            val task = FakeTask()
            val started = CompletableDeferred<Unit>()
            val job = launch { task.work.run { started.complete(Unit) } }
            task.steps.send(1)
            started.await()
            assertFalse(task.cancelled)
            job.cancelAndJoin()
            assertTrue(task.cancelled)
            assertTrue(task.closed)
        }

    @Test
    fun `a failure of the work reaches the caller and lets go of it`() {
        val task = FakeTask()
        task.report.completeExceptionally(IllegalArgumentException("named"))
        assertFailsWith<IllegalArgumentException> { runBlocking { task.work.run() } }
        assertTrue(task.closed)
    }

    @Test
    fun `a collector that stops early does not end the work`() =
        runBlocking {
            val task = FakeTask()
            (1..3).forEach { task.steps.send(it) }
            assertEquals(
                listOf(1),
                task.work
                    .progress()
                    .take(1)
                    .toList(),
            )
            assertFalse(task.cancelled)
            task.end("done")
            assertEquals("done", task.work.run())
        }
}
