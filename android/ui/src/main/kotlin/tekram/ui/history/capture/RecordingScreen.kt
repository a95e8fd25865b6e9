// "Record for a test": what players tell, as a file that somebody who mends the program can play again.
package tekram.ui.history.capture

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.word

/** What can be done with recordings. */
interface RecordingActions {
    /** Starts one. */
    fun start()

    /** Stops it. */
    fun stop()

    /** Writes it to a file. */
    fun save()

    /** Throws it away. */
    fun discard()

    /** Plays a file again. */
    fun replay()
}

/** `history_capture_record`: recordings of what players tell. */
@Composable
fun RecordingScreen(
    state: RecordingState,
    actions: RecordingActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_record_title"), onBack) {
    PhasePane(state.phase, phaseWords("history"), onRetry = onRetry) {
        ScrollingColumn {
            Text(word("history_record_text"))
            state.failure?.let { ErrorLine(errorText(it)) }
            Made(state, actions)
            Section(word("history_record_replay_title")) {
                Text(word("history_record_replay_text"))
                state.replayed?.let { Text(plural("history_record_replayed", it.drained.newListens.toLong()), polite) }
                OtherButton(word("history_record_replay"), actions::replay, busy = state.busy, icon = Icons.Import)
            }
        }
    }
}

@Composable
private fun Made(
    state: RecordingState,
    actions: RecordingActions,
) = Section(null) {
    val recording = state.recording
    val started = LocalFormats.current.dateAndTime(recording.startedMs)
    if (recording.startedMs > 0) {
        Text(word(if (recording.running) "history_record_running" else "history_record_stopped", started))
        Text(plural("history_record_events", recording.events.toLong()))
    }
    if (recording.running) MainButton(word("history_record_stop"), actions::stop, busy = state.busy)
    if (!recording.running) MainButton(word("history_record_start"), actions::start, busy = state.busy)
    if (recording.startedMs > 0 && !recording.running) {
        Text(word("history_record_readable"))
        OtherButton(word("history_record_save"), actions::save, busy = state.busy, icon = Icons.Export)
        QuietButton(word("history_record_discard"), actions::discard, enabled = !state.busy, icon = Icons.Delete)
    }
    state.written?.let { Text(plural("history_record_written", it.toLong()), polite) }
}

private val polite = Modifier.semantics { liveRegion = LiveRegionMode.Polite }
