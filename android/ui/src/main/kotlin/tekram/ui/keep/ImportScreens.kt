// Importing purchases on the screen: which file, which column is what, and what was left out.
package tekram.ui.keep

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.DropdownMenu
import androidx.compose.material3.DropdownMenuItem
import androidx.compose.material3.HorizontalDivider
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
import tekram.ffi.CsvDate
import tekram.ffi.CsvFault
import tekram.ffi.CsvLook
import tekram.ffi.PenArrived
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalWords
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.plural
import tekram.ui.common.word
import tekram.ui.want.Choice
import tekram.ui.want.Named
import tekram.ui.want.Note
import tekram.ui.want.OnOff

/** What can be done about an import. */
interface PurchaseImportActions {
    /** Chooses a table. */
    fun table()

    /** Says what the table is like. */
    fun choose(change: (CsvChoices) -> CsvChoices)

    /** Reads the table. */
    fun readTable()

    /** Chooses a file of orders. */
    fun orders()

    /** Opens what waits. */
    fun look(batch: Long)
}

/** `keep_import`: choosing a file; of a table, what its columns are. */
@Composable
fun PurchaseImportScreen(
    state: PurchaseImportState,
    actions: PurchaseImportActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word(if (state.table == null) "keep_import_title" else "keep_csv_title"), onBack) {
    ScrollingColumn {
        state.failure?.let { ErrorLine(errorText(it)) }
        state.arrived?.let { Arrived(it, actions::look) }
        val table = state.table
        if (table == null) Which(state.busy, actions) else Columns(state, table, actions)
    }
}

@Composable
private fun Which(
    busy: Boolean,
    actions: PurchaseImportActions,
) {
    Text(word("keep_import_text"))
    Section(word("keep_import_table")) {
        Note(word("keep_import_table_text"))
        OtherButton(word("keep_receive_file"), actions::table, Modifier.testTag("keep_import_table"), enabled = !busy, icon = Icons.Import)
    }
    Section(word("keep_import_orders")) {
        Note(word("keep_import_orders_text"))
        OtherButton(word("keep_receive_file"), actions::orders, Modifier.testTag("keep_import_orders"), enabled = !busy, icon = Icons.Import)
    }
}

@Composable
private fun Arrived(
    arrived: PenArrived,
    onLook: (Long) -> Unit,
) = Section(null, Modifier.semantics { liveRegion = LiveRegionMode.Polite }) {
    Text(plural("keep_import_held", arrived.held.toLong()))
    if (arrived.faults.isNotEmpty()) Text(plural("keep_import_faults", arrived.faults.size.toLong()))
    arrived.faults.take(SHOWN_FAULTS).forEach { Note(word("keep_import_fault", it.line.toLong(), faultText(it))) }
    arrived.batch?.let { batch -> MainButton(word("keep_import_look"), { onLook(batch) }, icon = Icons.Tray) }
}

private const val SHOWN_FAULTS = 20

@Composable
private fun faultText(fault: CsvFault): String {
    val key = "keep_import_fault_${fault.reason}"
    return if (LocalWords.current.has(key)) word(key) else word("keep_import_fault_unknown")
}

@Composable
private fun Columns(
    state: PurchaseImportState,
    table: CsvLook,
    actions: PurchaseImportActions,
) {
    val choices = state.choices
    Section(word("keep_csv_first")) {
        table.lines.forEachIndexed { index, line ->
            if (index > 0) HorizontalDivider()
            Column(Modifier.semantics(mergeDescendants = true) {}) {
                table.headings.zip(line).forEach { (heading, cell) -> Note(word("keep_csv_cell", heading, cell)) }
            }
        }
    }
    CsvMeaning.entries.forEach { meaning -> Meaning(meaning, choices, table, actions) }
    Section(word("keep_csv_date_form")) {
        Column(Modifier.selectableGroup()) {
            CsvDate.entries.forEach { form -> Choice(word(form.wordKey), choices.date == form) { actions.choose { it.copy(date = form) } } }
        }
    }
    Section(word("keep_csv_decimal")) {
        Column(Modifier.selectableGroup()) {
            Choice(word("keep_csv_decimal_point"), choices.decimal == ".") { actions.choose { it.copy(decimal = ".") } }
            Choice(word("keep_csv_decimal_comma"), choices.decimal == ",") { actions.choose { it.copy(decimal = ",") } }
        }
    }
    OnOff(word("keep_csv_negative"), word("keep_csv_negative_text"), choices.paidIsNegative) { on -> actions.choose { it.copy(paidIsNegative = on) } }
    MainButton(word("keep_csv_go"), actions::readTable, enabled = state.ready, busy = state.busy, icon = Icons.Check)
}

private val CsvDate.wordKey: String
    get() =
        when (this) {
            CsvDate.ISO -> "keep_csv_date_iso"
            CsvDate.DAY_FIRST -> "keep_csv_date_day_first"
            CsvDate.MONTH_FIRST -> "keep_csv_date_month_first"
        }

/** Where [meaning] stands: a column, or the same in every line, or, where it is not needed, nowhere. */
@Composable
private fun Meaning(
    meaning: CsvMeaning,
    choices: CsvChoices,
    table: CsvLook,
    actions: PurchaseImportActions,
) = Section(null) {
    var open by remember { mutableStateOf(false) }
    val column = choices.columns[meaning]
    val fixed = choices.fixed[meaning]
    val chosen =
        when {
            column != null -> column
            fixed != null -> word("keep_csv_fixed")
            meaning.needed -> word("keep_csv_unchosen")
            else -> word("keep_csv_none")
        }

    fun choose(
        newColumn: String?,
        newFixed: String?,
    ) {
        open = false
        actions.choose { before ->
            before.copy(
                columns = if (newColumn == null) before.columns - meaning else before.columns + (meaning to newColumn),
                fixed = if (newFixed == null) before.fixed - meaning else before.fixed + (meaning to newFixed),
            )
        }
    }
    ListRow(
        word(meaning.wordKey),
        Modifier.testTag("keep_csv_$meaning"),
        below = chosen,
        icon = if (column == null && fixed == null) Icons.Expand else Icons.Check,
        onClick = { open = true },
    )
    DropdownMenu(open, { open = false }) {
        table.headings.forEach { heading -> DropdownMenuItem({ Text(heading) }, { choose(heading, null) }) }
        DropdownMenuItem({ Text(word("keep_csv_fixed")) }, { choose(null, fixed.orEmpty()) })
        if (!meaning.needed) DropdownMenuItem({ Text(word("keep_csv_none")) }, { choose(null, null) })
    }
    if (column != null) table.lines.firstNotNullOfOrNull { line -> line.getOrNull(table.headings.indexOf(column)) }?.let { Named(column, it) }
    if (fixed != null) {
        TextLine(fixed, { typed ->
            actions.choose { it.copy(fixed = it.fixed + (meaning to typed)) }
        }, word("keep_csv_fixed"), Modifier.testTag("keep_csv_fixed_$meaning"))
    }
}
