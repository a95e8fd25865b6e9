// A folder of this machine behind the trait that the system's picker stands behind on a phone, and devices that hand it out.
package tekram.ui.vault

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.update
import tekram.ffi.BackupFolder
import tekram.ffi.FolderFile
import tekram.ffi.HostException
import tekram.ui.common.PickedFolder
import java.io.File
import java.io.RandomAccessFile

/** The files of [folder]; while it is [gone], every call fails. */
internal class FilesFolder(
    private val folder: File,
) : BackupFolder {
    @Volatile
    var gone = false

    private fun <T> there(call: () -> T): T = if (gone) throw HostException.Failed() else call()

    override fun list() = there { folder.listFiles().orEmpty().map { FolderFile(it.name, it.length().toULong(), it.lastModified()) } }

    override fun read(
        name: String,
        offset: ULong,
        length: UInt,
    ) = there {
        RandomAccessFile(folder.resolve(name), "r").use { file ->
            file.seek(offset.toLong())
            val bytes = ByteArray(length.toInt())
            val read = file.read(bytes).coerceAtLeast(0)
            bytes.copyOf(read)
        }
    }

    override fun write(
        name: String,
        offset: ULong,
        bytes: ByteArray,
    ) = there {
        RandomAccessFile(folder.resolve(name), "rw").use { file ->
            file.setLength(offset.toLong())
            file.seek(offset.toLong())
            file.write(bytes)
        }
    }

    override fun sync(name: String) = there { }

    override fun rename(
        from: String,
        to: String,
    ) = there { check(folder.resolve(from).renameTo(folder.resolve(to))) }

    override fun remove(name: String) =
        there {
            folder.resolve(name).delete()
            Unit
        }
}

/** A device whose picker leads to [files] under a reference that is no path. */
internal class PickingDevice(
    private val files: FilesFolder?,
) : DrawingDevice() {
    var saveTo: String? = null
    var picked: String? = null
    var chosenPicture: ByteArray? = null

    /** The folders that it was told of, one after the other. */
    val backedUpInto = MutableStateFlow(emptyList<String?>())

    override fun backsUpInto(
        profile: String,
        reference: String?,
    ) = backedUpInto.update { if (it.isNotEmpty() && it.last() == reference) it else it + reference }

    override suspend fun pickFolder(): PickedFolder? = files?.let { PickedFolder("Stick", "content://picker/stick") }

    override fun folder(reference: String): BackupFolder? = files.takeIf { reference == "content://picker/stick" }

    override suspend fun newFile(suggestedName: String): String? = saveTo

    override suspend fun pickFile(): String? = picked

    override suspend fun pickPicture(limitBytes: Int): ByteArray? = chosenPicture
}
