// Where the profile's backups go, how old the last one is, and making one. The place and how the last one ended are kept by the
// core; a folder is chosen in the system's picker and found again by the device.
package tekram.ui.vault

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.withLock
import tekram.ffi.BackedUp
import tekram.ffi.BackupPlan
import tekram.ffi.Persona
import tekram.ffi.WayInKind
import tekram.ffi.WorkProgress
import tekram.ui.common.Device
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** The plan, and what is being done about it. */
data class BackupUiState(
    val phase: Phase = Phase.Loading,
    val plan: BackupPlan? = null,
    /** Recovery words were checked, so that they open the backup. */
    val hasWords: Boolean = false,
    val busy: Boolean = false,
    val working: Boolean = false,
    val progress: WorkProgress? = null,
    val done: BackedUp? = null,
    val failure: Shown? = null,
    /** The server was tried and is in use. */
    val serverTaken: Boolean = false,
)

/** Reads and changes where backups go, and makes them. */
class BackupModel(
    private val session: Session,
    private val device: Device,
) : ViewModel() {
    private val states = MutableStateFlow(BackupUiState())
    private val newest = Newest()
    private var work: Job? = null

    val state: StateFlow<BackupUiState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Reads it again. */
    fun reload() {
        viewModelScope.launch { read() }
    }

    private suspend fun read() {
        val answer = newest.read { session.persona.run { backupPlan() to ways().any { it.kind is WayInKind.RecoveryPhrase } } } ?: return
        states.update { state ->
            answer.fold({ (plan, words) -> state.copy(phase = Phase.Ready, plan = plan, hasWords = words) }, { state.copy(phase = it.phase()) })
        }
    }

    /** What was said about the last deed has been read. */
    fun seen() = states.update { it.copy(done = null, failure = null, serverTaken = false) }

    /** Lets the person choose the folder for backups. */
    fun chooseFolder() = change { device.pickFolder()?.let { useBackupFolder(it.name, it.reference) } }

    /** Tries the server and uses it. */
    fun useServer(typed: TypedServer) =
        change({ it.copy(serverTaken = true) }) { useBackupServer(typed.url.trim(), typed.user.trim(), typed.password, typed.inHomeNetwork) }

    /** Whether a backup is made every day. */
    fun setDaily(daily: Boolean) = change { setBackupDaily(daily) }

    /** Backups are no longer made. */
    fun forget() = change { forgetBackupPlace() }

    private fun change(
        then: (BackupUiState) -> BackupUiState = { it },
        call: suspend Persona.() -> Unit,
    ) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null, done = null) }
        viewModelScope.launch {
            val failure = attempt { session.persona.call() }.exceptionOrNull()
            read()
            states.update { if (failure == null) then(it.copy(busy = false)) else it.copy(busy = false, failure = failure.shown()) }
        }
    }

    /** Makes a backup now. */
    fun start() {
        if (states.value.working) return
        states.update { it.copy(working = true, progress = null, done = null, failure = null) }
        work =
            viewModelScope.launch {
                val answer =
                    attempt { session.backingUp.withLock { session.persona.backUp(device) { progress -> states.update { it.copy(progress = progress) } } } }
                states.update { state ->
                    answer.fold({ state.copy(working = false, done = it) }, { state.copy(working = false, failure = it.shown()) })
                }
                read()
            }
    }

    /** Stops it; the last backup is as it was. */
    fun stop() {
        work?.cancel()
        states.update { it.copy(working = false, progress = null) }
    }
}
