// Text must be readable on its ground and the parts of a chart told apart from it, in both lights (WCAG 2.2, 1.4.3 and 1.4.11).
package tekram.ui.common

import androidx.compose.material3.ColorScheme
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class ColorsTest {
    private fun contrast(
        a: Color,
        b: Color,
    ): Double {
        val (light, dark) = listOf(a.luminance(), b.luminance()).sortedDescending()
        return (light + 0.05) / (dark + 0.05)
    }

    private fun grounds(scheme: ColorScheme) =
        with(scheme) {
            mapOf(
                "surface" to surface,
                "lowest" to surfaceContainerLowest,
                "low" to surfaceContainerLow,
                "container" to surfaceContainer,
                "high" to surfaceContainerHigh,
                "highest" to surfaceContainerHighest,
            )
        }

    private fun texts(scheme: ColorScheme): List<Triple<String, Color, Color>> =
        with(scheme) {
            val pairs =
                listOf(
                    Triple("primary", onPrimary, primary),
                    Triple("primaryContainer", onPrimaryContainer, primaryContainer),
                    Triple("secondary", onSecondary, secondary),
                    Triple("secondaryContainer", onSecondaryContainer, secondaryContainer),
                    Triple("tertiary", onTertiary, tertiary),
                    Triple("tertiaryContainer", onTertiaryContainer, tertiaryContainer),
                    Triple("error", onError, error),
                    Triple("errorContainer", onErrorContainer, errorContainer),
                    Triple("background", onBackground, background),
                    Triple("surfaceVariant", onSurfaceVariant, surfaceVariant),
                    Triple("inverseSurface", inverseOnSurface, inverseSurface),
                    Triple("inversePrimary", inversePrimary, inverseSurface),
                )
            pairs +
                grounds(this).flatMap { (name, ground) ->
                    listOf("text" to onSurface, "quiet" to onSurfaceVariant, "primary" to primary, "error" to error, "amber" to secondary, "violet" to tertiary)
                        .map { (text, color) -> Triple("$text on $name", color, ground) }
                }
        }

    @Test
    fun `black on white has the greatest contrast`() = assertEquals(21.0, contrast(Color.Black, Color.White), 0.01)

    @Test
    fun `every text is readable on its ground`() {
        for ((light, scheme) in schemes) {
            for ((name, text, ground) in texts(scheme.first)) {
                val contrast = contrast(text, ground)
                assertTrue(contrast >= 4.5, "$light $name: %.2f".format(contrast))
            }
        }
    }

    @Test
    fun `every part of a chart and every outline stands out`() {
        for ((light, scheme) in schemes) {
            val (colors, series) = scheme
            for ((name, ground) in grounds(colors)) {
                for (part in series.colors + colors.outline) {
                    val contrast = contrast(part, ground)
                    assertTrue(contrast >= 3.0, "$light $part on $name: %.2f".format(contrast))
                }
            }
        }
    }
}
