// Finds a QR code or a goods' bar code in the brightness of one camera picture, or the code of a card of whatever kind.
// Pictures are looked at and dropped.
package tekram.platform.scan

import com.google.zxing.BarcodeFormat
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.MultiFormatReader
import com.google.zxing.PlanarYUVLuminanceSource
import com.google.zxing.ReaderException
import com.google.zxing.common.HybridBinarizer

/** What a code said. A number of goods goes to the core's own check; a text is outside input like any other. */
sealed interface Scanned {
    data class Goods(
        val gtin: String,
    ) : Scanned

    data class Text(
        val text: String,
    ) : Scanned

    /** The code of a card, with the name of its kind: it is drawn again as what it was. */
    data class Card(
        val kind: String,
        val text: String,
    ) : Scanned
}

/** Brightness of a picture, row by row, as a camera's Y plane has it. */
class Brightness(
    val bytes: ByteArray,
    val rowStride: Int,
    val width: Int,
    val height: Int,
)

class CodeReader(
    private val wanted: Wanted = Wanted.GoodsAndTexts,
) {
    /** What is looked for. */
    enum class Wanted { GoodsAndTexts, Cards }

    private val reader =
        MultiFormatReader().apply {
            val formats = if (wanted == Wanted.Cards) GOODS - BarcodeFormat.UPC_E + CARDS else GOODS + BarcodeFormat.QR_CODE
            setHints(mapOf(DecodeHintType.POSSIBLE_FORMATS to formats, DecodeHintType.TRY_HARDER to true) + EXACTLY)
        }

    /** None when there is no code in the picture. A code that stands upright in a lying picture is found as well. */
    fun read(picture: Brightness): Scanned? = find(picture) ?: find(turned(picture))

    private fun find(picture: Brightness): Scanned? =
        try {
            val source =
                PlanarYUVLuminanceSource(
                    picture.bytes,
                    picture.rowStride,
                    picture.height,
                    0,
                    0,
                    picture.width,
                    picture.height,
                    false,
                )
            val found = reader.decodeWithState(BinaryBitmap(HybridBinarizer(source)))
            val text = found.text.take(LONGEST)
            when {
                wanted == Wanted.Cards -> Scanned.Card(found.barcodeFormat.name, text)
                found.barcodeFormat in GOODS -> Scanned.Goods(text)
                else -> Scanned.Text(text)
            }
        } catch (_: ReaderException) {
            null
        } finally {
            reader.reset()
        }

    private fun turned(picture: Brightness): Brightness {
        val bytes = ByteArray(picture.width * picture.height)
        for (row in 0 until picture.height) {
            for (column in 0 until picture.width) {
                bytes[column * picture.height + picture.height - 1 - row] = picture.bytes[row * picture.rowStride + column]
            }
        }
        return Brightness(bytes, rowStride = picture.height, width = picture.height, height = picture.width)
    }

    private companion object {
        /** The most characters a QR code can hold (version 40, numeric). */
        const val LONGEST = 7_089
        val CARDS =
            listOf(
                BarcodeFormat.QR_CODE,
                BarcodeFormat.CODE_128,
                BarcodeFormat.CODE_39,
                BarcodeFormat.CODABAR,
                BarcodeFormat.AZTEC,
                BarcodeFormat.DATA_MATRIX,
                BarcodeFormat.PDF_417,
            )

        /** Start and end belong to what a Codabar says: without them it is not drawn as it was. */
        val EXACTLY = mapOf(DecodeHintType.RETURN_CODABAR_START_END to true)
        val GOODS = listOf(BarcodeFormat.EAN_13, BarcodeFormat.EAN_8, BarcodeFormat.UPC_A, BarcodeFormat.UPC_E, BarcodeFormat.ITF)
    }
}
