// Everything in one file: sealed, to move in with somewhere else, or open, to read it with other programs.
package tekram.ui.vault

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import tekram.ffi.VaultExported
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PassphraseLine
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.WorkBar
import tekram.ui.common.errorText
import tekram.ui.common.plural
import tekram.ui.common.word
import tekram.ui.start.HiddenScreen

/** `me_leave`: everything in one file. */
@Composable
fun LeaveScreen(
    state: LeaveState,
    onSealed: (String) -> Unit,
    onOpen: () -> Unit,
    onStop: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_leave_title"), onBack) {
    ScrollingColumn {
        Text(word("me_leave_text"))
        state.failure?.let { ErrorLine(errorText(it)) }
        state.done?.let { Done(it) }
        if (state.working) {
            WorkBar(word("me_leave_working"), state.progress, onStop)
        } else {
            Sealed(onSealed)
            Section(word("me_leave_open")) {
                Text(word("me_leave_open_text"))
                OtherButton(word("me_leave_open_go"), onOpen, icon = Icons.Export)
            }
        }
    }
}

@Composable
private fun Done(done: VaultExported) =
    Section(null, Modifier.semantics { liveRegion = LiveRegionMode.Polite }) {
        Text(plural("me_leave_done_rows", done.rows.toLong()))
        if (done.files > 0uL) Text(plural("me_leave_done_files", done.files.toLong()))
    }

@Composable
private fun Sealed(onSealed: (String) -> Unit) {
    var passphrase by remember { mutableStateOf("") }
    var again by remember { mutableStateOf("") }
    val differs = again.isNotEmpty() && again != passphrase
    HiddenScreen()
    Section(word("me_leave_sealed")) {
        Text(word("me_leave_sealed_text"))
        PassphraseLine(passphrase, { passphrase = it }, word("me_leave_sealed_passphrase"), Modifier.testTag("me_leave_passphrase"))
        PassphraseLine(
            again,
            { again = it },
            word("start_passphrase_again"),
            Modifier.testTag("me_leave_again"),
            below = word("start_passphrase_differs").takeIf { differs },
            wrong = differs,
        )
        val ready = passphrase.isNotEmpty() && again == passphrase
        MainButton(word("me_leave_sealed_go"), { onSealed(passphrase) }, enabled = ready, icon = Icons.Export)
    }
}
