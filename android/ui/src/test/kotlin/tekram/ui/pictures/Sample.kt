// A sample is a screen with a fixed state, drawn without a core: one line for each in a room's Samples.kt gives its
// pictures in light, dark, large type, German and right to left.
package tekram.ui.pictures

import androidx.compose.runtime.Composable
import tekram.ui.common.Tab

/** One screen in one state. */
class Sample(
    /** The screen's id, as in routes. */
    val screen: String,
    /** Which state of it, when it is not the usual one: `empty`, `loading`, `error`, `offline`, `locked`, … */
    val state: String,
    /** The tab whose bar stands below; none for screens outside the tabs. */
    val tab: Tab?,
    /** Whether it is also drawn in a wide window. */
    val wide: Boolean,
    /** Tabs of that bar that carry a dot. */
    val waiting: Set<Tab>,
    val content: @Composable () -> Unit,
) {
    /** Name of its pictures. */
    val name: String get() = if (state.isEmpty()) screen else "$screen.$state"
}

/** Registers the [screen] in one [state]. */
fun sample(
    screen: String,
    state: String = "",
    tab: Tab? = null,
    wide: Boolean = false,
    waiting: Set<Tab> = emptySet(),
    content: @Composable () -> Unit,
) = Sample(screen, state, tab, wide, waiting, content)
