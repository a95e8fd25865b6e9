// The work that a listen is of: how sources describe it, which descriptions are another work, and which other works are the same.
package tekram.ui.history.edit

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.MergeLook
import tekram.ffi.Persona
import tekram.ffi.Work
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.history.searchPause
import tekram.ui.start.Session

/** Works that a search for the same one shows. */
private const val FOUND = 12u

/** A work and what may be the same. */
data class WorkState(
    val phase: Phase = Phase.Loading,
    val work: Work? = null,
    /** Descriptions that are said to be another work. */
    val chosen: Set<Long> = emptySet(),
    val text: String = "",
    /** Other works of the same kind that the text finds. */
    val found: List<Work> = emptyList(),
    /** What this work and another would come to as one. */
    val look: MergeLook? = null,
    val busy: Boolean = false,
    val failure: Shown? = null,
) {
    /** Whether what is chosen can be split off: something of it, and not all. */
    val canSplit: Boolean get() = chosen.isNotEmpty() && chosen.size < (work?.descriptions?.size ?: 0)
}

/** Splits and merges the work of the listen [id]. Both are changes that can be taken back. */
class WorkModel(
    private val session: Session,
    private val id: Long,
) : ViewModel() {
    private val states = MutableStateFlow(WorkState())
    private val newest = Newest()
    private val searched = Newest()

    val state: StateFlow<WorkState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Reads the work again. */
    fun reload() {
        viewModelScope.launch { read() }
    }

    private suspend fun read() {
        val answer = newest.read { session.persona.workOfListen(id) } ?: return
        states.update { state ->
            answer.fold(
                { work ->
                    val known = work.descriptions.map { it.description }.toSet()
                    state.copy(phase = Phase.Ready, work = work, chosen = state.chosen intersect known)
                },
                { state.copy(phase = it.phase()) },
            )
        }
    }

    /** Chooses a description, or no longer. */
    fun choose(description: Long) =
        states.update { it.copy(chosen = if (description in it.chosen) it.chosen - description else it.chosen + description, failure = null) }

    /** Says that what is chosen is another work. */
    fun split() = states.value.takeIf { it.canSplit }?.let { state -> change { splitWork(state.chosen.toList()) } }

    /** Looks for works that may be the same. */
    fun search(text: String) {
        states.update { it.copy(text = text, look = null, failure = null) }
        viewModelScope.launch {
            val answer =
                searched.read {
                    delay(searchPause)
                    if (text.isBlank()) emptyList() else session.persona.works(text, FOUND)
                } ?: return@launch
            states.update { state ->
                val own = state.work
                answer.fold(
                    { works -> state.copy(found = works.filter { it.work != own?.work && it.kind == own?.kind }) },
                    { state.copy(failure = it.shown()) },
                )
            }
        }
    }

    /** Shows what this work and [other] would come to as one; null puts that away. */
    fun look(other: Work?) {
        val own = states.value.work
        states.update { it.copy(look = null, failure = null) }
        if (own == null || other == null) return
        viewModelScope.launch {
            val answer = attempt { session.persona.mergeLook(listOf(own.work, other.work)) }
            states.update { state -> answer.fold({ state.copy(look = it) }, { state.copy(failure = it.shown()) }) }
        }
    }

    /** Says that what is looked at is one work. */
    fun merge() = states.value.look?.let { look -> change { mergeWorks(look.works.map { it.work }) } }

    private fun change(call: suspend Persona.() -> Unit) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val failure = attempt { session.persona.call() }.exceptionOrNull()
            read()
            states.update { state ->
                if (failure == null) {
                    state.copy(busy = false, chosen = emptySet(), text = "", found = emptyList(), look = null)
                } else {
                    state.copy(busy = false, look = null, failure = failure.shown())
                }
            }
        }
    }
}
