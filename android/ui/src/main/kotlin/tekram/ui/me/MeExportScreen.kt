// Taking everything along: the history and the agreements, each as a file of the person's choice.
package tekram.ui.me

import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.word

/** `me_export`: everything as files. */
@Composable
fun MeExportScreen(
    state: MeExportState,
    onExport: (Takeout) -> Unit,
    onWhole: () -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_export_title"), onBack) {
    PhasePane(state.phase, phaseWords("me"), onRetry = onRetry) {
        ScrollingColumn {
            Text(word("me_export_text"))
            Section(word("me_leave_title")) {
                Text(word("me_leave_text"))
                OtherButton(word("me_leave_title"), onWhole, icon = Icons.Export)
            }
            Text(word("me_export_unencrypted"), style = MaterialTheme.typography.titleSmall)
            val listens = state.holdings?.listens?.toLong() ?: 0
            val agreements = state.holdings?.agreements?.toLong() ?: 0
            Part(Takeout.History, "me_export_history", plural("me_holdings_listens", listens), listens > 0, state, onExport)
            Part(Takeout.Agreements, "me_export_agreements", plural("me_holdings_agreements", agreements), agreements > 0, state, onExport)
            state.failure?.let { ErrorLine(errorText(it)) }
        }
    }
}

@Composable
private fun Part(
    what: Takeout,
    title: String,
    holds: String,
    any: Boolean,
    state: MeExportState,
    onExport: (Takeout) -> Unit,
) = Section(word(title)) {
    Text(holds)
    if (state.done == what) Text(word("me_exported"), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
    OtherButton(
        word("me_export_go"),
        { onExport(what) },
        Modifier.testTag("me_export_$what"),
        enabled = any && state.busy == null,
        busy = state.busy == what,
        icon = Icons.Export,
    )
}
