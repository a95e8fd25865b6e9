// Draws the code of a card as modules, so that a reader at the till can read it from the screen. A text that a kind of code
// cannot say (letters in an EAN, a wrong last digit) is not drawn.
package tekram.platform.scan

import com.google.zxing.BarcodeFormat
import com.google.zxing.MultiFormatWriter
import com.google.zxing.WriterException
import com.google.zxing.common.BitMatrix

/** A code row by row with the quiet space around it: 1 is dark. One of bars has a single row. */
class CodeModules(
    val width: Int,
    val height: Int,
    val modules: ByteArray,
)

object CodeWriter {
    /** None for a [kind] that is not known (its name is that of zxing's `BarcodeFormat`) or cannot say [text]. */
    fun write(
        kind: String,
        text: String,
    ): CodeModules? {
        val format = BarcodeFormat.entries.find { it.name == kind } ?: return null
        return try {
            modules(MultiFormatWriter().encode(text, format, 0, 0), if (format in BARS) QUIET_BESIDE_BARS else QUIET)
        } catch (_: WriterException) {
            null
        } catch (_: IllegalArgumentException) {
            // What zxing throws for letters that a kind does not have, and for kinds that it does not write.
            null
        }
    }

    /** What is dark, with [quiet] modules around it; beside a code of bars only. */
    private fun modules(
        code: BitMatrix,
        quiet: Int,
    ): CodeModules {
        // What zxing puts around differs by kind: left, top, width and height of what is inside.
        val inside = code.enclosingRectangle
        val (left, top) = inside
        val codeWidth = inside[2]
        val codeHeight = inside[3]
        val isBars = quiet == QUIET_BESIDE_BARS
        val above = if (isBars) 0 else quiet
        val height = if (isBars) 1 else codeHeight + 2 * above
        val width = codeWidth + 2 * quiet
        val modules = ByteArray(width * height)
        for (row in 0 until if (isBars) 1 else codeHeight) {
            for (column in 0 until codeWidth) {
                if (code.get(left + column, top + row)) modules[(row + above) * width + column + quiet] = 1
            }
        }
        return CodeModules(width, height, modules)
    }

    /** Enough for each kind: EAN-13 asks for 11 modules on one side, QR for 4 around. */
    private const val QUIET_BESIDE_BARS = 11
    private const val QUIET = 4
    private val BARS =
        setOf(
            BarcodeFormat.EAN_13,
            BarcodeFormat.EAN_8,
            BarcodeFormat.UPC_A,
            BarcodeFormat.UPC_E,
            BarcodeFormat.CODE_128,
            BarcodeFormat.CODE_39,
            BarcodeFormat.CODE_93,
            BarcodeFormat.ITF,
            BarcodeFormat.CODABAR,
        )
}
