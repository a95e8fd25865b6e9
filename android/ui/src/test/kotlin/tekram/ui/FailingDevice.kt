// A device whose places for files fail: a cloud that says no, a full phone, a document that is gone.
package tekram.ui

import tekram.ui.common.FileFailed
import tekram.ui.common.FileFault
import tekram.ui.common.PlainDevice
import java.nio.file.Path

/** Nothing that is written gets where it was wanted; nothing can be read until [readable] names a file. */
class FailingDevice(
    private val folder: Path,
    private val hasRoom: Boolean = true,
) : PlainDevice() {
    /** Paths that were given out to write to. */
    val offered = mutableListOf<String>()

    /** Paths that are needed no longer. */
    val letGo = mutableListOf<String>()
    var readable: String? = null

    override suspend fun pickFile(): String? = readable ?: throw FileFailed(FileFault.NotRead)

    override suspend fun newFile(suggestedName: String): String? {
        if (!hasRoom) throw FileFailed(FileFault.NotSaved)
        return folder.resolve("${offered.size}-$suggestedName").toString().also(offered::add)
    }

    override suspend fun delivered(path: String): Boolean = false

    override suspend fun letGo(path: String) {
        letGo += path
    }
}
