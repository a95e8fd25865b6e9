// A folder of the system's picker over a provider of documents that keeps files, as the phone's own storage does: written in
// pieces, cut, replaced, and healed after a phone that went off in between. Whatever a provider throws is one failure.
package tekram.platform.backup

import android.content.pm.ProviderInfo
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.CancellationSignal
import android.os.ParcelFileDescriptor
import android.provider.DocumentsContract
import android.provider.DocumentsContract.Document
import android.provider.DocumentsProvider
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.robolectric.Robolectric
import tekram.ffi.HostException
import tekram.platform.Phone
import java.io.File
import java.io.FileNotFoundException
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.test.assertTrue

private const val AUTHORITY = "tekram.test.documents"
private const val NAME = "home.tekram-backup"

/** Documents whose ids are the names of files in one folder. */
class FilesProvider : DocumentsProvider() {
    lateinit var folder: File
    var broken = false

    override fun onCreate() = true

    override fun queryRoots(projection: Array<String>?): Cursor = MatrixCursor(emptyArray())

    override fun isChildDocument(
        parentDocumentId: String,
        documentId: String,
    ) = true

    override fun queryDocument(
        documentId: String,
        projection: Array<String>?,
    ): Cursor = rows(projection, listOf(documentId))

    override fun queryChildDocuments(
        parentDocumentId: String,
        projection: Array<String>?,
        sortOrder: String?,
    ): Cursor {
        check(!broken) { "a text with a name in it" }
        return rows(projection, folder.list().orEmpty().toList())
    }

    private fun rows(
        projection: Array<String>?,
        ids: List<String>,
    ): Cursor {
        val columns = checkNotNull(projection)
        val cursor = MatrixCursor(columns)
        ids.forEach { id ->
            val file = if (id == "root") folder else folder.resolve(id)
            val row = cursor.newRow()
            columns.forEach { column ->
                row.add(
                    column,
                    when (column) {
                        Document.COLUMN_DOCUMENT_ID -> id
                        Document.COLUMN_DISPLAY_NAME -> if (id == "root") "Stick" else id
                        Document.COLUMN_SIZE -> file.length()
                        Document.COLUMN_LAST_MODIFIED -> file.lastModified()
                        else -> if (file.isDirectory) Document.MIME_TYPE_DIR else "application/octet-stream"
                    },
                )
            }
        }
        return cursor
    }

    override fun openDocument(
        documentId: String,
        mode: String,
        signal: CancellationSignal?,
    ): ParcelFileDescriptor {
        val file = folder.resolve(documentId)
        if (!file.isFile) throw FileNotFoundException()
        return ParcelFileDescriptor.open(file, ParcelFileDescriptor.parseMode(mode))
    }

    override fun createDocument(
        parentDocumentId: String,
        mimeType: String,
        displayName: String,
    ): String {
        check(folder.resolve(displayName).createNewFile())
        return displayName
    }

    override fun renameDocument(
        documentId: String,
        displayName: String,
    ): String {
        // As the phone's own storage does, a name that is taken is refused.
        check(!folder.resolve(displayName).exists() && folder.resolve(documentId).renameTo(folder.resolve(displayName)))
        return displayName
    }

    override fun deleteDocument(documentId: String) {
        check(folder.resolve(documentId).delete())
    }
}

class DocumentFolderTest : Phone() {
    @get:Rule
    val files = TemporaryFolder()
    private lateinit var provider: FilesProvider
    private val tree: Uri = DocumentsContract.buildTreeDocumentUri(AUTHORITY, "root")
    private val folder by lazy { DocumentFolder(context.contentResolver, tree) }

    @Before
    fun provide() {
        val info =
            ProviderInfo().apply {
                authority = AUTHORITY
                exported = true
                grantUriPermissions = true
                readPermission = android.Manifest.permission.MANAGE_DOCUMENTS
                writePermission = android.Manifest.permission.MANAGE_DOCUMENTS
            }
        provider = Robolectric.buildContentProvider(FilesProvider::class.java).create(info).get()
        provider.folder = files.root
    }

    private fun file(name: String) = files.root.resolve(name)

    @Test
    fun `a file is made, grows in pieces, is cut and read from anywhere`() {
        folder.write(NAME, 0uL, byteArrayOf())
        folder.write(NAME, 0uL, "first ".toByteArray())
        folder.write(NAME, 6uL, "second".toByteArray())
        folder.sync(NAME)
        assertEquals("first second", file(NAME).readText())
        assertEquals("second", folder.read(NAME, 6uL, 100u).decodeToString())
        assertEquals("sec", folder.read(NAME, 6uL, 3u).decodeToString())
        assertContentEquals(byteArrayOf(), folder.read(NAME, 12uL, 3u))
        folder.write(NAME, 6uL, "other".toByteArray())
        assertEquals("first other", file(NAME).readText())
        assertEquals(listOf(NAME to 11uL), folder.list().map { it.name to it.bytes })
    }

    @Test
    fun `nothing is added to a file that is not there or shorter`() {
        assertFailsWith<HostException.Failed> { folder.write(NAME, 3uL, byteArrayOf(1)) }
        folder.write(NAME, 0uL, byteArrayOf(1))
        assertFailsWith<HostException.Failed> { folder.write(NAME, 3uL, byteArrayOf(1)) }
        assertFailsWith<HostException.Failed> { folder.read("another", 0uL, 1u) }
    }

    @Test
    fun `a new file takes the place of the old one`() {
        file(NAME).writeText("old")
        file("$NAME.new").writeText("new")
        folder.rename("$NAME.new", NAME)
        assertEquals("new", file(NAME).readText())
        assertEquals(listOf(NAME), folder.list().map { it.name })
    }

    @Test
    fun `what stepped aside when the phone went off is put back, and files of the person are left alone`() {
        file("$NAME.old").writeText("the only one")
        file("notes.old").writeText("mine")
        file("notes").writeText("mine, too")
        assertEquals(setOf(NAME, "notes.old", "notes"), folder.list().map { it.name }.toSet())
        assertEquals("the only one", file(NAME).readText())
        file("$NAME.old").writeText("older")
        assertEquals(setOf(NAME, "notes.old", "notes"), folder.list().map { it.name }.toSet())
        assertEquals("the only one", file(NAME).readText())
    }

    @Test
    fun `a file is removed once and folders are none`() {
        file(NAME).writeText("old")
        file("folder").mkdir()
        folder.remove(NAME)
        folder.remove(NAME)
        assertTrue(folder.list().isEmpty())
    }

    @Test
    fun `a provider that breaks is a failure without its words`() {
        provider.broken = true
        val failure = assertFailsWith<HostException.Failed> { folder.list() }
        assertTrue("name" !in failure.message.orEmpty())
        assertNull(failure.cause)
    }

    @Test
    fun `the folder is called as its provider calls it`() = assertEquals("Stick", DocumentFolder.name(context.contentResolver, tree))
}
