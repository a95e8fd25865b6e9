// Is everything whole? The check with its progress, and what it found in people's words.
package tekram.ui.vault

import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import tekram.ffi.CheckFault
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.WorkBar
import tekram.ui.common.errorText
import tekram.ui.common.plural
import tekram.ui.common.word

/** `me_check`: whether everything is whole. */
@Composable
fun CheckScreen(
    state: CheckState,
    onStart: () -> Unit,
    onStop: () -> Unit,
    onRescue: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_check_title"), onBack) {
    ScrollingColumn {
        Text(word("me_check_text"))
        state.failure?.let { ErrorLine(errorText(it)) }
        state.faults?.let { Found(it, onRescue) }
        if (state.working) {
            WorkBar(word("me_check_working"), state.progress, onStop)
        } else {
            MainButton(word("me_check_go"), onStart, icon = Icons.Check)
        }
    }
}

@Composable
private fun Found(
    faults: List<CheckFault>,
    onRescue: () -> Unit,
) {
    if (faults.isEmpty()) {
        Text(word("me_check_whole"), Modifier.semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.titleMedium)
    } else {
        ErrorLine(word("me_check_faults"))
        Section(null) {
            faults.forEach { Text(faultText(it)) }
            Text(word("me_check_rescue_text"))
            OtherButton(word("start_damaged_rescue"), onRescue, icon = Icons.Check)
        }
    }
}

@Composable
private fun faultText(fault: CheckFault): String {
    val count = fault.count.toLong()
    return when (fault.kind) {
        "header" -> word("me_check_fault_header")
        "identity" -> word("me_check_fault_identity")
        "pages" -> plural("me_check_fault_pages", count)
        "order" -> plural("me_check_fault_order", count)
        "dangling" -> plural("me_check_fault_dangling", count)
        "audit" -> plural("me_check_fault_audit", count)
        else -> word("me_check_fault_other")
    }
}
