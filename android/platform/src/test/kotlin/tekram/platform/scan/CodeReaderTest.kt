package tekram.platform.scan

import com.google.zxing.BarcodeFormat
import com.google.zxing.MultiFormatWriter
import com.google.zxing.common.BitMatrix
import kotlin.random.Random
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class CodeReaderTest {
    private val reader = CodeReader()

    private fun drawn(
        text: String,
        format: BarcodeFormat,
        width: Int,
        height: Int,
    ): BitMatrix = MultiFormatWriter().encode(text, format, width, height)

    /** As a camera hands it out: rows longer than the picture, and some noise. */
    private fun photographed(
        code: BitMatrix,
        turned: Boolean = false,
        seed: Int = 3,
    ): Brightness {
        val width = if (turned) code.height else code.width
        val height = if (turned) code.width else code.height
        val stride = width + 32
        val random = Random(seed)
        val bytes = ByteArray(stride * height)
        for (y in 0 until height) {
            for (x in 0 until width) {
                val dark = if (turned) code.get(y, code.height - 1 - x) else code.get(x, y)
                bytes[y * stride + x] = ((if (dark) 40 else 200) + random.nextInt(-20, 20)).toByte()
            }
        }
        return Brightness(bytes, stride, width, height)
    }

    @Test
    fun `a QR code is text`() {
        val link = "tekram:want?what=kettle&gtin=4006381333931"
        assertEquals(Scanned.Text(link), reader.read(photographed(drawn(link, BarcodeFormat.QR_CODE, 400, 400))))
    }

    @Test
    fun `a bar code is goods, lying and standing`() {
        val code = drawn("4006381333931", BarcodeFormat.EAN_13, 500, 200)
        assertEquals(Scanned.Goods("4006381333931"), reader.read(photographed(code)))
        assertEquals(Scanned.Goods("4006381333931"), reader.read(photographed(code, turned = true)))
    }

    @Test
    fun `a picture without a code is nothing, whatever is in it`() {
        repeat(20) { round ->
            val bytes = Random(round).nextBytes(320 * 240)
            assertNull(reader.read(Brightness(bytes, 320, 320, 240)), "round $round")
        }
        assertNull(reader.read(Brightness(ByteArray(320 * 240), 320, 320, 240)))
    }
}
