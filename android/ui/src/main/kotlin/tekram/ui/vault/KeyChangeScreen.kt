// A new key: what it is for, which ways of unlocking it keeps, the work, and what is gone afterwards.
package tekram.ui.vault

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import tekram.ffi.KeyChanged
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.MainButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.ToggleRow
import tekram.ui.common.WorkBar
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.word
import tekram.ui.me.wayName

/** What can be done about the key. */
interface KeyChangeActions {
    /** Whether a way stays. */
    fun keep(
        name: String,
        stays: Boolean,
    )

    /** Whether ways that cannot take a new key go. */
    fun dropOthers(drop: Boolean)

    /** Makes the new key. */
    fun start()

    /** Stops it. */
    fun stop()

    /** Reads the ways again. */
    fun reload()
}

/** `me_key_change`: a new key. */
@Composable
fun KeyChangeScreen(
    state: KeyChangeState,
    actions: KeyChangeActions,
    onBack: (() -> Unit)?,
) {
    var asking by remember { mutableStateOf(false) }
    ScreenFrame(word("me_key_title"), onBack) {
        PhasePane(state.phase, phaseWords("me"), onRetry = actions::reload) {
            ScrollingColumn {
                when {
                    state.done != null -> Changed(state.done, onBack)
                    state.working -> WorkBar(word("me_key_working"), state.progress, actions::stop)
                    else -> Choice(state, actions) { asking = true }
                }
            }
        }
    }
    if (asking) {
        ConfirmKeyChange({ asking = false }) {
            asking = false
            actions.start()
        }
    }
}

@Composable
private fun ColumnScope.Choice(
    state: KeyChangeState,
    actions: KeyChangeActions,
    onGo: () -> Unit,
) {
    Text(word("me_key_text"))
    Section(word("me_key_keep")) {
        Column {
            state.ways.forEach { way ->
                val stays = way.name !in state.going
                ToggleRow(wayName(way), word(if (stays) "me_key_stays" else "me_key_goes"), stays) { actions.keep(way.name, it) }
                HorizontalDivider()
            }
            ToggleRow(word("me_key_drop_others"), word("me_key_drop_others_text"), state.dropOthers, onChange = actions::dropOthers)
        }
    }
    if (!state.opensAfterwards) ErrorLine(word("me_key_last"))
    state.failure?.let { ErrorLine(errorText(it)) }
    Text(word("me_key_backups"), style = MaterialTheme.typography.bodyMedium)
    MainButton(word("me_key_offer"), onGo, enabled = state.opensAfterwards, icon = Icons.Key)
}

@Composable
private fun ColumnScope.Changed(
    done: KeyChanged,
    onBack: (() -> Unit)?,
) {
    Text(word("me_key_done"), Modifier.semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.titleMedium)
    done.gone.forEach { Text(word("me_key_done_gone", wayName(it))) }
    Text(word("me_key_backups"))
    onBack?.let { MainButton(word("common_done"), it) }
}

/** Asks before everything is encrypted anew. */
@Composable
internal fun ConfirmKeyChange(
    onDismiss: () -> Unit,
    onConfirm: () -> Unit,
) = AlertDialog(
    onDismissRequest = onDismiss,
    title = { Text(word("me_key_sure_title")) },
    text = { Text(word("me_key_backups")) },
    confirmButton = { QuietButton(word("me_key_offer"), onConfirm) },
    dismissButton = { QuietButton(word("common_cancel"), onDismiss) },
)
