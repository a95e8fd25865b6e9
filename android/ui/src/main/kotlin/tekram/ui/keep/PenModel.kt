// The holding pen: the batches that arrived, and one of them with its things, of which all or some are added or thrown away.
// A batch that was added can be taken back as a whole.
package tekram.ui.keep

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.PenBatch
import tekram.ffi.PenItem
import tekram.ui.common.Newest
import tekram.ui.common.PageOf
import tekram.ui.common.PagedRows
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** Reads the batches, the newest first. */
class PenModel(
    session: Session,
) : KeptModel<List<PenBatch>>(session, { it.penBatches() })

/** What was done with a batch last. */
sealed interface BatchDone {
    /** [accepted] are in the vault now, [alike] still wait. */
    data class Added(
        val accepted: Long,
        val alike: Long,
    ) : BatchDone

    /** So many were thrown away. */
    data class ThrownAway(
        val count: Long,
    ) : BatchDone

    /** So many were taken out again. */
    data class Undone(
        val count: Long,
    ) : BatchDone
}

/** A batch and the decision about it. */
data class BatchState(
    val phase: Phase = Phase.Loading,
    /** Null once it was cleared away. */
    val batch: PenBatch? = null,
    /** Numbers of the things that were ticked. */
    val chosen: Set<UInt> = emptySet(),
    val busy: Boolean = false,
    val failure: Shown? = null,
    val done: BatchDone? = null,
    /** It was cleared from the list. */
    val discarded: Boolean = false,
)

/** Shows the batch [number] and carries out what the person decides. */
class BatchModel(
    private val session: Session,
    private val number: Long,
) : ViewModel() {
    private val states = MutableStateFlow(BatchState())
    private val newest = Newest()

    val state: StateFlow<BatchState> = states.asStateFlow()

    /** Its things, in the order in which they came. */
    val items =
        PagedRows<PenItem>(viewModelScope) { after, limit ->
            val page = session.persona.penItems(number, after?.toUIntOrNull() ?: 0u, limit)
            PageOf(page.items, page.next?.toString())
        }

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Reads it again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { session.persona.penBatches().find { it.id == number } } ?: return@launch
            states.update { state ->
                answer.fold(
                    { state.copy(phase = if (it == null) Phase.Empty else Phase.Ready, batch = it) },
                    { state.copy(phase = it.phase()) },
                )
            }
        }
        items.reload()
    }

    /** Ticks or unticks a thing that waits. */
    fun choose(
        item: UInt,
        along: Boolean,
    ) = states.update { it.copy(chosen = if (along) it.chosen + item else it.chosen - item, done = null) }

    /** Adds what was ticked, or everything that the vault does not have yet. */
    fun accept() =
        decide { chosen ->
            val accepted = session.persona.acceptHeld(number, chosen)
            BatchDone.Added(accepted.accepted.toLong(), accepted.alike.toLong())
        }

    /** Throws away what was ticked, or everything that waits. */
    fun reject() = decide { chosen -> BatchDone.ThrownAway(session.persona.rejectHeld(number, chosen).toLong()) }

    /** Takes everything that was added out again. */
    fun undo() = decide { BatchDone.Undone(session.persona.undoHeld(number).toLong()) }

    /** Clears it from the list; what was added stays. */
    fun discard() =
        decide {
            session.persona.discardHeld(number)
            null
        }

    private fun decide(decision: suspend (List<UInt>?) -> BatchDone?) {
        val before = states.value
        if (before.busy) return
        states.update { it.copy(busy = true, failure = null, done = null) }
        viewModelScope.launch {
            val answer = attempt { decision(before.chosen.sorted().ifEmpty { null }) }
            states.update { state ->
                answer.fold(
                    { state.copy(busy = false, chosen = emptySet(), done = it, discarded = it == null) },
                    { state.copy(busy = false, failure = it.shown()) },
                )
            }
            reload()
        }
    }
}
