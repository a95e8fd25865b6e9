// Which players on this phone may be listened to. None is until the person allows it.
package tekram.ui.history

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.CaptureApp
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** The players that were heard. */
data class CaptureState(
    val phase: Phase = Phase.Loading,
    val apps: List<CaptureApp> = emptyList(),
    val failure: Shown? = null,
)

/** Lists the players and switches them. */
class CaptureModel(
    private val session: Session,
    /** Hears what was decided: a player's name, the profile's id, and whether it is noticed. */
    private val onDecided: (String, String, Boolean) -> Unit = { _, _, _ -> },
) : ViewModel() {
    private val states = MutableStateFlow(CaptureState())
    private val newest = Newest()

    val state: StateFlow<CaptureState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if ("listen" in scopes) reload() }
        }
    }

    /** Reads the list again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { session.persona.captureApps() } ?: return@launch
            states.update { state ->
                answer.fold(
                    { state.copy(phase = if (it.isEmpty()) Phase.Empty else Phase.Ready, apps = it) },
                    { state.copy(phase = it.phase()) },
                )
            }
        }
    }

    /** Allows or stops noticing what [app] plays. */
    fun allow(
        app: String,
        allowed: Boolean,
    ) {
        viewModelScope.launch {
            val answer =
                attempt {
                    session.persona.setCaptureApp(app, allowed)
                    onDecided(app, session.persona.id(), allowed)
                }
            states.update { it.copy(failure = answer.exceptionOrNull()?.shown()) }
            reload()
        }
    }
}
