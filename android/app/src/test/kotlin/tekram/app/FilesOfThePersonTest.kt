package tekram.app

import android.app.Activity
import android.content.Intent
import android.graphics.Bitmap
import android.graphics.ImageDecoder
import android.net.Uri
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import tekram.platform.backup.DocumentFolder
import tekram.platform.picture.SmallPicture
import tekram.ui.common.FileFailed
import tekram.ui.common.FileFault
import tekram.ui.vault.PICTURE_LIMIT_BYTES
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import java.io.OutputStream
import java.nio.ByteBuffer
import kotlin.random.Random
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

    @Test
    fun `a folder of the person may be used again after a restart, and one turned away from changes nothing`() {
        val activity = start().get()
        assertNull(answering(activity, null) { process.device.pickFolder() }.getOrThrow())
        val tree = Uri.parse("content://cloud/tree/backups")
        val folder = answering(activity, tree) { process.device.pickFolder() }.getOrThrow()!!
        assertEquals(tree.toString(), folder.reference)
        val kept = process.contentResolver.persistedUriPermissions.single { it.uri == tree }
        assertTrue(kept.isReadPermission && kept.isWritePermission)
        assertTrue(process.device.folder(folder.reference) is DocumentFolder)
        assertNull(process.device.folder("/a/path/of/the/desktop"), "the core reaches that itself")
    }

    @Test
    fun `the right to a folder is given back when the last profile leaves it`() {
        val activity = start().get()
        val (shared, own) = listOf("shared", "own").map { Uri.parse("content://cloud/tree/$it") }
        for (tree in listOf(shared, own)) answering(activity, tree) { process.device.pickFolder() }.getOrThrow()

        fun mayUse() = process.contentResolver.persistedUriPermissions.map { it.uri }.toSet()
        process.device.backsUpInto("anna", shared.toString())
        process.device.backsUpInto("ben", shared.toString())
        process.device.backsUpInto("anna", own.toString())
        assertEquals(setOf(shared, own), mayUse(), "ben still backs up there")
        process.device.backsUpInto("ben", null)
        assertEquals(setOf(own), mayUse())
        process.device.backsUpInto("anna", own.toString())
        assertEquals(setOf(own), mayUse(), "nothing changed")
        process.device.forgot("anna")
        assertEquals(emptySet(), mayUse(), "deleted")
        process.device.backsUpInto("ben", own.toString())
        process.device.backsUpInto("ben", null)
        assertEquals(emptySet(), mayUse(), "a right that is gone already is no failure")
    }

    @Test
    fun `a picture becomes a small square, and what is none is refused`() {
        val photo = Bitmap.createBitmap(1200, 800, Bitmap.Config.ARGB_8888)
        val noise = Random(7)
        repeat(40_000) { photo.setPixel(noise.nextInt(1200), noise.nextInt(800), noise.nextInt() or (0xFF shl 24)) }
        val file = ByteArrayOutputStream().also { photo.compress(Bitmap.CompressFormat.PNG, 100, it) }.toByteArray()
        val small = SmallPicture.of(ImageDecoder.createSource(ByteBuffer.wrap(file)), PICTURE_LIMIT_BYTES)!!
        assertTrue(small.size <= PICTURE_LIMIT_BYTES)
        val drawn = process.device.picture(small)!!
        assertEquals(drawn.width, drawn.height)
        assertNull(SmallPicture.of(ImageDecoder.createSource(ByteBuffer.wrap(byteArrayOf(1, 2, 3))), PICTURE_LIMIT_BYTES))
        assertNull(process.device.picture(byteArrayOf(1, 2, 3)))
    }
}
