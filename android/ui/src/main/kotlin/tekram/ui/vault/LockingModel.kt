// When the profile locks by itself, and whether it is deleted after wrong passphrases. Both are kept in the profile's own
// store, so that they hold on every device it is opened on.
package tekram.ui.vault

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Persona
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** What holds now. */
data class LockingState(
    val phase: Phase = Phase.Loading,
    /** Seconds without a touch until it locks; null: never. */
    val autoLockS: UInt? = null,
    /** Wrong passphrases in a row until it is deleted; null: never. */
    val wipeAfter: UInt? = null,
    val busy: Boolean = false,
    val failure: Shown? = null,
)

/** Reads and changes it. */
class LockingModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(LockingState())

    val state: StateFlow<LockingState> = states.asStateFlow()

    init {
        reload()
    }

    /** Reads it again. */
    fun reload() {
        viewModelScope.launch { read() }
    }

    private suspend fun read() {
        val answer = attempt { session.persona.run { autoLockS() to wipeAfter() } }
        states.update { state ->
            answer.fold({ (lock, wipe) -> state.copy(phase = Phase.Ready, autoLockS = lock, wipeAfter = wipe) }, { state.copy(phase = it.phase()) })
        }
    }

    /** Locks after [seconds] without a touch, or never by itself. */
    fun lockAfter(seconds: UInt?) = change { setAutoLock(seconds) }

    /** Deletes the profile after so many [wrong] passphrases in a row, or never. */
    fun wipeAfter(wrong: UInt?) = change { setWipeAfter(wrong) }

    private fun change(call: Persona.() -> Unit) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val failure = attempt { session.persona.call() }.exceptionOrNull()
            read()
            states.update { it.copy(busy = false, failure = failure?.shown()) }
        }
    }
}
