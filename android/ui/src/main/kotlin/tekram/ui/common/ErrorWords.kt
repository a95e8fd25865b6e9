// The words of a failure: those of its own name, else the screen's, else those of the room it came from, else the
// common ones. The core's names and numbers are stable, so a failure without words of its own is still told apart.
package tekram.ui.common

import androidx.compose.runtime.Composable
import androidx.compose.runtime.ReadOnlyComposable

/** What [error] says on the screen; [screen] stands where the failure has no words of its own. */
@Composable
@ReadOnlyComposable
fun errorText(
    error: Shown,
    screen: String? = null,
): String = LocalWords.current.error(error, screen)

/** As [errorText], outside a composition. */
fun Words.error(
    error: Shown,
    screen: String? = null,
): String {
    val own = "error_${error.name}"
    val room = "error_room_${error.room}"
    return when {
        has(own) -> word(own)
        screen != null -> screen
        has(room) -> word(room)
        else -> word("error_unknown")
    }
}
