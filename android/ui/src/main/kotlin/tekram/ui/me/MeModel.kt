// The open profile and the others of this device: what it holds, whether recovery words are due, renaming and deleting.
package tekram.ui.me

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.BackupPlan
import tekram.ffi.Holdings
import tekram.ffi.PersonaEntry
import tekram.ffi.RecoveryDuty
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.keep.waiting
import tekram.ui.start.AppModel
import tekram.ui.start.Session

/** What is known of the open profile, and the profiles of this device. */
data class MeState(
    val phase: Phase = Phase.Loading,
    val id: String = "",
    val name: String = "",
    val holdings: Holdings? = null,
    val personas: List<PersonaEntry> = emptyList(),
    val duty: RecoveryDuty = RecoveryDuty.NONE,
    /** Things that wait to be checked before they are added to what is kept. */
    val waiting: Long = 0,
    val backup: BackupPlan? = null,
    val busy: Boolean = false,
    val failure: Shown? = null,
) {
    /** The profiles that are not open. */
    val others: List<PersonaEntry> get() = personas.filter { it.id != id }

    /** The profile's name; of the open one also where it is not to be seen while locked. */
    fun nameOf(profile: PersonaEntry): String = if (profile.id == id) name else profile.name
}

/** Reads the open profile, and again after each change. */
class MeModel(
    private val session: Session,
    private val app: AppModel,
) : ViewModel() {
    private val states = MutableStateFlow(MeState())
    private val newest = Newest()

    val state: StateFlow<MeState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Reads everything again. */
    fun reload() {
        viewModelScope.launch { read() }
    }

    private suspend fun read() {
        val persona = session.persona
        val answer =
            newest.read {
                MeState(
                    Phase.Ready,
                    persona.id(),
                    persona.name(),
                    persona.holdings(),
                    app.agent.personas(),
                    persona.recoveryDuty(aboutToPay = false),
                    waiting(persona),
                    persona.backupPlan(),
                )
            } ?: return
        states.update { before ->
            answer.fold({ it.copy(busy = before.busy, failure = before.failure) }, { before.copy(phase = it.phase()) })
        }
    }

    /** Calls the open profile [name]. */
    fun rename(name: String) = change { session.persona.rename(name.trim()) }

    /** Deletes the profile [id] for good; the open one is locked first, and this model ends with it. */
    fun delete(id: String) {
        if (id == states.value.id) app.deleteOpen(states.value.name) else change { app.delete(id) }
    }

    /** Locks this profile and turns to another one. */
    fun switchTo(id: String) = app.switchTo(id)

    /** Locks this profile. */
    fun lock() = app.lock()

    private fun change(call: suspend () -> Unit) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val failure = attempt(call).exceptionOrNull()
            states.update { it.copy(busy = false, failure = failure?.shown()) }
            read()
        }
    }
}
