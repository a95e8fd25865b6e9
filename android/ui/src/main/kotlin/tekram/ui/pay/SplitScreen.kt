// The split of a month on one screen: which month, how much, the ring, and below it either who gets what or how it is
// divided, with a slider for each source. One list, so that two hundred payees cost no more than ten.
package tekram.ui.pay

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.lazy.itemsIndexed
import androidx.compose.material3.FilterChip
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
import androidx.compose.ui.draw.rotate
import androidx.compose.ui.platform.LocalDensity
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
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.money
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.touchable
import tekram.ui.common.word

private const val HALF_TURN = 180f

/** Above this text size the names of the views stand below each other. */
private const val LARGEST_IN_A_ROW = 1.3f

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

/** Which of its lists the screen shows. */
enum class SplitView(
    val wordKey: String,
) {
    Lines("pay_view_lines"),
    Sources("pay_view_sources"),
    Rules("pay_view_rules"),
}

/** The split of a month. */
@Composable
fun SplitScreen(
    state: PayState,
    actions: SplitActions,
    onBack: (() -> Unit)?,
    first: SplitView = SplitView.Lines,
) {
    var view by rememberSaveable { mutableStateOf(first) }
    val bySource = remember(state.statement) { state.statement?.bySource().orEmpty() }
    val formats = LocalFormats.current
    val other = state.month?.takeUnless(formats::isThisMonth)
    ScreenFrame(if (other == null) word("pay_title") else word("pay_title_month", formats.month(other)), onBack, actions = {
        IconAction(Icons.Receipt, word("pay_months"), Modifier.testTag("pay_months")) { actions.open("pay_months") }
    }) {
        PhasePane(state.phase, phaseWords("pay"), onRetry = actions::reload) {
            Column {
                Box(Modifier.weight(1f).fillMaxWidth(), contentAlignment = Alignment.TopCenter) {
                    LazyColumn(Modifier.widthIn(max = 720.dp).fillMaxSize().testTag("pay_list")) {
                        head(state, actions)
                        content(state, view, bySource, actions) { view = it }
                    }
                }
                NextStep(state, actions)
            }
        }
    }
}

/** What each source gets of the budget. */
private fun Statement.bySource(): Map<String, Long> =
    buildMap { lines.forEach { line -> line.because.forEach { part -> put(part.source, part.sourceMinor) } } }

private fun LazyListScope.head(
    state: PayState,
    actions: SplitActions,
) {
    item("month") { MonthPicker(state.month, state.older, state.newer, state.statement?.state, actions) }
    if (state.heldChanges > 0) {
        item("changes") {
            ListRow(plural("pay_changes_count", state.heldChanges.toLong()), icon = Icons.Warning, onClick = { actions.open("pay_changes") })
        }
    }
    // It stays while the first budget is being typed, though a preview of it is there with the first digit.
    if (state.statement == null || state.rules == null) item("budget") { BudgetLine(state, actions) }
    state.problem?.let { problem -> item("problem") { ErrorLine(errorText(problem, word("pay_error_text")), Modifier.padding(screenPadding)) } }
}

private fun LazyListScope.content(
    state: PayState,
    view: SplitView,
    bySource: Map<String, Long>,
    actions: SplitActions,
    onView: (SplitView) -> Unit,
) {
    val statement = state.statement ?: return
    val planned = statement.state == StatementState.DRAFT
    if (planned) item("view") { ViewSwitch(view, onView) }
    if (state.draft != null) {
        item("preview") {
            Text(word("pay_preview_note"), Modifier.padding(horizontal = screenPadding, vertical = 8.dp), style = MaterialTheme.typography.bodySmall)
        }
    }
    when {
        !planned || view == SplitView.Lines -> lines(statement, actions)
        view == SplitView.Sources -> sources(state, statement, bySource, actions)
        else -> rules(state, actions)
    }
}

private fun LazyListScope.lines(
    statement: Statement,
    actions: SplitActions,
) {
    item("ring") { RingAndSums(statement) }
    if (statement.lines.any { it.reason == "rail_off" }) {
        item("rail_off") { Section(word("pay_rail_off_title"), Modifier.padding(screenPadding)) { Text(word("pay_rail_off_text")) } }
    }
    itemsIndexed(statement.lines, key = { _, line -> line.key }, contentType = { _, _ -> "line" }) { index, line ->
        val color = LocalSeries.current.ofLine(index, line.payee == null, MaterialTheme.colorScheme.outline)
        LineRow(ShownLine(line, statement.month, statement.budget, statement.state), color, actions)
    }
    item("find") { ListRow(word("pay_discover"), icon = Icons.Search, onClick = { actions.open("pay_payees") }) }
}

@OptIn(androidx.compose.foundation.ExperimentalFoundationApi::class)
private fun LazyListScope.sources(
    state: PayState,
    statement: Statement,
    bySource: Map<String, Long>,
    actions: SplitActions,
) {
    stickyHeader("live") { LiveRing(statement, actions::resetFactors) }
    items(state.sources, key = { it.source }, contentType = { "source" }) { source ->
        val minor = bySource[source.source]
        val formats = LocalFormats.current
        val gets = remember(minor, formats) { minor?.let { formats.money(it, statement.budget.currency) } }
        SourceRow(source, state.factor(source), gets) { actions.setFactor(source.source, it) }
    }
}

private fun LazyListScope.rules(
    state: PayState,
    actions: SplitActions,
) {
    if (state.rules != null) item("budget") { BudgetLine(state, actions) }
    item("weight") { WeightChoice(state.weight, actions::setWeight) }
    item("minimum") { MinimumLine(state, actions) }
    state.statement?.let { statement ->
        item("zone") { NameAndAmount(word("pay_zone"), statement.zone, Modifier.padding(screenPadding).semantics(mergeDescendants = true) {}) }
    }
}

/** What tells a line from the others, also after its amount changed. */
internal val StatementLine.key: String get() = payee ?: "waiting"

@Composable
private fun MonthPicker(
    month: String?,
    older: String?,
    newer: String?,
    stands: StatementState?,
    actions: SplitActions,
) {
    Row(Modifier.fillMaxWidth().padding(horizontal = 4.dp), verticalAlignment = Alignment.CenterVertically) {
        IconAction(Icons.Forward, word("pay_month_previous_a11y"), Modifier.rotate(HALF_TURN), enabled = older != null) { older?.let(actions::show) }
        Column(Modifier.weight(1f), horizontalAlignment = Alignment.CenterHorizontally) {
            Text(
                month?.let { LocalFormats.current.month(it) }.orEmpty(),
                Modifier.semantics { heading() },
                style = MaterialTheme.typography.titleMedium,
                textAlign = TextAlign.Center,
            )
            stands?.let { Text(word(it.key), style = MaterialTheme.typography.bodySmall, textAlign = TextAlign.Center) }
        }
        IconAction(Icons.Forward, word("pay_month_next_a11y"), enabled = newer != null) { newer?.let(actions::show) }
    }
}

@Composable
private fun RingAndSums(statement: Statement) {
    val formats = LocalFormats.current
    Column(
        Modifier.fillMaxWidth().padding(screenPadding),
        horizontalAlignment = Alignment.CenterHorizontally,
        verticalArrangement = Arrangement.spacedBy(8.dp),
    ) {
        SplitRing(statement)
        if (statement.state == StatementState.DRAFT) {
            val payable = formats.money(statement.summary.payableMinor, statement.budget.currency)
            Text(word("pay_payable", payable, formats.money(statement.total)), style = MaterialTheme.typography.bodyMedium, textAlign = TextAlign.Center)
        } else {
            Sums(statement)
        }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun ViewSwitch(
    view: SplitView,
    onView: (SplitView) -> Unit,
) {
    val place = Modifier.fillMaxWidth().padding(horizontal = screenPadding, vertical = 8.dp)
    if (LocalDensity.current.fontScale > LARGEST_IN_A_ROW) {
        // Three large words do not fit side by side.
        FlowRow(place, Arrangement.spacedBy(8.dp), Arrangement.spacedBy(8.dp)) {
            SplitView.entries.forEach {
                FilterChip(it == view, { onView(it) }, { Text(word(it.wordKey)) }, Modifier.touchable().testTag("pay_view_${it.name}"))
            }
        }
    } else {
        SingleChoiceSegmentedButtonRow(place) {
            SplitView.entries.forEachIndexed { index, entry ->
                SegmentedButton(
                    selected = entry == view,
                    onClick = { onView(entry) },
                    shape = SegmentedButtonDefaults.itemShape(index, SplitView.entries.size),
                    modifier = Modifier.touchable().testTag("pay_view_${entry.name}"),
                    icon = {},
                ) { Text(word(entry.wordKey), textAlign = TextAlign.Center) }
            }
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
    NextBar {
        if (state.draft != null) {
            Row(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalAlignment = Alignment.CenterVertically) {
                QuietButton(word("common_cancel"), actions::cancel)
                MainButton(word("common_apply"), actions::apply, Modifier.weight(1f), enabled = statement != null && state.problem == null, busy = state.busy)
            }
        } else if (statement != null) {
            when (statement.state) {
                StatementState.DRAFT -> {
                    MainButton(word("pay_confirm"), { actions.open("pay_confirm", statement.month) }, enabled = statement.summary.payableMinor > 0)
                }
                StatementState.COMMITTED -> {
                    MainButton(word("pay_now"), { actions.open("pay_progress", statement.month) })
                }
                StatementState.SETTLED -> {
                    MainButton(word("pay_receipts_title"), { actions.open("pay_receipts", statement.month) })
                }
            }
        }
    }
}
