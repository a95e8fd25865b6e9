// What arrived: the receipts of a month, signed by those who were paid or shown by the provider, and the month's sums.
package tekram.ui.pay

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.Receipt
import tekram.ffi.Statement
import tekram.ffi.StatementLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Section
import tekram.ui.common.phaseWords
import tekram.ui.common.screenPadding
import tekram.ui.common.word

/** The receipts of a month. */
@Composable
fun ReceiptsScreen(
    state: PaymentState,
    actions: PaymentActions,
    onBack: (() -> Unit)?,
) {
    ScreenFrame(word("pay_receipts_title"), onBack) {
        PhasePane(state.phase, phaseWords("pay"), onRetry = actions::reload) {
            val statement = state.statement ?: return@PhasePane
            val byPromise = statement.lines.associateBy { it.commitment }
            Box(Modifier.fillMaxSize(), contentAlignment = Alignment.TopCenter) {
                LazyColumn(Modifier.widthIn(max = 720.dp).fillMaxSize()) {
                    item("sums") { Section(LocalFormats.current.month(state.month), Modifier.padding(screenPadding)) { Sums(statement) } }
                    if (state.receipts.isEmpty()) item("empty") { Text(word("pay_receipts_empty"), Modifier.padding(screenPadding)) }
                    items(state.receipts, key = { it.commitment }) { ReceiptRow(it, byPromise[it.commitment], statement) }
                    if (state.handOffs.isNotEmpty()) {
                        item("hand_offs") { ListRow(word("pay_handoff_title"), icon = Icons.Link, onClick = { actions.open("pay_handoff", state.month) }) }
                    }
                    item("ledger") { ListRow(word("pay_ledger"), icon = Icons.Book, onClick = { actions.open("pay_ledger", "") }) }
                }
            }
        }
    }
}

@Composable
private fun ReceiptRow(
    receipt: Receipt,
    line: StatementLine?,
    statement: Statement,
) {
    val formats = LocalFormats.current
    val quiet = MaterialTheme.colorScheme.onSurfaceVariant
    val name = line?.name ?: word("common_unknown")
    Column(Modifier.fillMaxWidth().padding(horizontal = screenPadding, vertical = 8.dp).semantics(mergeDescendants = true) {}) {
        if (line == null) Text(name) else NameAndAmount(name, formats.money(line.paidMinor, statement.budget.currency))
        if (receipt.signed) Text(word("pay_receipt_signed", name), style = MaterialTheme.typography.bodyMedium)
        if (receipt.railEvidence != null) Text(word("pay_receipt_rail"), style = MaterialTheme.typography.bodyMedium)
        Text(word("pay_receipt_received", formats.dateAndTime(receipt.receivedMs)), style = MaterialTheme.typography.bodySmall, color = quiet)
    }
}
