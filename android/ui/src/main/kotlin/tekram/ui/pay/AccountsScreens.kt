// The account book in plain words, the e-cash on hand, and the splits of all months.
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
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.NoticePane
import tekram.ui.common.Offer
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.money
import tekram.ui.common.phaseWords
import tekram.ui.common.screenPadding
import tekram.ui.common.word

/** The account book. */
@Composable
fun LedgerScreen(
    state: AccountsState,
    onAsk: (String) -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) {
    val words = LocalWords.current
    val formats = LocalFormats.current
    ScreenFrame(word("pay_ledger"), onBack) {
        PhasePane(state.phase, phaseWords("pay").copy(emptyTitle = word("pay_ledger_empty"), emptyText = word("pay_ledger_empty_text")), onRetry = onRetry) {
            Box(Modifier.fillMaxSize(), contentAlignment = Alignment.TopCenter) {
                LazyColumn(Modifier.widthIn(max = 720.dp).fillMaxSize()) {
                    item("text") { Text(word("pay_ledger_text"), Modifier.padding(screenPadding), style = MaterialTheme.typography.bodyMedium) }
                    items(state.purses, key = { it.mint }) { PurseCard(it) { onAsk(it.mint) } }
                    items(state.ledger?.balances.orEmpty(), key = { "${it.account} ${it.balance.currency}" }) { balance ->
                        NameAndAmount(
                            Account.of(balance.account).words(words, state.names),
                            formats.money(balance.balance),
                            Modifier.padding(horizontal = screenPadding, vertical = 8.dp).semantics(mergeDescendants = true) {},
                        )
                    }
                }
            }
        }
    }
}

@Composable
private fun PurseCard(
    purse: Purse,
    onAsk: () -> Unit,
) {
    val formats = LocalFormats.current
    Section(word("pay_wallet"), Modifier.padding(horizontal = screenPadding, vertical = 4.dp)) {
        Text(word("pay_mint_holds_now", host(purse.mint)), style = MaterialTheme.typography.bodyMedium)
        purse.balances?.forEach { Text(word("pay_wallet_at", formats.money(it), host(purse.mint)), style = MaterialTheme.typography.titleMedium) }
        if (purse.balances?.isEmpty() == true) Text(word("pay_wallet_empty"))
        purse.problem?.let { ErrorLine(errorText(it)) }
        OtherButton(word("pay_wallet_ask"), onAsk, busy = purse.asking)
    }
}

/** The splits of all months. */
@Composable
fun MonthsScreen(
    state: PayState,
    onMonth: (String) -> Unit,
    onReceipts: (String) -> Unit,
    onLedger: () -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) {
    val rows = state.rows.associateBy { it.month }
    val formats = LocalFormats.current
    ScreenFrame(word("pay_months"), onBack) {
        PhasePane(state.phase, phaseWords("pay"), onRetry = onRetry) {
            Box(Modifier.fillMaxSize(), contentAlignment = Alignment.TopCenter) {
                LazyColumn(Modifier.widthIn(max = 720.dp).fillMaxSize()) {
                    items(state.months, key = { it }) { month ->
                        val row = rows[month]
                        Column(Modifier.fillMaxWidth()) {
                            ListRow(
                                formats.month(month),
                                below =
                                    row?.let {
                                        word(it.state.key)
                                    },
                                selected = month == state.month,
                                onClick = { onMonth(month) },
                            ) {
                                row?.let { Text(formats.money(it.total), style = MaterialTheme.typography.titleMedium) }
                            }
                            if (row != null && row.summary.paidMinor + row.summary.handedOffMinor > 0) {
                                ListRow(word("pay_receipts_title"), icon = Icons.Receipt, onClick = { onReceipts(month) })
                            }
                        }
                    }
                    item("ledger") { ListRow(word("pay_ledger"), icon = Icons.Book, onClick = onLedger) }
                }
            }
        }
    }
}

/** A hand-off that is not in the month any more, with the way back to what is. */
@Composable
internal fun GoneScreen(
    onList: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("pay_handoff_title"), onBack) { NoticePane(Icons.Link, word("pay_handoff_empty"), null, Offer(word("common_refresh"), onList)) }
