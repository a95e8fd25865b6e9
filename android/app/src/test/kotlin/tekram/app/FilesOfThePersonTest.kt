package tekram.app

import android.app.Activity
import android.content.Intent
import android.net.Uri
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import tekram.ui.common.FileFailed
import tekram.ui.common.FileFault
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import java.io.OutputStream
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Files that the person picks, through the system's own picker and back. */
class FilesOfThePersonTest : AppPhone() {
    private val documents get() = shadowOf(process.contentResolver)
    private val picked = Uri.parse("content://cloud/history")
    private val target = Uri.parse("content://cloud/copy")

    /** Answers the picker that [ask] opens with [document]. */
    @OptIn(ExperimentalCoroutinesApi::class)
    private fun <T> answering(
        activity: Activity,
        document: Uri?,
        ask: suspend () -> T,
    ): Result<T> {
        val answer = CoroutineScope(Dispatchers.Default).async { runCatching { ask() } }
        var asked = shadowOf(activity).nextStartedActivityForResult
        until("the picker") { asked != null || shadowOf(activity).nextStartedActivityForResult?.also { asked = it } != null }
        val result = if (document == null) Activity.RESULT_CANCELED else Activity.RESULT_OK
        shadowOf(activity).receiveResult(asked.intent, result, document?.let { Intent().setData(it) })
        until("an answer") { answer.isCompleted }
        return answer.getCompleted()
    }

    private fun fault(answer: Result<*>): FileFault? = (answer.exceptionOrNull() as? FileFailed)?.fault

    private fun passing(): List<File> =
        File(process.cacheDir, "passing").walk().filter { it.isFile }.toList()

    @Test
    fun `what cannot be read is told apart from turning away, whatever its provider throws`() {
        val activity = start().get()
        assertNull(answering(activity, null) { process.device.pickFile() }.getOrThrow())
        for (thrown in listOf(IOException(), SecurityException(), IllegalStateException())) {
            documents.registerInputStreamSupplier(picked) { throw thrown }
            assertEquals(FileFault.NotRead, fault(answering(activity, picked) { process.device.pickFile() }), thrown.toString())
        }
        assertTrue(passing().isEmpty(), "nothing half read is left behind")
    }

    @Test
    fun `a cloud that refuses is no success, and the copy on the phone is deleted`() {
        val activity = start().get()
        for (thrown in listOf(IOException(), SecurityException())) {
            documents.registerOutputStreamSupplier(target) {
                object : OutputStream() {
                    override fun write(byte: Int) = throw thrown
                }
            }
            val path = answering(activity, target) { process.device.newFile("history.jsonl") }.getOrThrow()!!
            File(path).writeText("a whole history")
            assertFalse(runBlocking { process.device.delivered(path).also { process.device.letGo(path) } })
            assertTrue(passing().isEmpty(), thrown.toString())
        }
    }

    @Test
    fun `picking a file leaves an export alone that is still being written`() {
        val activity = start().get()
        val written = ByteArrayOutputStream()
        documents.registerOutputStream(target, written)
        documents.registerInputStream(picked, ByteArrayInputStream("a letter".toByteArray()))
        val path = answering(activity, target) { process.device.newFile("history.jsonl") }.getOrThrow()!!
        File(path).writeText("a whole history")
        val other = answering(activity, picked) { process.device.pickFile() }.getOrThrow()!!
        assertEquals("a letter", File(other).readText())
        assertTrue(runBlocking { process.device.delivered(path) })
        assertEquals("a whole history", written.toString())
    }

    @Test
    fun `a phone without room says so`() {
        val activity = start().get()
        // A file where the folder would be is as good as a full phone.
        File(process.cacheDir, "passing").apply { deleteRecursively() }.writeText("")
        assertEquals(FileFault.NotSaved, fault(answering(activity, target) { process.device.newFile("history.jsonl") }))
        assertEquals(FileFault.NotRead, fault(answering(activity, picked) { process.device.pickFile() }))
    }
}
