// A picture of a person's choice, made small: turned as it was taken, cut to a square from its middle, and written as JPEG in
// as few bytes as are wanted. What the camera wrote beside the picture, such as where it was taken, is left behind.
package tekram.platform.picture

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.ImageDecoder
import android.graphics.Rect
import java.io.ByteArrayOutputStream
import java.io.IOException
import kotlin.math.max

/** Makes pictures small. */
object SmallPicture {
    private const val SIDE = 256
    private val qualities = listOf(88, 76, 64, 50, 36, 20)
    private val sides = listOf(SIDE, SIDE * 3 / 4, SIDE / 2)

    /** [source] as a square JPEG of at most [limitBytes]; null when it is no picture. */
    fun of(
        source: ImageDecoder.Source,
        limitBytes: Int,
    ): ByteArray? {
        val picture =
            try {
                ImageDecoder.decodeBitmap(source) { decoder, info, _ ->
                    decoder.allocator = ImageDecoder.ALLOCATOR_SOFTWARE
                    // A photo of many megapixels is never in memory whole.
                    decoder.setTargetSampleSize(max(1, minOf(info.size.width, info.size.height) / SIDE))
                }
            } catch (_: IOException) {
                return null
            }
        for (side in sides) {
            val square = square(picture, side)
            for (quality in qualities) {
                val file = ByteArrayOutputStream()
                if (square.compress(Bitmap.CompressFormat.JPEG, quality, file) && file.size() <= limitBytes) return file.toByteArray()
            }
        }
        return null
    }

    private fun square(
        picture: Bitmap,
        side: Int,
    ): Bitmap {
        val edge = minOf(picture.width, picture.height)
        val left = (picture.width - edge) / 2
        val top = (picture.height - edge) / 2
        val square = Bitmap.createBitmap(side, side, Bitmap.Config.ARGB_8888)
        Canvas(square).apply {
            // JPEG knows no transparency.
            drawColor(Color.WHITE)
            drawBitmap(
                picture,
                Rect(left, top, left + edge, top + edge),
                Rect(0, 0, side, side),
                android.graphics.Paint(android.graphics.Paint.FILTER_BITMAP_FLAG),
            )
        }
        return square
    }
}
