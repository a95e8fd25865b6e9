// A year, a month or everything at a glance: the core's numbers for the range that is looked at, and lists of what was heard
// most, for the first time and no more.
package tekram.ui.history.answer

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Glance
import tekram.ffi.Known
import tekram.ffi.Measure
import tekram.ffi.PeriodAmount
import tekram.ffi.Ranked
import tekram.ffi.Step
import tekram.ffi.What
import tekram.ui.common.Newest
import tekram.ui.common.PageOf
import tekram.ui.common.PagedRows
import tekram.ui.common.Phase
import tekram.ui.common.phase
import tekram.ui.start.Session
import java.time.Year

/** How many of each sort a glance shows. */
private const val RANKS = 5u

/** What was not heard for so many months, and so often before, is no more. */
private const val FORGOTTEN_MONTHS = 6u
private const val FORGOTTEN_PLAYS = 5uL

/** A year has at most 53 weeks. */
private const val MOST_PERIODS = 60u

/** The range that is looked at, and what the core says of it. */
data class GlanceState(
    val phase: Phase = Phase.Loading,
    val span: String = Year.now().toString(),
    val glance: Glance? = null,
    /** Its weeks in order, or the years of everything. */
    val periods: List<PeriodAmount> = emptyList(),
    val publishers: List<Ranked> = emptyList(),
    /** Works heard for the first time in it, the newest first. */
    val new: List<Known> = emptyList(),
    /** Works heard often and no more for some months. */
    val forgotten: List<Known> = emptyList(),
)

/** Looks at one range and goes on to others. */
class GlanceModel(
    private val session: Session,
    span: String = Year.now().toString(),
) : ViewModel() {
    private val states = MutableStateFlow(GlanceState(span = span))
    private val newest = Newest()

    /** The range that was asked for last; the state has it when its answer is there, so that no range shows another's numbers. */
    private var asked = span

    val state: StateFlow<GlanceState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if ("listen" in scopes) reload() }
        }
    }

    /** Looks at another range. */
    fun look(span: String) {
        asked = span
        reload()
    }

    /** Asks again. */
    fun reload() {
        val span = asked
        viewModelScope.launch {
            val answer = newest.read { read(span) } ?: return@launch
            states.update { answer.fold({ it }, { GlanceState(it.phase(), span) }) }
        }
    }

    private suspend fun read(span: String): GlanceState {
        val persona = session.persona
        val glance = persona.glance(span, Measure.TIME, RANKS)
        val step = if (span == ALL_TIME) Step.YEAR else Step.WEEK
        return GlanceState(
            // One year may be empty between others: only a log without anything is.
            phase = if (span == ALL_TIME && glance.total.listens == 0uL) Phase.Empty else Phase.Ready,
            span = span,
            glance = glance,
            periods = persona.heardBy(step, span, null, MOST_PERIODS).periods.asReversed(),
            publishers = persona.top(What.PUBLISHER, Measure.TIME, span, null, RANKS).ranks,
            new = persona.newlyHeard(What.WORK, span, null, RANKS).entries,
            forgotten = persona.forgotten(What.WORK, FORGOTTEN_MONTHS, FORGOTTEN_PLAYS, null, RANKS).entries,
        )
    }
}

/** All ranks of a range. */
class TopModel(
    session: Session,
    what: What,
    span: String,
) : ViewModel() {
    /** What was heard most first. */
    val ranks =
        PagedRows<Ranked>(viewModelScope) { after, limit ->
            session.persona.top(what, Measure.TIME, span, after, limit).let { PageOf(it.ranks, it.next) }
        }

    init {
        ranks.reload()
    }
}

/** All works that were heard for the first time in a range; without a range those that were heard often and are no more. */
class KnownModel(
    session: Session,
    span: String?,
) : ViewModel() {
    /** The newest first, or what was heard most often first. */
    val works =
        PagedRows<Known>(viewModelScope) { after, limit ->
            val page =
                if (span == null) {
                    session.persona.forgotten(What.WORK, FORGOTTEN_MONTHS, FORGOTTEN_PLAYS, after, limit)
                } else {
                    session.persona.newlyHeard(What.WORK, span, after, limit)
                }
            PageOf(page.entries, page.next)
        }

    init {
        works.reload()
    }
}
