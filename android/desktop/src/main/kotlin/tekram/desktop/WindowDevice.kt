// What a window on a desktop can do for the screens: files, clipboard and links, by AWT. It has neither a key store that
// guards keys nor a camera.
package tekram.desktop

import androidx.compose.ui.graphics.ImageBitmap
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import tekram.ui.common.Edition
import tekram.ui.common.FileFailed
import tekram.ui.common.FileFault
import tekram.ui.common.PickedFolder
import tekram.ui.common.PlainDevice
import tekram.ui.desktop.drawnPicture
import tekram.ui.desktop.smallPicture
import java.awt.Desktop
import java.awt.FileDialog
import java.awt.Frame
import java.awt.Toolkit
import java.awt.datatransfer.StringSelection
import java.io.File
import java.io.IOException
import java.net.URI
import java.net.URISyntaxException

/** The desktop around the window. */
class WindowDevice(
    override val edition: Edition,
) : PlainDevice() {
    override suspend fun pickFile(): String? = dialog(FileDialog.LOAD, name = null)

    override suspend fun newFile(suggestedName: String): String? = dialog(FileDialog.SAVE, suggestedName)

    // AWT's dialog knows files alone: whoever saves a file into a folder has chosen the folder.
    override suspend fun pickFolder(): PickedFolder? =
        dialog(FileDialog.SAVE, "backup")?.let { File(it).parentFile }?.let { PickedFolder(it.name.ifEmpty { it.path }, it.path) }

    override suspend fun pickPicture(limitBytes: Int): ByteArray? {
        val path = dialog(FileDialog.LOAD, name = null) ?: return null
        return withContext(Dispatchers.IO) { smallPicture(File(path), limitBytes) } ?: throw FileFailed(FileFault.NotRead)
    }

    override fun picture(file: ByteArray): ImageBitmap? = drawnPicture(file)

    private suspend fun dialog(
        mode: Int,
        name: String?,
    ): String? =
        withContext(Dispatchers.IO) {
            val dialog = FileDialog(null as Frame?, "", mode)
            dialog.file = name
            dialog.isVisible = true
            dialog.file?.let { File(dialog.directory, it).path }
        }

    override fun open(link: String): Boolean =
        try {
            Desktop.isDesktopSupported() && Desktop.getDesktop().run { browse(URI(link)) }.let { true }
        } catch (_: IOException) {
            false
        } catch (_: URISyntaxException) {
            false
        } catch (_: UnsupportedOperationException) {
            false
        }

    override fun copy(text: String) = Toolkit.getDefaultToolkit().systemClipboard.setContents(StringSelection(text), null)
}
