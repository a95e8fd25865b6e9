// How the open profile is unlocked: adding the device's lock or a passphrase, changing the passphrase, removing a way.
// Passphrases are handed through and never held; the last way is protected by the core.
package tekram.ui.me

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.WayIn
import tekram.ffi.WayInKind
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.DEVICE_WAY
import tekram.ui.start.Session

/** What was done last. */
enum class WayDone { Added, Changed, Removed }

/** The ways in, and how the last change ended. */
data class WaysState(
    val phase: Phase = Phase.Loading,
    val ways: List<WayIn> = emptyList(),
    val busy: Boolean = false,
    val done: WayDone? = null,
    val failure: Shown? = null,
) {
    /** There is a passphrase that can be changed. */
    val hasPassphrase: Boolean get() = ways.any { it.kind is WayInKind.Passphrase }

    /** The device's lock opens this profile already. */
    val hasDevice: Boolean get() = ways.any { it.kind is WayInKind.KeyStore }
}

/** Reads and changes the ways in. */
class WaysModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(WaysState())

    val state: StateFlow<WaysState> = states.asStateFlow()

    init {
        reload()
    }

    /** Reads the ways again. */
    fun reload() {
        viewModelScope.launch { read() }
    }

    private suspend fun read() {
        val answer = attempt { session.persona.ways() }
        states.update { state -> answer.fold({ state.copy(phase = Phase.Ready, ways = it) }, { state.copy(phase = it.phase()) }) }
    }

    /** What was said about the last change has been read. */
    fun seen() = states.update { it.copy(done = null, failure = null) }

    /** Adds the device's own lock. */
    fun addDevice() = change(WayDone.Added) { session.persona.addKeyStoreWay(DEVICE_WAY) }

    /** Adds [passphrase]. */
    fun addPassphrase(passphrase: String) = change(WayDone.Added) { session.persona.addPassphrase(passphrase) }

    /** Puts [new] in the place of [old]. */
    fun changePassphrase(
        old: String,
        new: String,
    ) = change(WayDone.Changed) { session.persona.changePassphrase(old, new) }

    /** Removes the way of that name. */
    fun remove(name: String) = change(WayDone.Removed) { session.persona.removeWay(name) }

    private fun change(
        done: WayDone,
        call: suspend () -> Unit,
    ) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, done = null, failure = null) }
        viewModelScope.launch {
            val failure = attempt(call).exceptionOrNull()
            read()
            states.update { it.copy(busy = false, done = done.takeIf { failure == null }, failure = failure?.shown()) }
        }
    }
}
