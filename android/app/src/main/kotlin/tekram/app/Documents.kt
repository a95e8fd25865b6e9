// Reading and writing what the person chose in the system's document picker. A document is anything from a local file to
// a cloud's; it can fail at any byte, and then nothing half done is taken for the whole.
package tekram.app

import android.content.Context
import android.net.Uri
import android.provider.OpenableColumns
import java.io.File
import java.io.IOException
import java.io.OutputStream

/** Copies between documents and files. */
object Documents {
    /** The document's name as its provider gives it, without any folder. */
    fun name(
        context: Context,
        document: Uri,
    ): String? =
        runCatching {
            context.contentResolver.query(document, arrayOf(OpenableColumns.DISPLAY_NAME), null, null, null)?.use {
                if (it.moveToFirst()) it.getString(0)?.substringAfterLast('/') else null
            }
        }.getOrNull()

    /** Copies a document into a new file; false, and no file, when it could not be read to its end. */
    fun copy(
        context: Context,
        from: Uri,
        to: File,
    ): Boolean {
        val whole =
            guarded {
                val input = context.contentResolver.openInputStream(from) ?: throw IOException("no document")
                input.use { source -> to.outputStream().use(source::copyTo) }
            }
        if (!whole) to.delete()
        return whole
    }

    /** Writes a file into a document, over what was there. */
    fun copy(
        context: Context,
        from: File,
        to: Uri,
    ): Boolean = write(context, to) { target -> from.inputStream().use { it.copyTo(target) } }

    /** Writes a document, over what was there; false when it is not there as a whole. */
    fun write(
        context: Context,
        to: Uri,
        content: (OutputStream) -> Unit,
    ): Boolean =
        guarded {
            val output = context.contentResolver.openOutputStream(to, "wt") ?: throw IOException("no document")
            output.use(content)
        }

    private fun guarded(block: () -> Unit): Boolean =
        try {
            block()
            true
        } catch (_: IOException) {
            false
        } catch (_: SecurityException) {
            // The picker's permission ends with the activity that asked.
            false
        } catch (_: IllegalArgumentException) {
            // What some providers throw instead, across processes.
            false
        } catch (_: IllegalStateException) {
            false
        } catch (_: UnsupportedOperationException) {
            false
        }
}
