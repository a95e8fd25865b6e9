// A folder of the system's picker as a place for backups: on this phone, on a stick, or one that a cloud's app carries
// elsewhere. Whatever its provider throws is one failure for the core; nothing of it ends in an error's text.
package tekram.platform.backup

import android.content.ContentResolver
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.os.ParcelFileDescriptor
import android.provider.DocumentsContract
import android.provider.DocumentsContract.Document
import tekram.ffi.BackupFolder
import tekram.ffi.FolderFile
import tekram.ffi.HostException
import java.io.FileInputStream
import java.io.FileNotFoundException
import java.io.FileOutputStream
import java.io.IOException
import java.io.SyncFailedException
import java.nio.ByteBuffer

/** The folder that the person chose as [tree]. */
class DocumentFolder(
    private val resolver: ContentResolver,
    private val tree: Uri,
) : BackupFolder {
    private class Entry(
        val document: Uri,
        val file: FolderFile,
    )

    override fun list(): List<FolderFile> =
        guarded {
            healed(entries()).map { it.file }
        }

    override fun read(
        name: String,
        offset: ULong,
        length: UInt,
    ): ByteArray =
        guarded {
            val opened = resolver.openFileDescriptor(existing(name).document, "r") ?: throw FileNotFoundException()
            ParcelFileDescriptor.AutoCloseInputStream(opened).use { input ->
                skipTo(input, offset.toLong())
                val bytes = ByteArray(length.toInt())
                val read = input.readFully(bytes)
                if (read == bytes.size) bytes else bytes.copyOf(read)
            }
        }

    override fun write(
        name: String,
        offset: ULong,
        bytes: ByteArray,
    ) = guarded {
        val found = find(name)
        if (found == null && offset > 0uL) throw FileNotFoundException()
        val document = found?.document ?: made(name)
        val size = found?.file?.bytes ?: 0uL
        val inPlace = openOrNull(document, "rw")
        if (inPlace != null) {
            ParcelFileDescriptor.AutoCloseOutputStream(inPlace).use { cutAndAdd(it, offset.toLong(), bytes) }
        } else {
            // Clouds that take a file only from its beginning or at its end.
            val mode =
                when (offset) {
                    0uL -> "wt"
                    size -> "wa"
                    else -> throw IOException("a file cannot be cut here")
                }
            (resolver.openOutputStream(document, mode) ?: throw FileNotFoundException()).use { it.write(bytes) }
        }
    }

    override fun sync(name: String) =
        guarded {
            openOrNull(existing(name).document, "rw")?.use {
                try {
                    it.fileDescriptor.sync()
                } catch (_: SyncFailedException) {
                    // A pipe to another app: that app answers for it.
                }
            }
            Unit
        }

    // No provider replaces a file in one step. The old one steps aside until the new one has its name, so that at every
    // moment one whole file is there; what is left aside by a phone that went off is put back when the folder is listed.
    override fun rename(
        from: String,
        to: String,
    ) = guarded {
        val moved = existing(from)
        val aside = find(to)?.let { renamed(it.document, to + ASIDE) }
        try {
            renamed(moved.document, to)
        } catch (failure: IOException) {
            aside?.let { renamed(it, to) }
            throw failure
        }
        aside?.let { DocumentsContract.deleteDocument(resolver, it) }
        Unit
    }

    override fun remove(name: String) =
        guarded {
            find(name)?.let { if (!DocumentsContract.deleteDocument(resolver, it.document)) throw IOException("not removed") }
            Unit
        }

    private val root: Uri get() = DocumentsContract.buildDocumentUriUsingTree(tree, DocumentsContract.getTreeDocumentId(tree))

    private fun find(name: String): Entry? = entries().find { it.file.name == name }

    private fun existing(name: String): Entry = find(name) ?: throw FileNotFoundException()

    private fun entries(): List<Entry> {
        val children = DocumentsContract.buildChildDocumentsUriUsingTree(tree, DocumentsContract.getTreeDocumentId(tree))
        val cursor = resolver.query(children, COLUMNS, Bundle(), null) ?: throw IOException("no folder")
        return cursor.use { row ->
            val found = mutableListOf<Entry>()
            while (row.moveToNext()) {
                if (row.getString(MIME) == Document.MIME_TYPE_DIR) continue
                val document = DocumentsContract.buildDocumentUriUsingTree(tree, row.getString(ID))
                val changed = if (row.isNull(CHANGED)) null else row.getLong(CHANGED)
                found += Entry(document, FolderFile(row.getString(NAME).orEmpty(), row.getLong(SIZE).toULong(), changed))
            }
            found
        }
    }

    /** Puts back what stepped aside for a file that never came, and removes what stepped aside for one that did. */
    private fun healed(entries: List<Entry>): List<Entry> {
        // The person's own files may end alike: only backups are touched.
        val aside = entries.filter { it.file.name.endsWith(BACKUP + ASIDE) }
        if (aside.isEmpty()) return entries
        aside.forEach { old ->
            val name = old.file.name.removeSuffix(ASIDE)
            if (entries.any { it.file.name == name }) DocumentsContract.deleteDocument(resolver, old.document) else renamed(old.document, name)
        }
        return entries()
    }

    private fun made(name: String): Uri {
        val made = DocumentsContract.createDocument(resolver, root, MEDIA_TYPE, name) ?: throw IOException("not made")
        // A provider may choose another name; then the core would not find its file again.
        if (find(name)?.document != made) {
            DocumentsContract.deleteDocument(resolver, made)
            throw IOException("not made under its name")
        }
        return made
    }

    private fun renamed(
        document: Uri,
        name: String,
    ): Uri = DocumentsContract.renameDocument(resolver, document, name) ?: document

    private fun openOrNull(
        document: Uri,
        mode: String,
    ): ParcelFileDescriptor? =
        try {
            resolver.openFileDescriptor(document, mode)
        } catch (_: FileNotFoundException) {
            null
        } catch (_: UnsupportedOperationException) {
            null
        } catch (_: IllegalArgumentException) {
            null
        }

    companion object {
        /** What a file is called while another one takes its name. */
        const val ASIDE = ".old"

        /** What every backup's name ends with. */
        private const val BACKUP = ".tekram-backup"
        private const val MEDIA_TYPE = "application/octet-stream"
        private val COLUMNS =
            arrayOf(Document.COLUMN_DOCUMENT_ID, Document.COLUMN_DISPLAY_NAME, Document.COLUMN_SIZE, Document.COLUMN_LAST_MODIFIED, Document.COLUMN_MIME_TYPE)
        private const val ID = 0
        private const val NAME = 1
        private const val SIZE = 2
        private const val CHANGED = 3
        private const val MIME = 4

        /** Keeps the right to use [tree] over restarts; false when its provider does not give it. */
        fun keep(
            resolver: ContentResolver,
            tree: Uri,
        ): Boolean =
            try {
                resolver.takePersistableUriPermission(tree, Intent.FLAG_GRANT_READ_URI_PERMISSION or Intent.FLAG_GRANT_WRITE_URI_PERMISSION)
                true
            } catch (_: SecurityException) {
                false
            }

        /** The folder's name as its provider gives it. */
        fun name(
            resolver: ContentResolver,
            tree: Uri,
        ): String? =
            runCatching {
                val root = DocumentsContract.buildDocumentUriUsingTree(tree, DocumentsContract.getTreeDocumentId(tree))
                resolver.query(root, arrayOf(Document.COLUMN_DISPLAY_NAME), Bundle(), null)?.use { if (it.moveToFirst()) it.getString(0) else null }
            }.getOrNull()

        private fun <T> guarded(call: () -> T): T =
            try {
                call()
            } catch (_: Exception) {
                // Its text may quote anything.
                throw HostException.Failed()
            }

        private fun skipTo(
            input: FileInputStream,
            offset: Long,
        ) {
            try {
                input.channel.position(offset)
            } catch (_: IOException) {
                // A pipe cannot jump.
                var left = offset
                while (left > 0) {
                    val skipped = input.skip(left)
                    if (skipped <= 0 && input.read() < 0) return
                    left -= skipped.coerceAtLeast(1)
                }
            }
        }

        private fun FileInputStream.readFully(into: ByteArray): Int {
            var at = 0
            while (at < into.size) {
                val read = read(into, at, into.size - at)
                if (read < 0) break
                at += read
            }
            return at
        }

        private fun cutAndAdd(
            output: FileOutputStream,
            offset: Long,
            bytes: ByteArray,
        ) {
            val channel = output.channel
            if (channel.size() < offset) throw IOException("the file is shorter")
            channel.truncate(offset).position(offset)
            val left = ByteBuffer.wrap(bytes)
            while (left.hasRemaining()) channel.write(left)
        }
    }
}
