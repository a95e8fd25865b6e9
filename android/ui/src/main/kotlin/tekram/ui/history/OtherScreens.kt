// Beside the log: which players are noticed.
package tekram.ui.history

import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.OtherButton
import tekram.ui.common.Phase
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.touchable
import tekram.ui.common.word

/** `history_capture`: which players are noticed. A player is chosen where the phone lists those that play: [onPhone]. */
@Composable
fun CaptureScreen(
    state: CaptureState,
    onAllow: (String, Boolean) -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
    onPhone: (() -> Unit)? = null,
    onQuiet: (() -> Unit)? = null,
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
            onQuiet?.let { OtherButton(word("history_quiet_title"), it, icon = Icons.Hide) }
            onPhone?.let { OtherButton(word("me_phone_title"), it, icon = Icons.Phone) }
        }
    }
}
