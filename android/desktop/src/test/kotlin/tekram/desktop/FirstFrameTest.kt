// From the start of a process to the first frame of the first run, of the lock screen and of History with the sample
// log, only when asked for: `-Dbench -Dtest=FirstFrameTest`. The numbers belong to a machine and are printed, not
// asserted; what is asserted is that each screen comes. `-Ddevice=FOLDER` takes History from a device made by the bench.
package tekram.desktop

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledIfSystemProperty
import org.junit.jupiter.api.io.TempDir
import tekram.ffi.Agent
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertTrue

private const val RUNS = 9
private const val NANOS_IN_MS = 1e6

@EnabledIfSystemProperty(named = "bench", matches = ".*")
class FirstFrameTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `from nothing to the first frame`() {
        val sample = withSample(folder.resolve("sample"))
        val places =
            mapOf(
                FirstScreen.FirstRun to Files.createDirectories(folder.resolve("nobody")),
                FirstScreen.Lock to sample,
                FirstScreen.History to (System.getProperty("device")?.let(Path::of) ?: sample),
            )
        val took = places.keys.associateWith { mutableListOf<Double>() }
        // The first round fills the system's file cache; in turns, so that what else the machine does meets all.
        repeat(RUNS + 1) { round ->
            for ((screen, place) in places) {
                val millis = run(screen, place)
                if (round > 0) took.getValue(screen) += millis
            }
        }
        for ((screen, millis) in took) {
            val sorted = millis.sorted().map { Math.round(it) }
            assertEquals(RUNS, sorted.size)
            println("""{"screen":"$screen","runs":$RUNS,"median_ms":${sorted[RUNS / 2]},"min_ms":${sorted.first()},"max_ms":${sorted.last()}}""")
        }
    }

    private fun withSample(place: Path): Path {
        Agent.open(Arguments.parse(listOf("--data", "$place")).settings(), null, null, null).use { agent ->
            runBlocking {
                val persona = agent.createPersona("Home", FRAME_PASSPHRASE)
                val report = persona.startImport("${Path.of("../../tests/fixtures/listens/listenbrainz.zip")}").finish()
                persona.acceptBatch(report.batch)
                persona.lock()
            }
            agent.shutDown()
        }
        return place
    }

    /** One process, from before it is started until it says that the frame is there. */
    private fun run(
        screen: FirstScreen,
        place: Path,
    ): Double {
        val java = Path.of(System.getProperty("java.home"), "bin", "java")
        val flags = listOf("java.awt.headless", "skiko.renderApi", "jna.library.path").map { "-D$it=${System.getProperty(it)}" }
        val command =
            listOf("$java") + flags + listOf("-cp", System.getProperty("java.class.path"), "tekram.desktop.FirstFrameKt", "$screen", "--data", "$place")
        val began = System.nanoTime()
        val process = ProcessBuilder(command).redirectErrorStream(true).start()
        val said = process.inputReader().lineSequence().firstOrNull { it.startsWith("{") }
        val took = (System.nanoTime() - began) / NANOS_IN_MS
        assertTrue(process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0, "$screen ended with ${process.exitValue()}")
        println(checkNotNull(said) { "$screen was never drawn" })
        return took
    }
}
