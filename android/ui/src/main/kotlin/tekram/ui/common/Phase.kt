// What a screen that loads something is doing right now. Every state of every view model has one, and one pane shows
// each of them, so that loading, emptiness, failure, no connection and a locked profile look alike everywhere.
package tekram.ui.common

/** A failure as a screen shows it: the core's stable number and name, and values that hold nothing personal. */
data class Shown(
    val code: Long,
    val name: String,
    val room: String,
    val params: Map<String, String> = emptyMap(),
)

/** What a screen that loads something is doing. */
sealed interface Phase {
    /** The first answer has not come. */
    data object Loading : Phase

    /** The answer came and holds nothing. */
    data object Empty : Phase

    /** There is something to show. */
    data object Ready : Phase

    /** The core refused or failed. */
    data class Failed(
        val error: Shown,
    ) : Phase

    /** It needs a connection and there is none. */
    data object Offline : Phase

    /** The profile was locked meanwhile. */
    data object Locked : Phase
}
