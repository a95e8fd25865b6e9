// A log of a million listens on the real core, walked from the newest to the oldest as a finger would: the memory that a
// few pages take is all that it takes. Only when a device is named that the bench made (`tekram-bench device FOLDER
// 1000000`): `-Ddevice=FOLDER -Dtest=LongLogTest`.
package tekram.ui.history

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.newSingleThreadContext
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.resetMain
import kotlinx.coroutines.test.setMain
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledIfSystemProperty
import tekram.ffi.Agent
import tekram.ffi.AgentSettings
import tekram.ui.TEST_PASSPHRASE
import tekram.ui.common.PagedRows
import tekram.ui.start.Session
import java.nio.file.Files
import java.nio.file.Path
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlin.time.measureTime

private const val MARKS = 10
private const val KIB_IN_MIB = 1024.0
private const val BYTES_IN_MIB = 1024.0 * 1024.0
private const val MOST_ROWS_HELD = 420
private const val MOST_GROWTH_MIB = 24.0

@EnabledIfSystemProperty(named = "device", matches = ".+")
@OptIn(ExperimentalCoroutinesApi::class, kotlinx.coroutines.DelicateCoroutinesApi::class)
class LongLogTest {
    private data class Mark(
        val row: Int,
        val heapMib: Double,
        val residentMib: Double,
    )

    @Test
    fun `a list of every listen takes no more memory at its end than after its first fifth`() {
        val main = newSingleThreadContext("main")
        Dispatchers.setMain(main)
        val settings = AgentSettings(System.getProperty("device"), emptyList(), null, emptyList(), "Europe/Vienna")
        val agent = Agent.open(settings, null, null, null)
        try {
            runBlocking {
                val persona = agent.unlockWithPassphrase(agent.personas().first().id, TEST_PASSPHRASE)
                withContext(Dispatchers.Main) { walk(Session(persona)) }
            }
        } finally {
            agent.shutDown()
            agent.close()
            Dispatchers.resetMain()
            main.close()
        }
    }

    private suspend fun walk(session: Session) {
        val total = session.persona.holdings().listens.toInt()
        val listens = DayModel(session, fromMs = null, toMs = null).listens
        val marks = mutableListOf<Mark>()
        val took = measureTime { marks += listens.toTheEnd(total / MARKS) }
        assertEquals(total, listens.rows.value.count)
        val back = measureTime { listens.backTo(0) }
        val days = HistoryModel(session).days
        val daysTook = measureTime { days.toTheEnd(total) }
        // The compiler's own memory grows through the first tenth.
        val (settled, last) = marks[1] to marks.last()
        println(
            """{"listens":$total,"walk_ms":${took.inWholeMilliseconds},"back_ms":${back.inWholeMilliseconds},"days":${days.rows.value.count},""" +
                """"days_ms":${daysTook.inWholeMilliseconds},"heap_mib":${marks.map { it.heapMib }},"resident_mib":${marks.map { it.residentMib }}}""",
        )
        assertTrue(last.heapMib - settled.heapMib < MOST_GROWTH_MIB, "heap: $marks")
        assertTrue(last.residentMib - settled.residentMib < MOST_GROWTH_MIB, "resident: $marks")
    }

    /** Shows each page in turn, and notes the memory every [step] rows. */
    private suspend fun <T : Any> PagedRows<T>.toTheEnd(step: Int): List<Mark> {
        val marks = mutableListOf<Mark>()
        var row = 0
        while (true) {
            val held = rows.first { it.ended || it.count > row }
            assertTrue(held.held <= MOST_ROWS_HELD, "${held.held} rows are held")
            if (row / step > marks.size) marks += mark(row)
            if (held.ended && row >= held.count) break
            row = held.count
            need(row)
        }
        return marks + mark(row)
    }

    /** Jumps to a row whose page was dropped. */
    private suspend fun <T : Any> PagedRows<T>.backTo(row: Int) {
        need(row)
        assertNotNull(rows.first { it[row] != null }[row])
    }

    // What is counted is what is held, not what was not collected yet.
    @Suppress("ExplicitGarbageCollectionCall")
    private fun mark(row: Int): Mark {
        System.gc()
        val memory = Runtime.getRuntime()
        val resident =
            Files
                .readAllLines(Path.of("/proc/self/status"))
                .first { it.startsWith("VmRSS:") }
                .filter(Char::isDigit)
                .toDouble()
        return Mark(row, rounded((memory.totalMemory() - memory.freeMemory()) / BYTES_IN_MIB), rounded(resident / KIB_IN_MIB))
    }

    private fun rounded(number: Double): Double = Math.round(number * 10) / 10.0
}
