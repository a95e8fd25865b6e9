// The look of the whole app: colours by light, a type scale that grows with the person's text size, and the smallest
// thing a finger can hit. Sizes are sp, so that a text size of 200 % makes every word twice as large.
package tekram.ui.common

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.sizeIn
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Typography
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp

/** The smallest width and height of what can be tapped. */
val smallestTouch = 48.dp

/** Makes a control at least [smallestTouch] wide and high. */
fun Modifier.touchable(): Modifier = sizeIn(minWidth = smallestTouch, minHeight = smallestTouch)

/** For codes, addresses and texts whose letters count one by one. */
val LocalMono = staticCompositionLocalOf<FontFamily> { FontFamily.Monospace }

/** The app's colours and type around [content]; [font] and [mono] are for pictures that must be alike on every machine. */
@Composable
fun TekramTheme(
    dark: Boolean = isSystemInDarkTheme(),
    font: FontFamily = FontFamily.Default,
    mono: FontFamily = FontFamily.Monospace,
    content: @Composable () -> Unit,
) {
    CompositionLocalProvider(LocalSeries provides if (dark) darkSeries else lightSeries, LocalMono provides mono) {
        MaterialTheme(colorScheme = if (dark) darkScheme else lightScheme, typography = typeScale(font)) {
            Surface(color = MaterialTheme.colorScheme.background, content = content)
        }
    }
}

private fun typeScale(font: FontFamily): Typography {
    fun style(
        size: Int,
        line: Int,
        weight: FontWeight = FontWeight.Normal,
    ) = TextStyle(fontFamily = font, fontSize = size.sp, lineHeight = line.sp, fontWeight = weight)

    return Typography(
        displayLarge = style(48, 56),
        displayMedium = style(40, 48),
        displaySmall = style(34, 42),
        headlineLarge = style(30, 38, FontWeight.Medium),
        headlineMedium = style(26, 34, FontWeight.Medium),
        headlineSmall = style(22, 30, FontWeight.Medium),
        titleLarge = style(20, 28, FontWeight.Medium),
        titleMedium = style(17, 24, FontWeight.Medium),
        titleSmall = style(15, 22, FontWeight.Medium),
        bodyLarge = style(16, 24),
        bodyMedium = style(15, 22),
        bodySmall = style(13, 18),
        labelLarge = style(15, 20, FontWeight.Medium),
        labelMedium = style(13, 18, FontWeight.Medium),
        labelSmall = style(12, 16, FontWeight.Medium),
    )
}
