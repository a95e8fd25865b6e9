package tekram.platform.diagnose

import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import java.nio.file.Files
import kotlin.random.Random
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class DiagnosticLogTest {
    private val folder: File = Files.createTempDirectory("diagnostics").toFile()
    private val file = File(folder, "log")
    private var now = 1_700_000_000L
    private val log = DiagnosticLog(file, capacity = 8) { now++ }

    @AfterTest
    fun tidy() {
        folder.deleteRecursively()
    }

    private fun exported() = ByteArrayOutputStream().also(log::export).toString(Charsets.US_ASCII)

    @Test
    fun `the newest entries are kept in order and the file does not grow`() {
        repeat(100) { log.note(DiagnosticLog.Moment.CoreError, it.toLong()) }
        val codes = log.lines().map { it.split(' ')[2].toInt() }
        assertEquals((92..99).toList(), codes)
        assertTrue(file.length() <= 8 * 256, "${file.length()} bytes")
    }

    @Test
    fun `it goes on where it was after a restart`() {
        repeat(3) { log.note(DiagnosticLog.Moment.Started) }
        val again = DiagnosticLog(file, capacity = 8) { now++ }
        again.note(DiagnosticLog.Moment.CoreError, 7)
        assertEquals(4, again.lines().size)
        assertTrue(again.lines().last().endsWith("3 7"))
    }

    @Test
    fun `a damaged file is read as far as it can be`() {
        repeat(3) { log.note(DiagnosticLog.Moment.Started) }
        file.writeBytes(Random(1).nextBytes(700))
        DiagnosticLog(file, capacity = 8) { now++ }.run {
            note(DiagnosticLog.Moment.Started)
            assertTrue(lines().isNotEmpty())
        }
    }

    /** Whatever words are in an exception, its causes or its thread's name, none of them is written. */
    @Test
    fun `no word of an exception reaches the export`() {
        val random = Random(SEED)
        repeat(500) { round ->
            val personal = "p" + random.nextBytes(random.nextInt(4, 40)).joinToString("") { "%02x".format(it) }
            val thrown =
                when (random.nextInt(4)) {
                    0 -> IllegalStateException(personal)
                    1 -> RuntimeException(personal, IOException("cause $personal"))
                    2 -> uniffiLike(personal)
                    else -> Error(personal).also { it.addSuppressed(IOException(personal)) }
                }
            UncaughtExceptions(log, null).uncaughtException(Thread(null, {}, personal), thrown)
            log.note(DiagnosticLog.Moment.HostFailed, thrown)
            assertFalse(personal in exported(), "seed $SEED, round $round")
        }
        assertTrue(
            exported()
                .lines()
                .drop(1)
                .filter(String::isNotEmpty)
                .all { it.matches(LINE) },
            exported(),
        )
    }

    @Test
    fun `the system's handler gets where it happened, not what it said`() {
        var handed: Throwable? = null
        UncaughtExceptions(log, { _, thrown -> handed = thrown }).uncaughtException(Thread.currentThread(), IOException("Anna 4711"))
        val seen = handed!!.stackTraceToString()
        assertFalse("Anna" in seen)
        assertTrue("DiagnosticLogTest" in seen)
    }

    private fun uniffiLike(text: String): Throwable = UnsupportedOperationException("code=$text", IllegalArgumentException(text))

    private companion object {
        const val SEED = 20261
        val LINE = Regex("""\d+ \d+ \d+( [A-Za-z0-9_.$]+)*""")
    }
}
