// Draws a sample as a picture in one variant: the same font, words, clock and size on every machine, so that two
// pictures differ only when the screen does.
package tekram.ui.pictures

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.LayoutDirection
import kotlinx.coroutines.Dispatchers
import org.jetbrains.skia.Bitmap
import org.jetbrains.skia.ColorAlphaType
import org.jetbrains.skia.ColorType
import org.jetbrains.skia.Image
import org.jetbrains.skia.ImageInfo
import tekram.ui.common.BottomBar
import tekram.ui.common.Formats
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.TekramTheme
import tekram.ui.common.Words
import tekram.ui.desktop.XmlWords
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.time.Clock
import java.time.Instant
import java.time.ZoneId
import java.util.Locale

/** How a screen is drawn. */
enum class Variant(
    val title: String,
    val dark: Boolean = false,
    val fontScale: Float = 1f,
    val locale: Locale = Locale.UK,
    val rightToLeft: Boolean = false,
    val width: Int = 360,
    val height: Int = 780,
) {
    Light("Light"),
    Dark("Dark", dark = true),
    Large("Large type", fontScale = 2f),
    German("German", locale = Locale.GERMANY),
    RightToLeft("Right to left", rightToLeft = true),
    Wide("Wide", width = 1000, height = 680),
    ;

    /** Part of a file's name. */
    val key: String get() = name.lowercase(Locale.ROOT)

    companion object {
        /** What a sample is drawn in. */
        fun of(sample: Sample): List<Variant> = if (sample.wide) entries else entries - Wide
    }
}

/** The moment that every picture is drawn at. */
val pictureClock: Clock = Clock.fixed(Instant.parse("2026-11-23T10:00:00Z"), ZoneId.of("Europe/Berlin"))

/** Roboto from the class path: see the module's build file. */
val pictureFont: FontFamily =
    FontFamily(
        Font("fonts/Roboto-Regular.ttf", FontWeight.Normal),
        Font("fonts/Roboto-Medium.ttf", FontWeight.Medium),
        Font("fonts/Roboto-Bold.ttf", FontWeight.Bold),
    )

/** The same for codes. */
val pictureMono: FontFamily = FontFamily(Font("fonts/DroidSansMono.ttf", FontWeight.Normal))

private val words = mutableMapOf<Locale, Words>()

private fun words(variant: Variant): Words {
    val plain = words.getOrPut(variant.locale) { XmlWords(variant.locale) }
    return if (variant.rightToLeft) RightToLeftWords(plain) else plain
}

/** Words as a language that is written from right to left would align them: a mark in front turns each paragraph. */
private class RightToLeftWords(
    private val plain: Words,
) : Words by plain {
    override fun word(
        key: String,
        vararg args: Any,
    ) = MARK + plain.word(key, *args)

    override fun plural(
        key: String,
        count: Long,
        vararg args: Any,
    ) = MARK + plain.plural(key, count, *args)

    private companion object {
        const val MARK = "\u200F"
    }
}

/** What surrounds every screen: words, formats, theme and direction of [variant]. */
@Composable
fun Surroundings(
    variant: Variant,
    content: @Composable () -> Unit,
) {
    val words = words(variant)
    val direction = if (variant.rightToLeft) LayoutDirection.Rtl else LayoutDirection.Ltr
    CompositionLocalProvider(
        LocalWords provides words,
        LocalFormats provides Formats(words, pictureClock),
        LocalLayoutDirection provides direction,
    ) { TekramTheme(variant.dark, pictureFont, pictureMono, content) }
}

/** Draws [sample] in [variant]. */
fun draw(
    sample: Sample,
    variant: Variant,
): Picture {
    val scene =
        ImageComposeScene(variant.width, variant.height, Density(1f, variant.fontScale), Dispatchers.Unconfined) {
            Surroundings(variant) {
                Column(Modifier.fillMaxSize()) {
                    Box(Modifier.weight(1f)) { sample.content() }
                    if (variant != Variant.Wide) sample.tab?.let { BottomBar(it, sample.waiting) {} }
                }
            }
        }
    try {
        // Two frames: what a screen does after it was laid out (a bar that measures itself) is in the second.
        scene.render(0)
        return pixels(scene.render(FRAME_NANOS))
    } finally {
        scene.close()
    }
}

private fun pixels(image: Image): Picture {
    val layout = ImageInfo(image.width, image.height, ColorType.BGRA_8888, ColorAlphaType.UNPREMUL)
    val bytes = checkNotNull(Bitmap.makeFromImage(image).use { it.readPixels(layout) })
    val pixels = IntArray(image.width * image.height)
    ByteBuffer
        .wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asIntBuffer()
        .get(pixels)
    return Picture(image.width, image.height, pixels)
}

private const val FRAME_NANOS = 500_000_000L
