// Exactly what confirming does, before it is done: who gets how much by which way, who holds the money meanwhile, what it
// may cost, what waits and why. Where the recovery words are still owed, they come first.
package tekram.ui.pay

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.Outcome
import tekram.ffi.Payee
import tekram.ffi.PaymentMethod
import tekram.ffi.RecoveryDuty
import tekram.ffi.Statement
import tekram.ffi.StatementLine
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.MainButton
import tekram.ui.common.NoticePane
import tekram.ui.common.Offer
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.word

/** What can be done from confirming to receipts. */
interface PaymentActions {
    fun reload()

    fun confirm()

    fun choose(mint: String?)

    fun settle()

    fun stop()

    /** To the recovery words; back from there, this screen asks again. */
    fun toWords()

    /** Opens another screen of the room, about [what]. */
    fun open(
        screen: String,
        what: String,
    )
}

/** Asks whether the month is to be promised. */
@Composable
fun ConfirmScreen(
    state: PaymentState,
    actions: PaymentActions,
    onBack: (() -> Unit)?,
) {
    ScreenFrame(word("pay_confirm_title", LocalFormats.current.month(state.month)), onBack) {
        PhasePane(state.phase, phaseWords("pay"), onRetry = actions::reload) {
            val statement = state.statement
            when {
                statement == null -> {}
                state.duty == RecoveryDuty.REQUIRED -> {
                    WordsFirst(actions::toWords)
                }
                else -> {
                    Confirm(state, statement, actions)
                }
            }
        }
    }
}

/** The recovery words come before the first money. */
@Composable
internal fun WordsFirst(onWords: () -> Unit) =
    NoticePane(Icons.Words, word("pay_words_required_title"), word("pay_words_required_text"), Offer(word("pay_words_go"), onWords))

@Composable
private fun Confirm(
    state: PaymentState,
    statement: Statement,
    actions: PaymentActions,
) {
    Column {
        Box(Modifier.weight(1f).fillMaxWidth(), contentAlignment = Alignment.TopCenter) {
            LazyColumn(Modifier.widthIn(max = 720.dp).fillMaxSize().testTag("pay_confirm_list"), contentPadding = PaddingValues(bottom = screenPadding)) {
                item("promise") { Promise(statement) }
                ways(state, statement)
                item("holder") { Holder(state, statement) }
                item("seen") { Section(word("pay_confirm_seen_title"), Modifier.padding(screenPadding)) { Text(word("pay_confirm_seen")) } }
            }
        }
        NextBar {
            state.problem?.let { ErrorLine(errorText(it, word("pay_error_text"))) }
            if (state.confirmed) {
                Text(word("pay_confirmed"))
                MainButton(word("common_next"), { actions.open("pay_progress", state.month) })
            } else {
                MainButton(word("pay_confirm"), actions::confirm, busy = state.busy, enabled = statement.summary.payableMinor > 0)
            }
        }
    }
}

@Composable
private fun Promise(statement: Statement) {
    val promised = statement.lines.count { it.outcome != Outcome.CARRY }.toLong()
    val amount = LocalFormats.current.money(statement.summary.payableMinor, statement.budget.currency)
    Column(Modifier.padding(screenPadding), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        Text(plural("pay_confirm_text", promised, promised, amount), style = MaterialTheme.typography.bodyLarge)
        Text(word("pay_confirm_next"))
    }
}

/** The lines by what is to become of them, in the core's order. */
private fun LazyListScope.ways(
    state: PaymentState,
    statement: Statement,
) = statement.lines.groupBy { it.outcome }.forEach { (outcome, lines) ->
    item(outcome.name) {
        Text(
            word(outcome.key),
            Modifier.padding(start = screenPadding, end = screenPadding, top = screenPadding).semantics { heading() },
            style = MaterialTheme.typography.titleMedium,
        )
    }
    items(lines, key = { it.key }, contentType = { "way" }) { Way(it, statement, it.payee?.let(state.payees::get)) }
}

@Composable
private fun Way(
    line: StatementLine,
    statement: Statement,
    payee: Payee?,
) {
    val words = LocalWords.current
    val leaves = if (line.outcome == Outcome.CARRY) line.carryOutMinor else line.dueMinor
    val quiet = MaterialTheme.colorScheme.onSurfaceVariant
    Column(Modifier.fillMaxWidth().padding(horizontal = screenPadding, vertical = 6.dp).semantics(mergeDescendants = true) {}) {
        NameAndAmount(line.title(), LocalFormats.current.money(leaves, statement.budget.currency))
        payee?.method(line.outcome)?.let { method ->
            Text(word(method.key), style = MaterialTheme.typography.bodyMedium, color = quiet)
            // Of links, what they name tells one way from another, and is shown whole.
            if (method is PaymentMethod.Link) Text(method.target, style = MaterialTheme.typography.bodyMedium, color = quiet)
        }
        line.why?.let { Text(words.reason(it), style = MaterialTheme.typography.bodyMedium, color = quiet) }
    }
}

/** The method that fits what is to become of a line; the core has them best first. */
private fun Payee.method(outcome: Outcome): PaymentMethod? =
    when (outcome) {
        Outcome.PAY -> methods.find { it is PaymentMethod.Cashu }
        Outcome.HAND_OFF -> methods.find { it is PaymentMethod.Link || it is PaymentMethod.LightningAddress }
        Outcome.CARRY -> null
    }

@Composable
private fun Holder(
    state: PaymentState,
    statement: Statement,
) {
    if (statement.lines.none { it.outcome == Outcome.PAY }) return
    Section(word("pay_confirm_cost_title"), Modifier.padding(start = screenPadding, end = screenPadding, top = screenPadding)) {
        state.mints.forEach { Text(word("pay_confirm_mint", host(it.mint))) }
        Text(word("pay_confirm_mint_risk"))
        Text(word("pay_confirm_fees"))
    }
}
