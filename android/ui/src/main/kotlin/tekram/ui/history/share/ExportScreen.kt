// The log as a file: which part, in which form, with which columns, and how much that is.
package tekram.ui.history.share

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import tekram.ffi.ExportForm
import tekram.ffi.ListenKind
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.MainButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.ToggleRow
import tekram.ui.common.WorkBar
import tekram.ui.common.errorText
import tekram.ui.common.plural
import tekram.ui.common.word
import tekram.ui.want.Choice
import tekram.ui.want.Note

private val forms =
    listOf(
        ExportForm.JSON_LINES to "history_export_full",
        ExportForm.LISTENBRAINZ_JSONL to "history_export_listenbrainz",
        ExportForm.CSV to "history_export_csv",
    )

/** `history_export`: the log as a file. */
@Composable
fun ExportScreen(
    state: ExportState,
    onChoose: (ExportChoice) -> Unit,
    onExport: () -> Unit,
    onStop: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_export_title"), onBack) {
    val choice = state.choice
    val idle = !state.busy
    ScrollingColumn {
        Text(word("history_export_text"))
        Column(Modifier.selectableGroup()) {
            forms.forEach { (form, key) -> Choice(word(key), choice.form == form) { onChoose(choice.copy(form = form)) } }
        }
        Section(word("history_export_which")) {
            DayRangeFields(choice.range, idle) { onChoose(choice.copy(range = it)) }
            ToggleRow(word("history_export_without_private"), null, choice.withoutPrivate, enabled = idle) { onChoose(choice.copy(withoutPrivate = it)) }
        }
        Section(word("history_export_kinds")) {
            ListenKind.entries.forEach { kind ->
                SourceRow(word("history_kind_${kind.name.lowercase()}"), kind in choice.kinds, idle) {
                    onChoose(choice.copy(kinds = choice.kinds.with(kind, it)))
                }
            }
        }
        if (state.sources.isNotEmpty()) {
            Section(word("history_export_sources")) {
                state.sources.forEach { source ->
                    SourceRow(source, source in choice.sources, idle) { onChoose(choice.copy(sources = choice.sources.with(source, it))) }
                }
            }
        }
        if (choice.form == ExportForm.CSV) Columns(state, idle, onChoose)
        state.failure?.let { ErrorLine(errorText(it)) }
        state.done?.let { done ->
            Section(null, Modifier.semantics { liveRegion = LiveRegionMode.Polite }) {
                Text(plural("history_exported", done.written.toLong()))
                if (done.leftOut > 0uL) Text(plural("history_export_left_out", done.leftOut.toLong()))
            }
        }
        if (state.busy) {
            WorkBar(plural("history_exported", state.written.toLong()), progress = null, onStop = onStop)
        } else {
            state.count?.let { Note(plural("history_export_count", it.toLong())) }
            MainButton(word("history_export"), onExport, enabled = choice.range.fits, icon = Icons.Export)
        }
    }
}

@Composable
private fun Columns(
    state: ExportState,
    idle: Boolean,
    onChoose: (ExportChoice) -> Unit,
) = Section(word("history_export_columns")) {
    val choice = state.choice
    Note(word("history_export_columns_text"))
    state.columns.forEach { (column) ->
        SourceRow(word("history_column_$column"), column in choice.columns, idle) { onChoose(choice.copy(columns = choice.columns.with(column, it))) }
    }
}

private fun <T> Set<T>.with(
    one: T,
    on: Boolean,
): Set<T> = if (on) this + one else this - one
