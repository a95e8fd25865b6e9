// How the models of what is kept read and change it: one thing or one list out of the vault, read again after each change,
// and one change at a time whose refusal is shown where the person made it.
package tekram.ui.keep

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Persona
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** What was read of the vault, and what is being done with it. */
data class Kept<T : Any>(
    val phase: Phase = Phase.Loading,
    val value: T? = null,
    val busy: Boolean = false,
    /** Why the last change was refused. */
    val failure: Shown? = null,
    /** What the screen is about was made or is gone: it can be left. */
    val done: Boolean = false,
)

/** Reads with [read], and again after each change of the profile. */
abstract class KeptModel<T : Any>(
    protected val session: Session,
    private val read: suspend (Persona) -> T,
) : ViewModel() {
    private val states = MutableStateFlow(Kept<T>())
    private val newest = Newest()

    val state: StateFlow<Kept<T>> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Reads again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { read(session.persona) } ?: return@launch
            states.update { before ->
                // What is gone because the person removed it is no failure.
                answer.fold(before::with) { if (before.done) before else before.copy(phase = it.phase()) }
            }
        }
    }

    /** The screen has seen how the last change ended. */
    fun seen() = states.update { it.copy(failure = null, done = false) }

    /** Carries out [call], one at a time; [leaves] says that the screen is over when it succeeded. */
    protected fun change(
        leaves: Boolean = false,
        call: suspend (Persona) -> Unit,
    ) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null, done = false) }
        viewModelScope.launch {
            val failure = attempt { call(session.persona) }.exceptionOrNull()
            states.update { it.copy(busy = false, failure = failure?.shown(), done = leaves && failure == null) }
            reload()
        }
    }
}

private fun <T : Any> Kept<T>.with(value: T): Kept<T> =
    copy(phase = if ((value as? Collection<*>)?.isEmpty() == true) Phase.Empty else Phase.Ready, value = value)
