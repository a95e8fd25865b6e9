// Paying a month: with which provider, the invoice that puts the money in, what happened to each line so far, and at the
// end what came of it. It can be stopped at any time; what was begun is continued the next time.
package tekram.ui.pay

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.LineState
import tekram.ffi.QrCode
import tekram.ffi.RecoveryDuty
import tekram.ffi.SettleProgress
import tekram.ffi.Statement
import tekram.ffi.StatementLine
import tekram.ffi.StatementState
import tekram.ui.common.CopyButton
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.money
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.word

/** Pays a month; [code] draws the invoice as a QR code and is null where that is not possible. */
@Composable
fun ProgressScreen(
    state: PaymentState,
    actions: PaymentActions,
    code: (String) -> QrCode?,
    onBack: (() -> Unit)?,
) {
    ScreenFrame(word("pay_progress_title"), onBack) {
        PhasePane(state.phase, phaseWords("pay"), onRetry = actions::reload) {
            val statement = state.statement
            when {
                statement == null -> {}
                state.duty == RecoveryDuty.REQUIRED -> {
                    WordsFirst(actions::toWords)
                }
                else -> {
                    Progress(state, statement, actions, code)
                }
            }
        }
    }
}

@Composable
private fun Progress(
    state: PaymentState,
    statement: Statement,
    actions: PaymentActions,
    code: (String) -> QrCode?,
) {
    val told = statement.lines.filter { it.lineNo in state.run.steps || it.state != LineState.DRAFT }
    Column {
        Box(Modifier.weight(1f).fillMaxWidth(), contentAlignment = Alignment.TopCenter) {
            LazyColumn(Modifier.widthIn(max = 720.dp).fillMaxSize().testTag("pay_progress_list")) {
                item("stands") { Stands(state, statement) }
                state.run.topUp?.let { topUp -> item("top_up") { TopUp(topUp, code) } }
                if (!state.run.running && state.mints.isNotEmpty() &&
                    statement.state == StatementState.COMMITTED
                ) {
                    item("mints") { Mints(state, actions::choose) }
                }
                if (state.handOffs.isNotEmpty()) {
                    item("hand_offs") { ListRow(word("pay_handoff_title"), icon = Icons.Link, onClick = { actions.open("pay_handoff", state.month) }) }
                }
                if (state.receipts.isNotEmpty()) {
                    item("receipts") { ListRow(word("pay_receipts_title"), icon = Icons.Receipt, onClick = { actions.open("pay_receipts", state.month) }) }
                }
                items(told, key = { it.key }, contentType = { "line" }) { Step(it, state.run.steps[it.lineNo], statement.budget.currency) }
            }
        }
        NextBar {
            if (state.run.running) {
                OtherButton(word("pay_progress_stop"), actions::stop)
            } else if (statement.state == StatementState.COMMITTED) {
                MainButton(word(if (state.run.ended == null) "pay_now" else "pay_continue"), actions::settle)
            } else {
                MainButton(word("pay_receipts_title"), { actions.open("pay_receipts", state.month) })
            }
        }
    }
}

@Composable
private fun Stands(
    state: PaymentState,
    statement: Statement,
) {
    val run = state.run
    Column(Modifier.padding(screenPadding), verticalArrangement = Arrangement.spacedBy(12.dp)) {
        if (run.running) {
            val spoken = word("pay_progress_a11y", run.done.toLong(), run.planned.toLong())
            val bar = Modifier.fillMaxWidth().semantics { contentDescription = spoken }
            if (run.planned == 0) LinearProgressIndicator(bar) else LinearProgressIndicator({ run.done.toFloat() / run.planned.coerceAtLeast(run.done) }, bar)
            Text(spoken, Modifier.semantics { liveRegion = LiveRegionMode.Polite })
            Text(word("pay_progress_text"), style = MaterialTheme.typography.bodySmall)
        }
        state.problem?.let { ErrorLine(if (it.name == "offline") word("pay_offline_text") else errorText(it, word("pay_error_text"))) }
        run.ended?.let { Text(word(it.key), Modifier.semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.titleMedium) }
        val open = statement.lines.count { run.steps[it.lineNo]?.reason != null }.toLong()
        if (!run.running && open > 0) Text(plural("pay_problems", open))
        if (!run.running) Sums(statement)
    }
}

@Composable
private fun Mints(
    state: PaymentState,
    onChoose: (String?) -> Unit,
) {
    Section(word("pay_mint_choose"), Modifier.padding(screenPadding)) {
        Text(word("pay_mint_choose_text"), style = MaterialTheme.typography.bodyMedium)
        Column(Modifier.selectableGroup()) {
            Choice(word("pay_mint_any"), null, state.mint == null) { onChoose(null) }
            state.mints.forEach { mint ->
                Choice(host(mint.mint), plural("pay_mint_takers", mint.takers.size.toLong()), state.mint == mint.mint) { onChoose(mint.mint) }
            }
        }
        Text(word("pay_mint_holds"), style = MaterialTheme.typography.bodyMedium)
        Text(word("pay_confirm_mint_risk"), style = MaterialTheme.typography.bodyMedium)
    }
}

@Composable
private fun Choice(
    name: String,
    below: String?,
    chosen: Boolean,
    onChoose: () -> Unit,
) {
    Row(
        Modifier.fillMaxWidth().heightIn(min = 56.dp).selectable(chosen, role = Role.RadioButton, onClick = onChoose),
        horizontalArrangement = Arrangement.spacedBy(12.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        RadioButton(chosen, onClick = null)
        Column {
            Text(name)
            below?.let { Text(it, style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant) }
        }
    }
}

@Composable
private fun TopUp(
    needed: SettleProgress.TopUpNeeded,
    code: (String) -> QrCode?,
) {
    val device = LocalDevice.current
    val formats = LocalFormats.current
    val amount = formats.money(needed.amount)
    Section(word("pay_top_up_title", amount), Modifier.padding(screenPadding)) {
        Text(word("pay_top_up_text", provider(needed.rail)))
        needed.expiresMs?.let { Text(word("pay_top_up_expires", formats.dateAndTime(it)), style = MaterialTheme.typography.bodySmall) }
        Code(needed.invoice, word("pay_top_up_qr_a11y", amount), code)
        MainButton(word("pay_top_up_open"), { device.open("lightning:${needed.invoice}") })
        CopyButton(needed.invoice, word("pay_top_up_copy"))
    }
}

/** One line while it is paid: the newest that happened to it, and why it went no further. */
@Composable
private fun Step(
    line: StatementLine,
    step: SettleProgress?,
    currency: String,
) {
    val words = LocalWords.current
    val formats = LocalFormats.current
    val name = line.title()
    val why = (if (step == null) line.why else step.reason)?.let(words::reason)
    val quiet = MaterialTheme.colorScheme.onSurfaceVariant
    Column(Modifier.fillMaxWidth().padding(horizontal = screenPadding, vertical = 6.dp).semantics(mergeDescendants = true) {}) {
        NameAndAmount(if (step == null) name else words.step(step, name, formats), formats.money(line.amountMinor, currency))
        if (step == null) Text(word(line.stateKey), style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.secondary)
        if (step is SettleProgress.Locked) NameAndAmount(word("pay_fees"), formats.money(step.fees))
        why?.let { Text(it, style = MaterialTheme.typography.bodyMedium, color = quiet) }
    }
}
