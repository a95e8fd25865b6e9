// What went wrong on this phone, for the person to export by hand and nobody else. It is a ring in one file of fixed
// size, and it cannot hold personal data because there is no way to give it any: an entry is a `Moment`, a number and
// at most a few class names. No text, no id, no address, no message of an exception.
package tekram.platform.diagnose

import java.io.File
import java.io.IOException
import java.io.OutputStream
import java.io.RandomAccessFile

class DiagnosticLog(
    private val file: File,
    private val capacity: Int = CAPACITY,
    private val secondsSince1970: () -> Long = { System.currentTimeMillis() / MS_PER_SECOND },
) {
    /** The things that can be noted. Their numbers are stable: an exported log is read by other versions. */
    enum class Moment(
        val number: Int,
    ) {
        Started(1),
        UncaughtException(2),
        CoreError(3),
        HostFailed(4),
        CaptureFailed(5),
        JobStarted(6),
        JobFinished(7),
        JobStopped(8),
        KeyFailed(9),
        Restored(10),
        ScanFailed(11),
        LinkRefused(12),
    }

    /** Notes a moment with a stable number of its own, such as the core's error code. Never throws. */
    fun note(
        moment: Moment,
        code: Long = 0,
    ) = write("${moment.number} $code")

    /**
     * Notes the kinds of an exception and of its causes, as class names. Where the class is not of a program that came
     * with the app or the system, a name is not written either.
     */
    fun note(
        moment: Moment,
        thrown: Throwable,
    ) {
        val kinds = generateSequence(thrown) { it.cause }.take(DEEPEST).map { knownName(it.javaClass) }
        write("${moment.number} 0 ${kinds.joinToString(" ")}")
    }

    /** The entries from the oldest to the newest, one a line: seconds since 1970, number, code, class names. */
    @Synchronized
    fun export(to: OutputStream) {
        to.write(HEADING.toByteArray(Charsets.US_ASCII))
        for (line in lines()) to.write("$line\n".toByteArray(Charsets.US_ASCII))
    }

    @Synchronized
    fun lines(): List<String> =
        try {
            if (!file.isFile) emptyList() else read()
        } catch (_: IOException) {
            emptyList()
        }

    @Synchronized
    fun clear() {
        file.delete()
    }

    // Slot n of the ring starts at n × SLOT_BYTES; a line says its running number first, so the order is known.
    @Synchronized
    private fun write(what: String) {
        try {
            val running = 1 + (newest ?: lastRunning())
            val line = "$running ${secondsSince1970()} $what"
            val slot = line.take(SLOT_BYTES - 1).padEnd(SLOT_BYTES - 1) + "\n"
            RandomAccessFile(file, "rw").use {
                it.seek((running % capacity) * SLOT_BYTES)
                it.write(slot.toByteArray(Charsets.US_ASCII))
            }
            newest = running
        } catch (_: IOException) {
            // A full disk must not end the app that wants to say so.
        }
    }

    private var newest: Long? = null

    private fun lastRunning(): Long = if (file.isFile) slots().maxOfOrNull { it.first } ?: 0 else 0

    private fun read(): List<String> = slots().sortedBy { it.first }.map { it.second }

    private fun slots(): List<Pair<Long, String>> =
        file.readText(Charsets.US_ASCII).chunked(SLOT_BYTES).mapNotNull { slot ->
            val line = slot.trim().trim('\u0000')
            val running = line.substringBefore(' ').toLongOrNull() ?: return@mapNotNull null
            running to line.substringAfter(' ')
        }

    companion object {
        private const val CAPACITY = 512
        private const val SLOT_BYTES = 256
        private const val DEEPEST = 4
        private const val MS_PER_SECOND = 1000
        private const val HEADING = "tekram diagnostic log 1: seconds number code kinds\n"
        private val OURS = listOf("tekram.", "uniffi.", "java.", "javax.", "kotlin.", "kotlinx.", "android.", "androidx.")

        private fun knownName(kind: Class<*>): String =
            kind.name.takeIf { name -> OURS.any(name::startsWith) && name.all { it.code in '!'.code..'~'.code } } ?: "other"
    }
}
