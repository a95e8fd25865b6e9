package tekram.platform.scan

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull

class CodeWriterTest {
    private val reader = CodeReader(CodeReader.Wanted.Cards)

    /** As a camera sees the screen: each module some pixels wide, bars as high as the screen draws them. */
    private fun seen(code: CodeModules): Brightness {
        val module = 4
        val rows = if (code.height == 1) 60 else code.height
        val width = code.width * module
        val bytes = ByteArray(width * rows * module)
        for (y in 0 until rows * module) {
            for (x in 0 until width) {
                val dark = code.modules[(if (code.height == 1) 0 else y / module) * code.width + x / module] == 1.toByte()
                bytes[y * width + x] = (if (dark) 20 else 230).toByte()
            }
        }
        return Brightness(bytes, width, width, rows * module)
    }

    @Test
    fun `what is drawn says the same again, of every kind that cards carry`() {
        val cards =
            mapOf(
                "EAN_13" to "4006381333931",
                "EAN_8" to "96385074",
                "UPC_A" to "036000291452",
                "CODE_128" to "Library 0042-B",
                "CODE_39" to "CLUB-77",
                "ITF" to "30712345000010",
                "CODABAR" to "A40156B",
                "QR_CODE" to "https://club.example/m/77",
                "AZTEC" to "Tram 5, 2026",
                "DATA_MATRIX" to "M-1192-77",
                "PDF_417" to "Student 20261123",
            )
        for ((kind, text) in cards) {
            val drawn = assertNotNull(CodeWriter.write(kind, text), kind)
            val read = assertNotNull(reader.read(seen(drawn)), kind) as Scanned.Card
            assertEquals(kind to text, read.kind to read.text)
        }
    }

    @Test
    fun `what a kind cannot say is not drawn`() {
        assertNull(CodeWriter.write("EAN_13", "4006381333932"), "a wrong last digit")
        assertNull(CodeWriter.write("EAN_13", "Library"))
        assertNull(CodeWriter.write("CODE_128", ""))
        assertNull(CodeWriter.write("MAXICODE", "text"), "a kind that is not written here")
        assertNull(CodeWriter.write("STRIPES", "text"))
    }

    @Test
    fun `elsewhere the codes of cards are not looked for`() {
        val code = seen(assertNotNull(CodeWriter.write("CODE_128", "Library 0042-B")))
        assertNull(CodeReader().read(code))
    }
}
