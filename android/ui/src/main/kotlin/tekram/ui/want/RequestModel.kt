// One request after it was written: sending it, listening for offers, accepting one, taking it back. Each of these calls
// one use case of the core; what stands on the screen afterwards is read from the core again.
package tekram.ui.want

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.binding.Work
import tekram.ffi.Accepted
import tekram.ffi.Intent
import tekram.ffi.Offers
import tekram.ffi.TermsRow
import tekram.ffi.roster
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

private const val COLLECT_MS = 30_000uL
private const val ENOUGH_OFFERS = 20u
private const val ANSWER_MS = 20_000uL

/** What is being done with a request. */
enum class Doing { Nothing, Sending, Collecting, Accepting, Withdrawing }

/** A request, its offers and what came of accepting one. */
data class RequestState(
    val phase: Phase = Phase.Loading,
    val intent: Intent? = null,
    val offers: Offers? = null,
    val accepted: Accepted? = null,
    val terms: List<TermsRow> = emptyList(),
    val doing: Doing = Doing.Nothing,
    /** Sending was stopped by the person. */
    val stopped: Boolean = false,
    val failure: Shown? = null,
)

/** The request [number]. */
class RequestModel(
    private val session: Session,
    private val number: String,
) : ViewModel() {
    private val states = MutableStateFlow(RequestState())
    private val newest = Newest()
    private var work: Job? = null

    val state: StateFlow<RequestState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if (INTENT_SCOPE in scopes) read() }
        }
    }

    /** Reads the request, its offers and what was accepted. */
    fun reload() {
        viewModelScope.launch { read() }
    }

    /** Sends the request; when it is out, offers are listened for. */
    fun send() =
        work(Doing.Sending, next = ::collect) {
            val task = session.persona.publish(number)
            Work(task, task::next, task::finish, task::cancel).run { }
        }

    /** Listens for offers for a while; those that come are shown at once. */
    fun collect() =
        work(Doing.Collecting) {
            val task = session.persona.collect(number, COLLECT_MS, ENOUGH_OFFERS)
            Work(task, task::next, task::finish, task::cancel).run { }
        }

    /** Accepts [offer] and waits for the seller; called again, it asks again. */
    fun accept(offer: String) = work(Doing.Accepting) { session.persona.acceptOffer(number, offer, ANSWER_MS) }

    /** Takes the request back; a draft is thrown away. */
    fun withdraw() = work(Doing.Withdrawing) { session.persona.withdraw(number) }

    /** Stops what is being done. */
    fun stop() {
        work?.cancel()
    }

    private fun work(
        doing: Doing,
        next: (() -> Unit)? = null,
        call: suspend () -> Unit,
    ) {
        if (work?.isActive == true) return
        states.update { it.copy(doing = doing, failure = null, stopped = false) }
        work =
            viewModelScope
                .launch {
                    val answer = attempt { call() }
                    read()
                    states.update { it.copy(doing = Doing.Nothing, failure = answer.exceptionOrNull()?.shown()) }
                    work = null
                    if (answer.isSuccess) next?.invoke()
                }.also { job ->
                    job.invokeOnCompletion { cause ->
                        if (cause is CancellationException) {
                            states.update { it.copy(doing = Doing.Nothing, stopped = doing == Doing.Sending) }
                            reload()
                        }
                    }
                }
    }

    private suspend fun read() {
        val answer =
            newest.read {
                val persona = session.persona
                // The first call marks requests whose time is over, and the second refuses a number that is unknown.
                val intents = persona.intents()
                val offers = persona.offers(number)
                val intent = intents.first { it.intent == number }
                states.value.copy(phase = Phase.Ready, intent = intent, offers = offers, accepted = persona.accepted(number), terms = roster())
            } ?: return
        answer.fold(
            { read ->
                states.update { it.copy(phase = Phase.Ready, intent = read.intent, offers = read.offers, accepted = read.accepted, terms = read.terms) }
            },
            { failure -> states.update { it.copy(phase = failure.phase()) } },
        )
    }
}
