// Pictures of profiles on this machine: drawn by the library that draws the window, and made small before they are kept.
package tekram.ui.desktop

import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toComposeImageBitmap
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.Image
import org.jetbrains.skia.Rect
import org.jetbrains.skia.Surface
import java.io.File
import java.io.IOException

private const val SIDE = 256
private val qualities = listOf(88, 70, 50, 30, 15)

/** A picture from its file, or null when it is none. */
fun drawnPicture(file: ByteArray): ImageBitmap? = image(file)?.toComposeImageBitmap()

/** The picture in [file] as a square JPEG of at most [limitBytes]; null when it is none. */
fun smallPicture(
    file: File,
    limitBytes: Int,
): ByteArray? {
    val picture =
        try {
            image(file.readBytes())
        } catch (_: IOException) {
            null
        } ?: return null
    val edge = minOf(picture.width, picture.height).toFloat()
    val middle = Rect.makeXYWH((picture.width - edge) / 2, (picture.height - edge) / 2, edge, edge)
    val surface = Surface.makeRasterN32Premul(SIDE, SIDE)
    surface.canvas.drawImageRect(picture, middle, Rect.makeWH(SIDE.toFloat(), SIDE.toFloat()))
    val small = surface.makeImageSnapshot()
    return qualities.firstNotNullOfOrNull { quality ->
        small.encodeToData(EncodedImageFormat.JPEG, quality)?.bytes?.takeIf { it.size <= limitBytes }
    }
}

private fun image(file: ByteArray): Image? =
    try {
        Image.makeFromEncoded(file)
    } catch (_: IllegalArgumentException) {
        null
    }
