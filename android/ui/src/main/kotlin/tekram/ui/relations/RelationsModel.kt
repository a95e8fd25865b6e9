// Everybody that this profile has to do with, and one of them with all that was proposed and agreed.
package tekram.ui.relations

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Relation
import tekram.ffi.RelationDetail
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.start.Session

/** The list of relations. */
data class RelationsState(
    val phase: Phase = Phase.Loading,
    val relations: List<Relation> = emptyList(),
)

/** Reads the list, and again after each change. */
class RelationsModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(RelationsState())
    private val newest = Newest()

    val state: StateFlow<RelationsState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Reads the list again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { session.persona.relations() } ?: return@launch
            states.value =
                answer.fold(
                    { RelationsState(if (it.isEmpty()) Phase.Empty else Phase.Ready, it) },
                    { RelationsState(it.phase()) },
                )
        }
    }
}

/** One party: both halves and the agreements. */
data class PartyState(
    val phase: Phase = Phase.Loading,
    val detail: RelationDetail? = null,
)

/** Reads [party], and again after each change. */
class PartyModel(
    private val session: Session,
    private val party: String,
) : ViewModel() {
    private val states = MutableStateFlow(PartyState())
    private val newest = Newest()

    val state: StateFlow<PartyState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Reads the party again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { session.persona.relation(party) } ?: return@launch
            states.update { state -> answer.fold({ PartyState(Phase.Ready, it) }, { state.copy(phase = it.phase()) }) }
        }
    }
}
