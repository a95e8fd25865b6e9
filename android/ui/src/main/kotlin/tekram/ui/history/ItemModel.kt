// One listen with everything that is known around it, and its rating.
package tekram.ui.history

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.CountingRule
import tekram.ffi.ListenDetail
import tekram.ffi.Named
import tekram.ffi.Thumb
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** A listen in detail. */
data class ItemState(
    val phase: Phase = Phase.Loading,
    val detail: ListenDetail? = null,
    val failure: Shown? = null,
    /** Its work, creators, show and publisher, each with a page of its own. */
    val belongs: List<Named> = emptyList(),
    /** From when on a listen of its kind counts as a play. */
    val rule: CountingRule? = null,
)

/** Shows the listen [id] and rates it. */
class ItemModel(
    private val session: Session,
    private val id: Long,
) : ViewModel() {
    private val states = MutableStateFlow(ItemState())
    private val newest = Newest()

    val state: StateFlow<ItemState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { reload() }
        }
    }

    /** Reads the listen again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { read() } ?: return@launch
            states.update { state ->
                answer.fold({ it.copy(failure = state.failure) }, { state.copy(phase = it.phase()) })
            }
        }
    }

    private suspend fun read(): ItemState {
        val detail = session.persona.listen(id)
        val kind = detail.listen.kind
        // A listen that waits in an import belongs to nothing yet.
        val belongs = attempt { session.persona.belongsTo(id) }.getOrDefault(emptyList())
        return ItemState(Phase.Ready, detail, belongs = belongs, rule = session.persona.countingRules().find { it.kind == kind })
    }

    /** Rates the listen; what it is rated already is taken back. */
    fun rate(thumb: Thumb) {
        val now =
            states.value.detail
                ?.listen
                ?.thumb
        viewModelScope.launch {
            val answer = attempt { session.persona.rate(id, thumb.takeIf { it != now }) }
            states.update { state ->
                answer.fold(
                    { listen -> state.copy(detail = state.detail?.copy(listen = listen), failure = null) },
                    { state.copy(failure = it.shown()) },
                )
            }
        }
    }
}
