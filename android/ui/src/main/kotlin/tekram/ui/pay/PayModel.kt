// The split of a month: the rules and what they make of what was heard. A change of a rule is shown at once and stored
// only when the person applies it; of several changes in a row the newest is the one that is shown.
package tekram.ui.pay

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.drop
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Money
import tekram.ffi.MonthSource
import tekram.ffi.Rules
import tekram.ffi.RulesChange
import tekram.ffi.SourceFactor
import tekram.ffi.Statement
import tekram.ffi.StatementRow
import tekram.ffi.Weight
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** How long a preview waits for a slider to move on. */
private val previewPause: Duration = 40.milliseconds

/** Thousandths of a source that counts as it was heard. */
internal const val AS_HEARD = 1000

/** No change: what the rules in force make of a month. */
internal val nothingChanged = RulesChange(null, null, null, null, null)

/** Rules that were changed on the screen and are not in force yet; null is as it was. */
data class DraftRules(
    val budget: Money? = null,
    val weight: Weight? = null,
    val minimum: Money? = null,
    val factors: Map<String, Int> = emptyMap(),
) {
    /** As the core takes it. */
    fun change() = RulesChange(budget, weight, minimum, null, factors.map { (source, permille) -> SourceFactor(source, permille.toUInt()) })
}

/** What the screens of the split show. */
data class PayState(
    val phase: Phase = Phase.Loading,
    /** Months that something was heard in or that have a split, newest first. */
    val months: List<String> = emptyList(),
    val month: String? = null,
    val rules: Rules? = null,
    /** Everything heard in the month, longest first. */
    val sources: List<MonthSource> = emptyList(),
    /** The split of the month: by the rules in force, or by [draft] when there is one. */
    val statement: Statement? = null,
    /** Splits that were made before, newest month first. */
    val rows: List<StatementRow> = emptyList(),
    /** Rules as they are being tried out. */
    val draft: DraftRules? = null,
    /** Why there is no split, or why the rules were not taken. */
    val problem: Shown? = null,
    val busy: Boolean = false,
    /** Changed payment details that wait for the person. */
    val heldChanges: Int = 0,
) {
    /** The budget on the screen. */
    val budget: Money? get() = draft?.budget ?: rules?.budget

    /** The weight on the screen. */
    val weight: Weight get() = draft?.weight ?: rules?.weight ?: Weight.SECONDS

    /** The smallest payment on the screen. */
    val minimum: Money? get() = draft?.minimum ?: rules?.minimum

    /** How much [source] counts on the screen, in thousandths. */
    fun factor(source: MonthSource): Int = draft?.factors?.get(source.source) ?: source.permille.toInt()

    /** The month after the one shown, when there is one. */
    val newer: String? get() = months.getOrNull(months.indexOf(month) - 1)

    /** The month before the one shown, when there is one. */
    val older: String? get() = months.getOrNull(months.indexOf(month) + 1)
}

/** Plans a month's split. */
class PayModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(PayState())
    private val newest = Newest()

    /** Counts the changes that want a preview; a flow of states keeps the newest alone. */
    private val wanted = MutableStateFlow(0)

    val state: StateFlow<PayState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if ("listen" in scopes || "pay" in scopes) load(states.value.month) }
        }
        viewModelScope.launch {
            wanted.drop(1).collect {
                delay(previewPause)
                preview()
            }
        }
    }

    /** Asks for everything again. */
    fun reload() {
        viewModelScope.launch { load(states.value.month) }
    }

    /** Turns to another month; what was tried out on this one is dropped. */
    fun show(month: String) {
        states.update { it.copy(month = month, draft = null, problem = null, statement = null, busy = true) }
        viewModelScope.launch { load(month) }
    }

    /** Tries a budget of [minor] units. */
    fun setBudget(
        minor: Long,
        currency: String,
    ) = change { it.copy(budget = Money(minor, currency)) }

    /** Tries another measure of a share. */
    fun setWeight(weight: Weight) = change { it.copy(weight = weight) }

    /** Tries another least amount that is sent. */
    fun setMinimum(
        minor: Long,
        currency: String,
    ) = change { it.copy(minimum = Money(minor, currency)) }

    /** Tries how much [source] counts: 0 leaves it out, 1000 is as it was heard. */
    fun setFactor(
        source: String,
        permille: Int,
    ) = change { it.copy(factors = it.factors + (source to permille)) }

    /** Tries all sources of the month as they were heard. */
    fun resetFactors() = change { draft -> draft.copy(factors = states.value.sources.associate { it.source to AS_HEARD }) }

    /** Drops what was tried out. */
    fun cancel() {
        states.update { it.copy(draft = null, problem = null) }
        reload()
    }

    /** Puts in force what was tried out. */
    fun apply() {
        val draft = states.value.draft ?: return
        if (states.value.busy) return
        states.update { it.copy(busy = true, problem = null) }
        viewModelScope.launch {
            attempt { session.persona.changeRules(draft.change()) }.fold(
                {
                    states.update { state -> if (state.draft == draft) state.copy(draft = null) else state }
                    load(states.value.month)
                },
                { why -> states.update { it.copy(busy = false, problem = why.shown()) } },
            )
        }
    }

    private fun change(change: (DraftRules) -> DraftRules) {
        states.update { it.copy(draft = change(it.draft ?: DraftRules()), problem = null) }
        wanted.update { it + 1 }
    }

    /** Shows what the month would be by the rules on the screen. Nothing is stored. */
    private suspend fun preview() {
        val asked = states.value
        val draft = asked.draft ?: return
        val shown = attempt { session.persona.previewStatement(asked.month, draft.change()) }
        states.update { now ->
            if (now.draft == null || now.month != asked.month) return@update now
            shown.fold({ now.copy(statement = it, problem = null) }, { now.copy(problem = it.shown()) })
        }
    }

    private suspend fun load(month: String?) {
        val answer = newest.read { read(month) } ?: return
        answer.fold(
            { read ->
                states.update { now ->
                    val other = now.month != null && now.month != month
                    if (other) now else read.copy(draft = now.draft, statement = read.statement.takeIf { now.draft == null } ?: now.statement)
                }
                if (states.value.draft != null) wanted.update { it + 1 }
            },
            { why -> states.update { it.copy(phase = why.phase(), busy = false) } },
        )
    }

    /** What the core says now. The split is asked for without storing it, so that looking changes nothing. */
    private suspend fun read(month: String?): PayState {
        val persona = session.persona
        val rows = persona.statements()
        val months = (persona.months().map { it.month } + rows.map { it.month }).distinct().sortedDescending()
        val shown = month ?: months.firstOrNull()
        val rules = persona.rules()
        val held = persona.changes().size
        val state = PayState(Phase.Ready, months, shown, rules, rows = rows, heldChanges = held)
        return when {
            shown == null -> state.copy(phase = Phase.Empty)
            rules == null -> state.copy(sources = persona.monthSources(shown))
            else -> state.copy(sources = persona.monthSources(shown)).with(attempt { persona.previewStatement(shown, nothingChanged) })
        }
    }

    /** A month that cannot be divided is still a month to turn away from. */
    private fun PayState.with(statement: Result<Statement>) =
        statement.fold({ copy(statement = it) }, { why -> if (why.phase() is Phase.Failed) copy(problem = why.shown()) else copy(phase = why.phase()) })
}
