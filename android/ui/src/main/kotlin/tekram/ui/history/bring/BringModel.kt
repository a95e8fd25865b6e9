// Where a history comes from: who has one, what was asked for and when it should be ready, and a beginning by a public name
// while the rest is on its way.
package tekram.ui.history.bring

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
import tekram.ffi.Fill
import tekram.ffi.HistoryRequest
import tekram.ffi.Provider
import tekram.ffi.providers
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** What a beginning by name is doing. */
sealed interface Filling {
    /** None runs. */
    data object Idle : Filling

    /** The server is asked. */
    data class Asking(
        val soFar: Fill?,
    ) : Filling

    /** The person stopped it. */
    data object Stopped : Filling

    /** It has come to an end. */
    data class Done(
        val fill: Fill,
    ) : Filling

    /** It could not begin. */
    data class Failed(
        val error: Shown,
    ) : Filling
}

/** Who has a history, and what was asked for. */
data class BringState(
    val phase: Phase = Phase.Loading,
    val providers: List<Provider> = emptyList(),
    val requests: List<HistoryRequest> = emptyList(),
    val name: String = "",
    val filling: Filling = Filling.Idle,
    val failure: Shown? = null,
    /** The page could not be opened. */
    val noBrowser: Boolean = false,
) {
    /** What was asked for from the provider of this id. */
    fun request(provider: String): HistoryRequest? = requests.firstOrNull { it.provider == provider }
}

/** Remembers what was asked for, and begins by name. */
class BringModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(BringState())
    private val newest = Newest()
    private var asking: Job? = null

    val state: StateFlow<BringState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if ("history_request" in scopes) reload() }
        }
    }

    /** Reads what was asked for again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { providers() to session.persona.historyRequests() } ?: return@launch
            states.update { state ->
                answer.fold(
                    { (all, requests) -> state.copy(phase = Phase.Ready, providers = all, requests = requests) },
                    { state.copy(phase = it.phase()) },
                )
            }
        }
    }

    /** The page of a provider was opened, or could not be. */
    fun opened(didOpen: Boolean) = states.update { it.copy(noBrowser = !didOpen) }

    /** The person has asked for their history just now. */
    fun remember(provider: String) = change { session.persona.rememberRequest(provider) }

    /** The person no longer waits for it. */
    fun forget(provider: String) = change { session.persona.forgetRequest(provider) }

    private fun change(call: suspend () -> Unit) {
        viewModelScope.launch {
            val failure = attempt { call() }.exceptionOrNull()?.shown()
            states.update { it.copy(failure = failure) }
            reload()
        }
    }

    /** The person typed their name. */
    fun name(name: String) = states.update { it.copy(name = name) }

    /** Begins with the name that was typed; [server] is empty for ListenBrainz itself. One at a time. */
    fun fill(server: String = "") {
        val name = states.value.name.trim()
        if (name.isEmpty() || asking?.isActive == true) return
        states.update { it.copy(filling = Filling.Asking(null)) }
        asking =
            viewModelScope
                .launch {
                    val answer =
                        attempt {
                            val task = session.persona.startFill(name, server)
                            Work(task, task::next, task::finish, task::cancel).run { soFar ->
                                states.update { it.copy(filling = Filling.Asking(soFar)) }
                            }
                        }
                    val filling = answer.fold({ Filling.Done(it) }, { Filling.Failed(it.shown()) })
                    states.update { it.copy(filling = filling) }
                }.also { job ->
                    job.invokeOnCompletion { cause ->
                        if (cause is CancellationException) states.update { it.copy(filling = Filling.Stopped) }
                    }
                }
    }

    /** Stops asking; what came so far stays in the holding pen. */
    fun stop() {
        asking?.cancel()
    }

    /** The screen has shown how it ended. */
    fun seen() = states.update { it.copy(filling = Filling.Idle) }
}
