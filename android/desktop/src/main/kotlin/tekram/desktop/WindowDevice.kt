// What a window on a desktop can do for the screens: files, clipboard and links, by AWT. It has neither a key store that
// guards keys nor a camera.
package tekram.desktop

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import tekram.ui.common.Edition
import tekram.ui.common.PlainDevice
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
