// Finds a code in a picture that another app shared. Only the code is taken; the picture is not kept.
package tekram.platform.scan

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Color
import android.net.Uri
import java.io.IOException

class PictureReader(
    private val content: ContentResolver,
    private val reader: CodeReader = CodeReader(),
) {
    /** None when the picture has no code or cannot be read. */
    fun read(picture: Uri): Scanned? =
        try {
            val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
            content.openInputStream(picture)?.use { BitmapFactory.decodeStream(it, null, size) }
            val smaller = BitmapFactory.Options().apply { inSampleSize = shrink(maxOf(size.outWidth, size.outHeight)) }
            val bitmap = content.openInputStream(picture)?.use { BitmapFactory.decodeStream(it, null, smaller) }
            bitmap?.let { reader.read(brightness(it)) }
        } catch (_: IOException) {
            null
        } catch (_: SecurityException) {
            null
        }

    internal companion object {
        /** Longest side that is looked at: enough for a code that fills a tenth of a photo. */
        private const val LONGEST = 1_600

        /** The power of two that brings a side of this length under the limit, whatever a file claims to be. */
        fun shrink(longest: Int): Int = generateSequence(1) { it * 2 }.first { longest / it <= LONGEST }

        fun brightness(bitmap: Bitmap): Brightness {
            val pixels = IntArray(bitmap.width * bitmap.height)
            bitmap.getPixels(pixels, 0, bitmap.width, 0, 0, bitmap.width, bitmap.height)
            val bytes = ByteArray(pixels.size) { ((Color.red(pixels[it]) + 2 * Color.green(pixels[it]) + Color.blue(pixels[it])) / 4).toByte() }
            return Brightness(bytes, bitmap.width, bitmap.width, bitmap.height)
        }
    }
}
