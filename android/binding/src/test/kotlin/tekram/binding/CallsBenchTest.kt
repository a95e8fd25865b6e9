// What a call costs from the JVM: the generated code, JNA and the facade together, for a call that does next to nothing, a
// page of listens and the preview of a month's split. `cargo xtask bench facade` says what the same calls cost in the
// core. Only with `-Dbench -Ddevice=FOLDER` (made by `tekram-bench device FOLDER 50000`); printed, not asserted.
package tekram.binding

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledIfSystemProperty
import tekram.ffi.Agent
import tekram.ffi.AgentSettings
import tekram.ffi.HistoryQuery
import tekram.ffi.Persona
import tekram.ffi.RulesChange
import tekram.ffi.SourceFactor
import tekram.ffi.version
import kotlin.test.assertEquals

private const val ROUNDS = 21
private const val PAGE = 50u
private const val NANOS_IN_US = 1000.0

@EnabledIfSystemProperty(named = "bench", matches = ".*")
@EnabledIfSystemProperty(named = "device", matches = ".+")
class CallsBenchTest {
    private val everything = HistoryQuery(null, null, null, null, null)

    @Test
    fun `calls from the JVM`() =
        runBlocking {
            val agent = Agent.open(AgentSettings(System.getProperty("device"), emptyList(), null, emptyList(), "Europe/Vienna"), null, null, null)
            try {
                calls(agent.unlockWithPassphrase(agent.personas().first().id, "four words in a row"))
            } finally {
                agent.shutDown()
                agent.close()
            }
        }

    private suspend fun calls(persona: Persona) {
        val source = persona.monthSources(null).first().source
        val change = RulesChange(null, null, null, null, listOf(SourceFactor(source, 1_500u)))
        assertEquals(PAGE.toInt(), persona.listens(everything, null, PAGE).listens.size)
        timed("version", 2_000) { version() }
        timed("name", 2_000) { persona.name() }
        timed("rules", 500) { persona.rules() }
        timed("listens of 50", 50) { persona.listens(everything, null, PAGE) }
        timed("days of 30", 50) { persona.days(everything, null, 30u) }
        timed("preview_statement", 20) { persona.previewStatement(null, change) }
    }

    /** Median, least and most of the rounds, each of [calls] calls, in microseconds for one call. */
    private suspend fun timed(
        name: String,
        calls: Int,
        call: suspend () -> Any?,
    ) {
        val took =
            (0 until ROUNDS + ROUNDS / 2).map {
                val began = System.nanoTime()
                repeat(calls) { call() }
                (System.nanoTime() - began) / NANOS_IN_US / calls
            }
        // The first rounds are the compiler's.
        val sorted = took.drop(ROUNDS / 2).sorted().map { Math.round(it * 10) / 10.0 }
        println("""{"call":"$name","rounds":$ROUNDS,"median_us":${sorted[ROUNDS / 2]},"min_us":${sorted.first()},"max_us":${sorted.last()}}""")
    }
}
