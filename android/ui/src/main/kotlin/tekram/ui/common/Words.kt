// Every word on a screen comes from here, by its key in src/main/res/values*/strings_*.xml. A key begins with its
// room; sentences are whole and take their parts by position. Android answers from its resources, the desktop from
// the same files on the class path, so that there is one source of words.
package tekram.ui.common

import androidx.compose.runtime.Composable
import androidx.compose.runtime.ReadOnlyComposable
import androidx.compose.runtime.staticCompositionLocalOf
import java.util.Locale

/** The words of the interface in one language. */
interface Words {
    /** Whose rules numbers, dates and plurals follow. */
    val locale: Locale

    /** Whether there is such a word; for keys that are made from what the core returned, like `error_<name>`. */
    fun has(key: String): Boolean

    /** The word of [key] with [args] put into its places. */
    fun word(
        key: String,
        vararg args: Any,
    ): String

    /** The form of [key] for [count] things; [args] begins with what `%1$` shows, usually the count itself. */
    fun plural(
        key: String,
        count: Long,
        vararg args: Any,
    ): String
}

private val countPlace = Regex("%(\\d+)[$]d")

/**
 * [text] with [args] in its places; counts are written with the groups of [locale]. Without arguments a text is not a
 * format, and a `%` in it stands for itself.
 */
fun filled(
    text: String,
    args: Array<out Any>,
    locale: Locale,
): String = if (args.isEmpty()) text else countPlace.replace(text, "%$1\\$,d").format(locale, *args)

/** The words of the interface; whoever opens a window or an activity provides them. */
val LocalWords = staticCompositionLocalOf<Words> { error("no words were provided") }

/** The word of [key], with [args] put into its places. */
@Composable
@ReadOnlyComposable
fun word(
    key: String,
    vararg args: Any,
): String = LocalWords.current.word(key, *args)

/** The form of [key] for [count] things; without [args], the count is what its first place shows. */
@Composable
@ReadOnlyComposable
fun plural(
    key: String,
    count: Long,
    vararg args: Any,
): String = LocalWords.current.counted(key, count, *args)

/** As [plural], outside a composition. */
fun Words.counted(
    key: String,
    count: Long,
    vararg args: Any,
): String = if (args.isEmpty()) plural(key, count, count) else plural(key, count, *args)
