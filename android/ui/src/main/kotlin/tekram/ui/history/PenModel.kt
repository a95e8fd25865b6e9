// One import: what it would add, which lines it left out and why, and the decision about it.
package tekram.ui.history

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Batch
import tekram.ffi.Listen
import tekram.ffi.RefusedLine
import tekram.ui.common.PageOf
import tekram.ui.common.PagedRows
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** An import and the decision about it. */
data class PenState(
    val phase: Phase = Phase.Loading,
    val batch: Batch? = null,
    /** How many podcasts it would subscribe to. */
    val subscriptions: Int = 0,
    val busy: Boolean = false,
    val failure: Shown? = null,
)

/** Shows the import [number] and carries out what the person decides. */
class PenModel(
    private val session: Session,
    private val number: Long,
) : ViewModel() {
    private val states = MutableStateFlow(PenState())

    val state: StateFlow<PenState> = states.asStateFlow()

    /** What it would add, in the order of the file. */
    val preview =
        PagedRows<Listen>(viewModelScope) { after, limit ->
            val page = session.persona.previewBatch(number, after, limit)
            if (after == null) states.update { it.copy(subscriptions = page.subscriptions.size) }
            PageOf(page.listens, page.next)
        }

    /** The lines that it left out, in the order of the file. */
    val refused =
        PagedRows<RefusedLine>(viewModelScope) { after, limit ->
            session.persona.refusedLines(number, after, limit).let { PageOf(it.lines, it.next) }
        }

    init {
        reload()
    }

    /** Reads the import again. */
    fun reload() {
        viewModelScope.launch {
            val answer = attempt { session.persona.batches().first { it.batch == number } }
            answer.fold(
                { batch -> states.update { it.copy(phase = Phase.Ready, batch = batch) } },
                { failure -> states.update { it.copy(phase = failure.phase()) } },
            )
        }
        preview.reload()
        refused.reload()
    }

    /** Adds the import to the log. */
    fun accept() = decide { session.persona.acceptBatch(number) }

    /** Throws the import away before it was added. */
    fun reject() = decide { session.persona.rejectBatch(number) }

    /** Takes the import out of the log again. */
    fun undo() = decide { session.persona.undoBatch(number) }

    private fun decide(decision: suspend () -> Batch) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val answer = attempt { decision() }
            answer.fold(
                { batch -> states.update { it.copy(busy = false, batch = batch) } },
                { failure -> states.update { it.copy(busy = false, failure = failure.shown()) } },
            )
        }
    }
}
