// The comparison notices what a person would (another word, another colour) and forgives what only a machine does
// (glyphs that are rasterised a little differently, a palette).
package tekram.ui.pictures

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.unit.dp
import org.junit.jupiter.api.Test
import tekram.ui.common.ListRow
import tekram.ui.common.MainButton
import tekram.ui.common.Section
import java.io.ByteArrayInputStream
import java.util.Random
import javax.imageio.ImageIO
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

class ComparisonTest {
    @Composable
    private fun Screen(
        word: String = "Received",
        small: String = "14 plays",
        ink: Color = MaterialTheme.colorScheme.primary,
    ) = Column(Modifier.padding(16.dp)) {
        Section("This month") {
            Text("What was heard is divided over those who made it.")
            Text(word, color = ink)
            Text(small, style = MaterialTheme.typography.labelSmall)
        }
        ListRow("Radio Eins", below = "3 h 12 min")
        MainButton("Confirm", {})
    }

    private fun drawn(content: @Composable () -> Unit) = draw(sample("test", content = content), Variant.Light)

    private val usual = drawn { Screen() }

    @Test
    fun `the same screen is the same`() = assertNull(Comparison.difference(usual, drawn { Screen() }))

    @Test
    fun `another word is noticed`() {
        assertNotNull(Comparison.difference(usual, drawn { Screen(word = "Refunded") }))
        assertNotNull(Comparison.difference(usual, drawn { Screen(word = "Retrieved") }))
    }

    @Test
    fun `one digit in the smallest type is noticed`() {
        assertNotNull(Comparison.difference(usual, drawn { Screen(small = "17 plays") }))
        assertNotNull(Comparison.difference(usual, drawn { Screen(small = "140 plays") }))
    }

    @Test
    fun `another colour of one word is noticed`() {
        assertNotNull(Comparison.difference(usual, drawn { Screen(ink = MaterialTheme.colorScheme.error) }))
    }

    @Test
    fun `a slightly other ground is noticed`() {
        val moved = usual.pixels.map { if (it == usual.pixels[0]) 0xFFECF0F0.toInt() else it }.toIntArray()
        assertNotNull(Comparison.difference(usual, Picture(usual.width, usual.height, moved)))
    }

    @Test
    fun `glyphs that are rasterised a little softer are forgiven`() {
        val random = Random(7)
        val soft =
            IntArray(usual.pixels.size) { at ->
                val beside = usual.pixels[if (at % usual.width == 0) at else at - 1]
                val below = usual.pixels[if (at < usual.width) at else at - usual.width]
                val noise = random.nextInt(7) - 3
                listOf(16, 8, 0).fold(0xFF) { pixel, shift ->
                    fun of(color: Int) = color.shr(shift) and 0xFF
                    pixel.shl(8) or ((of(usual.pixels[at]) * 8 + of(beside) + of(below)) / 10 + noise).coerceIn(0, 255)
                }
            }
        assertNull(Comparison.difference(usual, Picture(usual.width, usual.height, soft)))
    }

    @Test
    fun `another size is noticed`() {
        assertNotNull(Comparison.difference(usual, Picture(1, 1, intArrayOf(0))))
    }

    @Test
    fun `a small png shows the same`() {
        val bytes = usual.png()
        val image = ImageIO.read(ByteArrayInputStream(bytes))
        val again = Picture(image.width, image.height, image.getRGB(0, 0, image.width, image.height, null, 0, image.width))
        assertNull(Comparison.difference(usual, again))
        assertEquals(usual.pixels[0], again.pixels[0])
        assertTrue(bytes.size < 20_000, "${bytes.size} bytes")
    }
}
