// Who can be paid: those already known and why, looking for more in the feeds of what was heard, and payment details that
// changed and wait for the person.
package tekram.ui.pay

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.binding.Work
import tekram.ffi.FeedLook
import tekram.ffi.Payee
import tekram.ffi.PayeeChange
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** What the screens about payees show. */
data class PayeesState(
    val phase: Phase = Phase.Loading,
    val payees: List<Payee> = emptyList(),
    val changes: List<PayeeChange> = emptyList(),
    /** What each feed told so far, in the order they answered; null before the first search. */
    val looks: List<FeedLook>? = null,
    val searching: Boolean = false,
    val problem: Shown? = null,
)

/** Finds payees and decides about what changed. */
class PayeesModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(PayeesState())
    private val newest = Newest()
    private var work: Work<FeedLook, *>? = null

    val state: StateFlow<PayeesState> = states.asStateFlow()

    init {
        reload()
    }

    /** Asks for everything again. */
    fun reload() {
        viewModelScope.launch { load() }
    }

    /** Looks into the feeds of what was heard and of the subscriptions; with [feeds], into these alone. */
    fun discover(feeds: List<String> = emptyList()) {
        if (states.value.searching) return
        states.update { it.copy(searching = true, looks = emptyList(), problem = null) }
        viewModelScope.launch {
            attempt {
                val task = session.persona.discover(feeds)
                val running = Work(task, task::next, task::finish, task::cancel).also { work = it }
                running.run { look -> states.update { it.copy(looks = it.looks.orEmpty() + look) } }
            }.onFailure { why -> states.update { it.copy(problem = why.shown().takeUnless { shown -> shown.name == "cancelled" }) } }
            work = null
            states.update { it.copy(searching = false) }
            load()
        }
    }

    /** Ends the search; what was found stays. */
    fun stop() {
        work?.stop()
    }

    /** Takes changed payment details into use, or keeps the old ones. */
    fun decide(
        id: String,
        take: Boolean,
    ) {
        viewModelScope.launch {
            attempt { session.persona.decideChange(id, take) }.onFailure { why -> states.update { it.copy(problem = why.shown()) } }
            load()
        }
    }

    private suspend fun load() {
        val answer = newest.read { session.persona.payees() to session.persona.changes() } ?: return
        answer.fold(
            { (payees, changes) -> states.update { it.copy(phase = Phase.Ready, payees = payees, changes = changes) } },
            { why -> states.update { it.copy(phase = why.phase()) } },
        )
    }
}
