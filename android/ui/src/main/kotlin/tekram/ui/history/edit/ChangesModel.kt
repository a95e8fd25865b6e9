// The changes that were made to the log, the newest of which can be taken back, and the listens that are hidden or deleted.
package tekram.ui.history.edit

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Edit
import tekram.ffi.HiddenListen
import tekram.ui.common.PageOf
import tekram.ui.common.PagedRows
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.start.Session

/** Which change is taken back next, and what is being done. */
data class ChangesState(
    /** The number of the change that is taken back next; null when there is none. */
    val nextUndo: Long? = null,
    val busy: Boolean = false,
    val failure: Shown? = null,
)

/** Lists the changes and takes the newest back. */
class ChangesModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(ChangesState())

    val state: StateFlow<ChangesState> = states.asStateFlow()

    /** The changes, newest first. */
    val changes =
        PagedRows<Edit>(viewModelScope) { after, limit ->
            val page = session.persona.edits(after, limit)
            states.update { it.copy(nextUndo = page.nextUndo) }
            PageOf(page.edits, page.next)
        }

    init {
        changes.reload()
        viewModelScope.launch { session.changes().catch { }.collect { scopes -> if ("listen" in scopes) changes.reload() } }
    }

    /** Takes the newest change back that was not taken back yet. */
    fun undo() {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val failure = attempt { session.persona.undoEdit() }.exceptionOrNull()
            changes.reload()
            states.update { it.copy(busy = false, failure = failure?.shown()) }
        }
    }
}

/** Lists what is hidden or deleted and brings it back. */
class HiddenModel(
    private val session: Session,
) : ViewModel() {
    private val failures = MutableStateFlow<Shown?>(null)

    val failure: StateFlow<Shown?> = failures.asStateFlow()

    /** What is hidden or deleted, the last heard first. */
    val listens =
        PagedRows<HiddenListen>(viewModelScope) { after, limit ->
            val page = session.persona.hiddenListens(after, limit)
            PageOf(page.listens, page.next)
        }

    init {
        listens.reload()
        viewModelScope.launch { session.changes().catch { }.collect { scopes -> if ("listen" in scopes) listens.reload() } }
    }

    /** Shows a listen again, also one that was deleted. */
    fun bringBack(hidden: HiddenListen) {
        viewModelScope.launch {
            failures.value = attempt { session.persona.hideListen(hidden.listen.id, false) }.exceptionOrNull()?.shown()
            listens.reload()
        }
    }
}
