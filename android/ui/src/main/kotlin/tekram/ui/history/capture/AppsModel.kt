// Other apps of this device that may tell what they played: a token for each, shown once, and whether the endpoint answers.
package tekram.ui.history.capture

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.EndpointToken
import tekram.ui.common.Answering
import tekram.ui.common.Endpoint
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** A token that was just made, and the app that it is for. It prints nothing of itself. */
class FreshToken(
    val app: String,
    val token: String,
) {
    override fun toString(): String = "FreshToken"
}

/** The apps and the endpoint. */
data class AppsState(
    val phase: Phase = Phase.Loading,
    val tokens: List<EndpointToken> = emptyList(),
    /** To be shown once. */
    val fresh: FreshToken? = null,
    /** How the endpoint stands; null where this device cannot keep one running. */
    val answering: Answering? = null,
    /** It answers for this profile. */
    val mine: Boolean = false,
    val failure: Shown? = null,
)

/** Gives tokens and takes them back, and switches the endpoint for this profile. */
class AppsModel(
    private val session: Session,
    private val endpoint: Endpoint?,
) : ViewModel() {
    private val states = MutableStateFlow(AppsState())
    private val newest = Newest()

    val state: StateFlow<AppsState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if ("listen" in scopes) reload() }
        }
        if (endpoint != null) {
            viewModelScope.launch {
                val profile = session.persona.id()
                endpoint.answering.collect { now -> states.update { it.copy(answering = now, mine = profile in now.profiles) } }
            }
        }
    }

    /** Reads the list again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { session.persona.endpointTokens() } ?: return@launch
            states.update { state -> answer.fold({ state.copy(phase = Phase.Ready, tokens = it) }, { state.copy(phase = it.phase()) }) }
        }
    }

    /** Makes a token for an app. */
    fun add(app: String) =
        act {
            session.persona.addEndpointToken(app).use { new ->
                states.update { it.copy(fresh = FreshToken(app.trim(), new.reveal())) }
            }
        }

    /** The new token was taken down: it is shown no more. */
    fun seen() = states.update { it.copy(fresh = null) }

    /** Takes a token back, at once. */
    fun revoke(token: String) = act { session.persona.revokeEndpointToken(token) }

    /** Lets the endpoint answer for this profile, or no longer. */
    fun answer(wanted: Boolean) {
        endpoint?.answer(session.persona.id(), wanted)
    }

    private fun act(call: suspend () -> Unit) {
        viewModelScope.launch {
            val failed = attempt { call() }.exceptionOrNull()
            states.update { it.copy(failure = failed?.shown()) }
            reload()
        }
    }
}
