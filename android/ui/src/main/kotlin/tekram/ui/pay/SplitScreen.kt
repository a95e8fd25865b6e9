// The split of a month on one screen: which month, how much, the ring, and below it either who gets what or how it is
// divided, with a slider for each source. One list, so that two hundred payees cost no more than ten.
package tekram.ui.pay

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.itemsIndexed
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.SegmentedButton
import androidx.compose.material3.SegmentedButtonDefaults
import androidx.compose.material3.SingleChoiceSegmentedButtonRow
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import tekram.ffi.Statement
import tekram.ffi.StatementLine
import tekram.ffi.StatementState
import tekram.ffi.Weight
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalSeries
import tekram.ui.common.MainButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.errorText
import tekram.ui.common.money
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.touchable
import tekram.ui.common.word

/** What can be done on the screen of the split. */
interface SplitActions {
    fun reload()

    fun show(month: String)

    fun setBudget(
        minor: Long,
        currency: String,
    )

    fun setWeight(weight: Weight)

    fun setMinimum(
        minor: Long,
        currency: String,
    )

    fun setFactor(
        source: String,
        permille: Int,
    )

    fun resetFactors()

    fun apply()

    fun cancel()

    /** Opens another screen of the room, about [what]. */
    fun open(
        screen: String,
        what: String = "",
    )
}

/** Which of its two lists the screen shows. */
enum class SplitView { Lines, Rules }

/** The split of a month. */
@Composable
fun SplitScreen(
    state: PayState,
    actions: SplitActions,
    onBack: (() -> Unit)?,
    first: SplitView = SplitView.Lines,
) {
    var view by rememberSaveable { mutableStateOf(first) }
    ScreenFrame(word("pay_title"), onBack, actions = {
        IconAction(Icons.Receipt, word("pay_months"), Modifier.testTag("pay_months")) { actions.open("pay_months") }
    }) {
        PhasePane(state.phase, phaseWords("pay"), onRetry = actions::reload) {
            Column {
                Box(Modifier.weight(1f).fillMaxWidth(), contentAlignment = Alignment.TopCenter) {
                    LazyColumn(Modifier.widthIn(max = 720.dp).fillMaxSize().testTag("pay_list")) {
                        head(state, actions)
                        content(state, view, actions) { view = it }
                    }
                }
                NextStep(state, actions)
            }
        }
    }
}

private fun LazyListScope.head(
    state: PayState,
    actions: SplitActions,
) {
    item("month") { MonthPicker(state, actions) }
    if (state.heldChanges > 0) {
        item("changes") {
            ListRow(plural("pay_changes_count", state.heldChanges.toLong()), icon = Icons.Warning, onClick = { actions.open("pay_changes") })
        }
    }
    item("budget") { BudgetLine(state, actions) }
    state.problem?.let { problem -> item("problem") { ErrorLine(errorText(problem, word("pay_error_text")), Modifier.padding(screenPadding)) } }
}

private fun LazyListScope.content(
    state: PayState,
    view: SplitView,
    actions: SplitActions,
    onView: (SplitView) -> Unit,
) {
    val statement = state.statement ?: return
    val planned = statement.state == StatementState.DRAFT
    val shown = if (planned) view else SplitView.Lines
    if (shown == SplitView.Lines) item("ring") { RingAndSums(statement) }
    if (planned) item("view") { ViewSwitch(shown, onView) }
    if (shown == SplitView.Lines) lines(statement, actions) else rules(state, statement, actions)
}

private fun LazyListScope.lines(
    statement: Statement,
    actions: SplitActions,
) {
    itemsIndexed(statement.lines, key = { _, line -> line.key }, contentType = { _, _ -> "line" }) { index, line ->
        val color = LocalSeries.current.ofLine(index, line.payee == null, MaterialTheme.colorScheme.outline)
        LineRow(statement, line, color) { actions.open("pay_why", whyAbout(statement.month, line)) }
    }
    item("find") { ListRow(word("pay_discover"), icon = Icons.Search, onClick = { actions.open("pay_payees") }) }
}

@OptIn(androidx.compose.foundation.ExperimentalFoundationApi::class)
private fun LazyListScope.rules(
    state: PayState,
    statement: Statement,
    actions: SplitActions,
) {
    val bySource = statement.lines.flatMap { it.because }.associate { it.source to it.sourceMinor }
    item("weight") { WeightChoice(state.weight, actions::setWeight) }
    item("minimum") { MinimumLine(state, actions) }
    stickyHeader("live") { LiveRing(statement, actions::resetFactors) }
    items(state.sources, key = { it.source }, contentType = { "source" }) { source ->
        val minor = bySource[source.source]
        val formats = LocalFormats.current
        val gets = remember(minor, formats) { minor?.let { formats.money(it, statement.budget.currency) } }
        SourceRow(source, state.factor(source), gets) { actions.setFactor(source.source, it) }
    }
}

/** What tells a line from the others, also after its amount changed. */
internal val StatementLine.key: String get() = payee ?: "waiting"

@Composable
private fun MonthPicker(
    state: PayState,
    actions: SplitActions,
) {
    Row(Modifier.fillMaxWidth().padding(horizontal = 4.dp), verticalAlignment = Alignment.CenterVertically) {
        IconAction(Icons.Back, word("pay_month_previous_a11y"), enabled = state.older != null) { state.older?.let(actions::show) }
        Column(Modifier.weight(1f), horizontalAlignment = Alignment.CenterHorizontally) {
            Text(
                state.month?.let { LocalFormats.current.month(it) }.orEmpty(),
                Modifier.semantics { heading() },
                style = MaterialTheme.typography.titleMedium,
                textAlign = TextAlign.Center,
            )
            state.statement?.let { Text(word(it.state.key), style = MaterialTheme.typography.bodySmall, textAlign = TextAlign.Center) }
        }
        IconAction(Icons.Forward, word("pay_month_next_a11y"), enabled = state.newer != null) { state.newer?.let(actions::show) }
    }
}

@Composable
private fun RingAndSums(statement: Statement) {
    val formats = LocalFormats.current
    Column(Modifier.fillMaxWidth().padding(screenPadding), horizontalAlignment = Alignment.CenterHorizontally, verticalArrangement = Arrangement.spacedBy(8.dp)) {
        SplitRing(statement)
        if (statement.state == StatementState.DRAFT) {
            val payable = formats.money(statement.summary.payableMinor, statement.budget.currency)
            Text(word("pay_payable", payable, formats.money(statement.total)), style = MaterialTheme.typography.bodyMedium, textAlign = TextAlign.Center)
        } else {
            Sums(statement)
        }
    }
}

@Composable
private fun ViewSwitch(
    view: SplitView,
    onView: (SplitView) -> Unit,
) {
    SingleChoiceSegmentedButtonRow(Modifier.fillMaxWidth().padding(screenPadding)) {
        SplitView.entries.forEachIndexed { index, entry ->
            SegmentedButton(
                selected = entry == view,
                onClick = { onView(entry) },
                shape = SegmentedButtonDefaults.itemShape(index, SplitView.entries.size),
                modifier = Modifier.touchable().testTag("pay_view_${entry.name}"),
                icon = {},
            ) { Text(word(if (entry == SplitView.Lines) "pay_view_lines" else "pay_view_rules"), textAlign = TextAlign.Center) }
        }
    }
}

/** The ring, small, while the sliders below it move. */
@Composable
private fun LiveRing(
    statement: Statement,
    onReset: () -> Unit,
) {
    Surface(Modifier.fillMaxWidth(), color = MaterialTheme.colorScheme.surfaceContainer) {
        Row(
            Modifier.padding(horizontal = screenPadding, vertical = 8.dp),
            horizontalArrangement = Arrangement.spacedBy(screenPadding),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            SplitRing(statement, Modifier.size(72.dp), 72.dp, sum = false)
            Column(Modifier.weight(1f)) {
                Text(word("pay_factor"), Modifier.semantics { heading() }, style = MaterialTheme.typography.titleSmall)
                QuietButton(word("pay_factor_reset"), onReset)
            }
        }
    }
}

/** What comes next: putting in force what was tried out, confirming, paying, or looking at what came of it. */
@Composable
private fun NextStep(
    state: PayState,
    actions: SplitActions,
) {
    val statement = state.statement
    if (state.draft == null && statement == null) return
    Surface(color = MaterialTheme.colorScheme.surfaceContainerLow) {
        Column(Modifier.fillMaxWidth().padding(horizontal = screenPadding, vertical = 8.dp)) {
            if (state.draft != null) {
                Text(word("pay_preview_note"), style = MaterialTheme.typography.bodySmall)
                Row(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalAlignment = Alignment.CenterVertically) {
                    QuietButton(word("common_cancel"), actions::cancel)
                    MainButton(word("common_apply"), actions::apply, Modifier.weight(1f), enabled = statement != null && state.problem == null, busy = state.busy)
                }
            } else if (statement != null) {
                when (statement.state) {
                    StatementState.DRAFT ->
                        MainButton(word("pay_confirm"), { actions.open("pay_confirm", statement.month) }, enabled = statement.summary.payableMinor > 0)
                    StatementState.COMMITTED -> MainButton(word("pay_now"), { actions.open("pay_progress", statement.month) })
                    StatementState.SETTLED -> MainButton(word("pay_receipts_title"), { actions.open("pay_receipts", statement.month) })
                }
            }
        }
    }
}
