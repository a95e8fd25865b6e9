// Pausing the log and private sessions: for a quarter of an hour, an hour, or until the person says so; and the line on
// History's home that says so while one is on.
package tekram.ui.history.capture

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.Quiet
import tekram.ffi.QuietNow
import tekram.ffi.QuietSpan
import tekram.ui.common.ErrorLine
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
import tekram.ui.common.screenPadding
import tekram.ui.common.word

private const val QUARTER = 15u
private const val HOUR = 60u

/** The words of a pause, or of a private session. */
private class QuietWords(
    val title: String,
    val text: String,
    val until: String,
    val on: String,
    val end: String,
)

private val pauseWords =
    QuietWords("history_quiet_pause", "history_quiet_pause_text", "history_quiet_pause_until", "history_quiet_pause_on", "history_quiet_pause_end")

private val privateWords =
    QuietWords(
        "history_quiet_private",
        "history_quiet_private_text",
        "history_quiet_private_until",
        "history_quiet_private_on",
        "history_quiet_private_end",
    )

/** What can be done about quiet times. */
interface QuietActions {
    /** Begins one for so many [minutes], or until it is ended. */
    fun begin(
        quiet: Quiet,
        minutes: UInt?,
    )

    /** Ends one. */
    fun end(quiet: Quiet)
}

/** `history_capture_quiet`: pause and private session. */
@Composable
fun QuietScreen(
    state: QuietState,
    actions: QuietActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_quiet_title"), onBack) {
    PhasePane(state.phase, phaseWords("history"), onRetry = onRetry) {
        ScrollingColumn {
            state.failure?.let { ErrorLine(errorText(it)) }
            Part(Quiet.PAUSED, pauseWords, state.now.paused, actions)
            Part(Quiet.PRIVATE, privateWords, state.now.privateSession, actions)
        }
    }
}

@Composable
private fun Part(
    quiet: Quiet,
    words: QuietWords,
    span: QuietSpan?,
    actions: QuietActions,
) = Section(word(words.title)) {
    Text(word(words.text))
    if (span == null) {
        OtherButton(word("history_quiet_quarter"), { actions.begin(quiet, QUARTER) })
        OtherButton(word("history_quiet_hour"), { actions.begin(quiet, HOUR) })
        OtherButton(word("history_quiet_open"), { actions.begin(quiet, null) })
    } else {
        Text(sentence(words, span), Modifier.semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.titleMedium)
        MainButton(word(words.end), { actions.end(quiet) })
    }
}

/** A line for each quiet time that is on, with one tap to end it; nothing where none is. */
@Composable
fun QuietLines(
    now: QuietNow,
    onEnd: (Quiet) -> Unit,
) = Column {
    now.paused?.let { QuietLine(pauseWords, it) { onEnd(Quiet.PAUSED) } }
    now.privateSession?.let { QuietLine(privateWords, it) { onEnd(Quiet.PRIVATE) } }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun QuietLine(
    words: QuietWords,
    span: QuietSpan,
    onEnd: () -> Unit,
) = Surface(Modifier.fillMaxWidth(), color = MaterialTheme.colorScheme.secondaryContainer) {
    // With large type the button goes below the sentence.
    FlowRow(Modifier.padding(start = screenPadding, end = 4.dp), Arrangement.SpaceBetween, itemVerticalAlignment = Alignment.CenterVertically) {
        Text(sentence(words, span), Modifier.padding(vertical = 8.dp), style = MaterialTheme.typography.bodyMedium)
        QuietButton(word(words.end), onEnd)
    }
}

@Composable
private fun sentence(
    words: QuietWords,
    span: QuietSpan,
): String {
    val formats = LocalFormats.current
    return span.untilMs?.let { word(words.until, formats.dateAndTime(it)) } ?: word(words.on)
}
