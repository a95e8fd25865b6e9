// One listen being put right: its note, its tags, what it was, and whether it is shown.
package tekram.ui.history.edit

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Correction
import tekram.ffi.ListenDetail
import tekram.ffi.Persona
import tekram.ffi.TagInUse
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** Tags that are offered. */
private const val TAGS_OFFERED = 12u

/** A listen and what can be put right about it. */
data class EditState(
    val phase: Phase = Phase.Loading,
    val detail: ListenDetail? = null,
    /** Tags of other listens, those of most listens first. */
    val tags: List<TagInUse> = emptyList(),
    val busy: Boolean = false,
    val failure: Shown? = null,
    /** It is gone for good: the screen can be left. */
    val gone: Boolean = false,
) {
    /** Tags that this listen does not have yet. */
    val offered: List<String>
        get() {
            val own =
                detail
                    ?.listen
                    ?.tags
                    .orEmpty()
                    .map { it.lowercase() }
            return tags.map { it.tag }.filter { it.lowercase() !in own }
        }
}

/** Changes the listen [id]. Every change but the last one can be taken back. */
class EditModel(
    private val session: Session,
    private val id: Long,
) : ViewModel() {
    private val states = MutableStateFlow(EditState())
    private val newest = Newest()

    val state: StateFlow<EditState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { if (!states.value.gone) reload() } }
    }

    /** Reads the listen again. */
    fun reload() {
        viewModelScope.launch { read() }
    }

    private suspend fun read() {
        val answer = newest.read { session.persona.listen(id) to session.persona.tagsInUse(TAGS_OFFERED) } ?: return
        states.update { state ->
            answer.fold({ (detail, tags) -> state.copy(phase = Phase.Ready, detail = detail, tags = tags) }, { state.copy(phase = it.phase()) })
        }
    }

    /** Writes the note; an empty text takes it away. */
    fun note(text: String) = change { noteListen(id, text.trim()) }

    /** Adds a tag. */
    fun tag(tag: String) = change { tagListen(id, listOf(tag.trim()), emptyList()) }

    /** Takes a tag away. */
    fun untag(tag: String) = change { tagListen(id, emptyList(), listOf(tag)) }

    /** Says what it was. What stays as the source has it is no correction. */
    fun correct(correction: Correction) = change { correctListen(id, correction) }

    /** As the source has it again. */
    fun original() = change { correctListen(id, Correction()) }

    /** Hides it, or shows it again, also when it was deleted. */
    fun hide(hidden: Boolean) = change { hideListen(id, hidden) }

    /** Deletes it; for thirty days it can come back. */
    fun delete() = change { deleteListen(id) }

    /** Deletes it at once with all evidence of it. The screen has asked. */
    fun deleteForGood() =
        change(then = { it.copy(gone = true) }) { deleteListenForGood(id) }

    private fun change(
        then: (EditState) -> EditState = { it },
        call: suspend Persona.() -> Unit,
    ) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val failure = attempt { session.persona.call() }.exceptionOrNull()
            if (failure == null) states.update(then)
            if (!states.value.gone) read()
            states.update { it.copy(busy = false, failure = failure?.shown()) }
        }
    }
}
