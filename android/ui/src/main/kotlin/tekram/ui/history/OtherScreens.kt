// The two screens beside the log: writing it to a file, and which players are noticed.
package tekram.ui.history

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.ExportForm
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.Phase
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.touchable
import tekram.ui.common.word

/** `history_export`: the log as a file. */
@Composable
fun ExportScreen(
    state: ExportState,
    onForm: (ExportForm) -> Unit,
    onExport: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_export_title"), onBack) {
    ScrollingColumn {
        Text(word("history_export_text"))
        Column(Modifier.selectableGroup()) {
            FormRow("history_export_full", state.form == ExportForm.JSON_LINES) { onForm(ExportForm.JSON_LINES) }
            FormRow("history_export_listenbrainz", state.form == ExportForm.LISTENBRAINZ_JSONL) { onForm(ExportForm.LISTENBRAINZ_JSONL) }
        }
        state.failure?.let { ErrorLine(errorText(it)) }
        state.done?.let { done ->
            Section(null, Modifier.semantics { liveRegion = LiveRegionMode.Polite }) {
                Text(plural("history_exported", done.written.toLong()))
                if (done.leftOut > 0uL) Text(plural("history_export_left_out", done.leftOut.toLong()))
            }
        }
        MainButton(word("history_export"), onExport, busy = state.busy, icon = Icons.Export)
    }
}

@Composable
private fun FormRow(
    key: String,
    selected: Boolean,
    onSelect: () -> Unit,
) = Row(
    Modifier.fillMaxWidth().selectable(selected, role = Role.RadioButton, onClick = onSelect).touchable(),
    verticalAlignment = Alignment.CenterVertically,
) {
    RadioButton(selected, onClick = null)
    Text(word(key), Modifier.padding(start = 12.dp))
}

/** `history_capture`: which players are noticed. A player is chosen where the phone lists those that play: [onPhone]. */
@Composable
fun CaptureScreen(
    state: CaptureState,
    onAllow: (String, Boolean) -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
    onPhone: (() -> Unit)? = null,
) = ScreenFrame(word("history_capture_title"), onBack) {
    PhasePane(if (state.phase == Phase.Empty) Phase.Ready else state.phase, phaseWords("history"), onRetry = onRetry) {
        ScrollingColumn {
            Text(word("history_capture_text_android"))
            state.failure?.let { ErrorLine(errorText(it)) }
            Section(word("history_capture_apps")) {
                if (state.apps.isEmpty()) Text(word("history_capture_off"))
                state.apps.forEach { app ->
                    Row(
                        Modifier.fillMaxWidth().toggleable(app.allowed, role = Role.Switch) { onAllow(app.app, it) }.touchable(),
                        verticalAlignment = Alignment.CenterVertically,
                    ) {
                        Text(app.app, Modifier.weight(1f))
                        Switch(app.allowed, onCheckedChange = null)
                    }
                }
            }
            onPhone?.let { OtherButton(word("me_phone_title"), it, icon = Icons.Phone) }
        }
    }
}
