// The requests of a profile, newest first, as the core keeps them.
package tekram.ui.want

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Intent
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.start.Session

/** The scope of the core that requests, offers and acceptances change. */
internal const val INTENT_SCOPE = "intent"

/** The requests. */
data class WantListState(
    val phase: Phase = Phase.Loading,
    val intents: List<Intent> = emptyList(),
)

/** Lists the requests. */
class WantListModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(WantListState())
    private val newest = Newest()

    val state: StateFlow<WantListState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if (INTENT_SCOPE in scopes) reload() }
        }
    }

    /** Reads the requests again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { session.persona.intents() } ?: return@launch
            states.update { state ->
                answer.fold(
                    { WantListState(if (it.isEmpty()) Phase.Empty else Phase.Ready, it) },
                    { state.copy(phase = it.phase()) },
                )
            }
        }
    }
}
