// An import on the screen: choosing a file, reading it, and the holding pen where it is looked at before anything is
// added. Nothing here is in the log until the person says so.
package tekram.ui.history

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.Batch
import tekram.ffi.BatchState
import tekram.ffi.FilesProgress
import tekram.ffi.Listen
import tekram.ffi.RefusedLine
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.Phase
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.Rows
import tekram.ui.common.RowsList
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.touchable
import tekram.ui.common.word
import tekram.ui.history.bring.FilesRead
import tekram.ui.history.bring.LookActions
import tekram.ui.history.bring.LookParts

private const val PERCENT = 100

/** What can be done about imports. */
interface ImportActions : LookActions {
    /** The person chooses files. */
    fun choose()

    /** Shows who has a history. */
    fun from()

    /** Stops what is being read. */
    fun stop()

    /** Opens an import. */
    fun open(batch: Long)
}

/** `history_import`: choose a file, look at it, watch it being read, and the imports so far. */
@Composable
fun ImportScreen(
    state: ImportState,
    actions: ImportActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_import_title"), onBack) {
    PhasePane(if (state.phase == Phase.Empty) Phase.Ready else state.phase, phaseWords("history"), onRetry = onRetry) {
        ScrollingColumn {
            when (val importing = state.importing) {
                is Importing.Looked -> LookParts(importing, actions)
                is Importing.Looking -> Reading(importing.file, null, actions::stop)
                is Importing.Reading -> Reading(importing.file, importing.progress, actions::stop)
                else -> Begin(state, importing, actions)
            }
        }
    }
}

@Composable
private fun Begin(
    state: ImportState,
    importing: Importing,
    actions: ImportActions,
) {
    Text(word("history_import_text"))
    ImportEnd(importing, actions)
    MainButton(word("history_import_choose"), actions::choose, icon = Icons.Import)
    OtherButton(word("history_bring_from_title"), actions::from, icon = Icons.Network)
    Section(word("history_imports")) {
        if (state.batches.isEmpty()) Text(word("history_imports_empty"))
        state.batches.forEach { batch -> BatchRow(batch) { actions.open(batch.batch) } }
    }
}

@Composable
private fun Reading(
    file: String,
    progress: FilesProgress?,
    onStop: () -> Unit,
) {
    val total = progress?.bytesTotal?.takeIf { it > 0uL }
    Section(word("history_import_reading", file)) {
        if (progress == null || total == null) {
            LinearProgressIndicator(Modifier.fillMaxWidth())
        } else {
            val part = (progress.bytesRead.toFloat() / total.toFloat()).coerceIn(0f, 1f)
            val spoken = word("history_import_progress_a11y", (part * PERCENT).toInt())
            LinearProgressIndicator({ part }, Modifier.fillMaxWidth().semantics { contentDescription = spoken })
        }
        progress?.let { Text(plural("history_import_lines", it.records.toLong())) }
        OtherButton(word("history_import_stop"), onStop, icon = Icons.Close)
    }
}

@Composable
private fun ImportEnd(
    importing: Importing,
    actions: ImportActions,
) = when (importing) {
    is Importing.Several -> FilesRead(importing.files, actions::open)
    Importing.Stopped -> Text(word("history_import_stopped"), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
    is Importing.Failed -> ErrorLine(errorText(importing.error))
    else -> Unit
}

@Composable
private fun BatchRow(
    batch: Batch,
    onClick: () -> Unit,
) {
    val formats = LocalFormats.current
    ListRow(
        batch.fileName.ifBlank { formatName(batch.format) },
        below = listOf(word(batch.state.wordKey), formatName(batch.format), formats.date(batch.importedMs)).joinToString(" · "),
        icon = Icons.Tray,
        onClick = onClick,
    )
}

/** A format in words; its stable name where there are none. */
@Composable
fun formatName(format: String): String {
    val words = LocalWords.current
    val key = "history_format_${format.substringBefore('_')}"
    return if (words.has(key)) words.word(key) else format
}

/** The word of an import's state. */
val BatchState.wordKey: String
    get() =
        when (this) {
            BatchState.IMPORTING -> "history_batch_importing"
            BatchState.HELD -> "history_batch_held"
            BatchState.ACCEPTED -> "history_batch_accepted"
            BatchState.REJECTED -> "history_batch_rejected"
            BatchState.UNDONE -> "history_batch_undone"
        }

/** What can be decided about an import. */
interface PenActions {
    /** Adds it to the log. */
    fun accept()

    /** Throws it away. */
    fun reject()

    /** Takes it out of the log again. */
    fun undo()

    /** Shows the lines that it left out. */
    fun refused()
}

/** `history_pen`: what an import would add, before it is added. */
@Composable
fun PenScreen(
    state: PenState,
    preview: Rows<Listen>,
    onNear: (Int) -> Unit,
    onRetry: () -> Unit,
    actions: PenActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_pen_title"), onBack) {
    PhasePane(state.phase, phaseWords("history"), onRetry = onRetry) {
        val batch = state.batch ?: return@PhasePane
        RowsList(
            preview,
            onNear,
            before = {
                item { Decision(state, batch, actions) }
            },
        ) { listen ->
            ListenRow(listen, withDate = true)
            HorizontalDivider()
        }
    }
}

@Composable
private fun Decision(
    state: PenState,
    batch: Batch,
    actions: PenActions,
) {
    var asking by rememberSaveable { mutableStateOf(false) }
    Column(Modifier.padding(screenPadding), verticalArrangement = Arrangement.spacedBy(12.dp)) {
        Section(batch.fileName.ifBlank { null }) {
            Text(word(if (batch.state == BatchState.HELD) "history_pen_text" else batch.state.wordKey))
            if (batch.read > 0uL && batch.newRecords == 0uL) Text(word("history_pen_empty"))
            Text(plural("history_pen_new", batch.listens.toLong()))
            Text(plural("history_pen_duplicates", batch.duplicates.toLong()))
            if (state.subscriptions > 0) Text(plural("history_pen_subscriptions", state.subscriptions.toLong()))
            if (batch.refused > 0uL) {
                QuietButton(plural("history_pen_refused", batch.refused.toLong()), actions::refused, icon = Icons.Warning)
            }
        }
        state.failure?.let { ErrorLine(errorText(it)) }
        when (batch.state) {
            BatchState.HELD -> {
                val adding = word(if (state.busy) "history_pen_accepting" else "history_pen_accept")
                MainButton(adding, actions::accept, busy = state.busy, icon = Icons.Check)
                OtherButton(word("history_pen_reject"), { asking = true }, enabled = !state.busy, icon = Icons.Delete)
            }

            BatchState.ACCEPTED -> {
                OtherButton(word("history_pen_undo"), { asking = true }, busy = state.busy, icon = Icons.Remove)
            }

            else -> {}
        }
    }
    if (asking) {
        val held = batch.state == BatchState.HELD
        Confirm(
            word(if (held) "history_pen_reject_confirm" else "history_pen_undo_confirm"),
            word(if (held) "history_pen_reject" else "history_pen_undo"),
            { asking = false },
        ) {
            asking = false
            if (held) actions.reject() else actions.undo()
        }
    }
}

@Composable
private fun Confirm(
    text: String,
    action: String,
    onDismiss: () -> Unit,
    onConfirm: () -> Unit,
) = AlertDialog(
    onDismissRequest = onDismiss,
    text = { Text(text) },
    confirmButton = { TextButton(onConfirm, Modifier.touchable()) { Text(action) } },
    dismissButton = { TextButton(onDismiss, Modifier.touchable()) { Text(word("common_cancel")) } },
)

/** `history_refused`: the lines that an import left out, with the reasons. */
@Composable
fun RefusedScreen(
    lines: Rows<RefusedLine>,
    onNear: (Int) -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_refused_title"), onBack) {
    val words = phaseWords("history").copy(emptyTitle = word("history_refused_empty"), emptyText = null)
    PhasePane(lines.phase, words, onRetry = onRetry) {
        RowsList(
            lines,
            onNear,
            before = { item { Text(word("history_refused_text"), Modifier.padding(screenPadding)) } },
        ) { line ->
            RefusedRow(line)
            HorizontalDivider()
        }
    }
}

@Composable
private fun RefusedRow(line: RefusedLine) {
    val words = LocalWords.current
    val key = "history_reason_${line.reason}"
    val reason = if (words.has(key)) words.word(key) else words.word("history_reason_unknown")
    val field = line.field.takeIf { it.isNotEmpty() }?.let { word("history_refused_field", it) }
    val where = if (line.file.isEmpty()) word("history_refused_line_only", line.line) else word("history_refused_line", line.line, line.file)
    ListRow(where, below = listOfNotNull(reason, field, line.excerpt.takeIf { it.isNotEmpty() }).joinToString("\n"))
}
