// The app's own colours, light and dark: ink teal for what can be done, amber for money, violet for agreements. Every
// pair of text and ground keeps a contrast of at least 4.5 : 1 and every series of a chart 3 : 1; a test measures both.
package tekram.ui.common

import androidx.compose.material3.ColorScheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.Color

internal val lightScheme =
    lightColorScheme(
        primary = Color(0xFF00565B),
        onPrimary = Color(0xFFFFFFFF),
        primaryContainer = Color(0xFFBDEAEC),
        onPrimaryContainer = Color(0xFF002022),
        inversePrimary = Color(0xFF80D4D9),
        secondary = Color(0xFF7A4A00),
        onSecondary = Color(0xFFFFFFFF),
        secondaryContainer = Color(0xFFFFDDB3),
        onSecondaryContainer = Color(0xFF291800),
        tertiary = Color(0xFF5B4B8A),
        onTertiary = Color(0xFFFFFFFF),
        tertiaryContainer = Color(0xFFE6DEFF),
        onTertiaryContainer = Color(0xFF180644),
        error = Color(0xFFB3261E),
        onError = Color(0xFFFFFFFF),
        errorContainer = Color(0xFFFBDAD6),
        onErrorContainer = Color(0xFF410E0B),
        background = Color(0xFFF7FAFA),
        onBackground = Color(0xFF161D1D),
        surface = Color(0xFFF7FAFA),
        onSurface = Color(0xFF161D1D),
        surfaceVariant = Color(0xFFDAE4E4),
        onSurfaceVariant = Color(0xFF3F4949),
        surfaceTint = Color(0xFF00565B),
        inverseSurface = Color(0xFF2B3232),
        inverseOnSurface = Color(0xFFECF2F1),
        outline = Color(0xFF6B7575),
        outlineVariant = Color(0xFFBEC8C8),
        surfaceBright = Color(0xFFF7FAFA),
        surfaceDim = Color(0xFFD6DBDB),
        surfaceContainerLowest = Color(0xFFFFFFFF),
        surfaceContainerLow = Color(0xFFF0F5F4),
        surfaceContainer = Color(0xFFEAEFEF),
        surfaceContainerHigh = Color(0xFFE4E9E9),
        surfaceContainerHighest = Color(0xFFDEE4E3),
    )

internal val darkScheme =
    darkColorScheme(
        primary = Color(0xFF80D4D9),
        onPrimary = Color(0xFF003739),
        primaryContainer = Color(0xFF004F53),
        onPrimaryContainer = Color(0xFFBDEAEC),
        inversePrimary = Color(0xFF00565B),
        secondary = Color(0xFFFFB95C),
        onSecondary = Color(0xFF452B00),
        secondaryContainer = Color(0xFF5E3B00),
        onSecondaryContainer = Color(0xFFFFDDB3),
        tertiary = Color(0xFFCABEFF),
        onTertiary = Color(0xFF2D2060),
        tertiaryContainer = Color(0xFF443777),
        onTertiaryContainer = Color(0xFFE6DEFF),
        error = Color(0xFFF9B5AF),
        onError = Color(0xFF601410),
        errorContainer = Color(0xFF8C1D18),
        onErrorContainer = Color(0xFFFBDAD6),
        background = Color(0xFF0E1414),
        onBackground = Color(0xFFDEE4E3),
        surface = Color(0xFF0E1414),
        onSurface = Color(0xFFDEE4E3),
        surfaceVariant = Color(0xFF3F4949),
        onSurfaceVariant = Color(0xFFBEC8C8),
        surfaceTint = Color(0xFF80D4D9),
        inverseSurface = Color(0xFFDEE4E3),
        inverseOnSurface = Color(0xFF2B3232),
        outline = Color(0xFF899393),
        outlineVariant = Color(0xFF3F4949),
        surfaceBright = Color(0xFF343A3A),
        surfaceDim = Color(0xFF0E1414),
        surfaceContainerLowest = Color(0xFF090F0F),
        surfaceContainerLow = Color(0xFF161D1D),
        surfaceContainer = Color(0xFF1A2121),
        surfaceContainerHigh = Color(0xFF252B2B),
        surfaceContainerHighest = Color(0xFF303636),
    )

/** Colours for the parts of a chart; a chart also says in words what a colour means. */
data class SeriesColors(
    val colors: List<Color>,
) {
    /** The colour of the part at [index]; they repeat when there are more parts than colours. */
    operator fun get(index: Int): Color = colors[index.mod(colors.size)]
}

internal val lightSeries = series(0xFF00696E, 0xFFB45309, 0xFF6D5AAE, 0xFFB3266B, 0xFF4D7C0F, 0xFF1D5FBF, 0xFF8A5A44, 0xFF5F6B7A)
internal val darkSeries = series(0xFF6FCFD5, 0xFFFFB95C, 0xFFC3B5FF, 0xFFFF9CC8, 0xFFB5D66B, 0xFF9CC2FF, 0xFFE3B79F, 0xFFB4BFCC)

private fun series(vararg argb: Long) = SeriesColors(argb.map(::Color))

/** The chart colours that go with the current light. */
val LocalSeries = staticCompositionLocalOf { lightSeries }

/** The two colour schemes by name, for the test that measures them. */
internal val schemes: Map<String, Pair<ColorScheme, SeriesColors>> =
    mapOf("light" to (lightScheme to lightSeries), "dark" to (darkScheme to darkSeries))
