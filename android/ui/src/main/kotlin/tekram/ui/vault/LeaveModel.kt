// Leaving with everything: one file with all records in open formats, sealed with a passphrase and with the keys, or open and
// without them. It is written to where the person chose and nowhere else.
package tekram.ui.vault

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.binding.Work
import tekram.ffi.VaultExportTask
import tekram.ffi.VaultExported
import tekram.ffi.WorkProgress
import tekram.ui.common.Device
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.save
import tekram.ui.common.shown
import tekram.ui.start.Session

/** How far it is, and what was written. */
data class LeaveState(
    val working: Boolean = false,
    val progress: WorkProgress? = null,
    val done: VaultExported? = null,
    val failure: Shown? = null,
)

/** Writes the whole profile to a file. */
class LeaveModel(
    private val session: Session,
    private val device: Device,
) : ViewModel() {
    private val states = MutableStateFlow(LeaveState())
    private var work: Job? = null

    val state: StateFlow<LeaveState> = states.asStateFlow()

    /** Everything with its keys, sealed with [passphrase]. */
    fun sealed(passphrase: String) = write("tekram.zip.age") { session.persona.startSealedExport(it, passphrase) }

    /** What other programs can read, without keys and without a seal. */
    fun open() = write("tekram.zip") { session.persona.startOpenExport(it) }

    private fun write(
        name: String,
        begin: (path: String) -> VaultExportTask,
    ) {
        if (states.value.working) return
        states.value = LeaveState(working = true)
        work =
            viewModelScope.launch {
                val answer =
                    attempt {
                        device.save(name) { path ->
                            val task = begin(path)
                            Work(task, task::next, task::finish, task::cancel).run { progress -> states.update { it.copy(progress = progress) } }
                        }
                    }
                states.value = answer.fold({ LeaveState(done = it) }, { LeaveState(failure = it.shown()) })
            }
    }

    /** Stops it; no file is left. */
    fun stop() {
        work?.cancel()
        states.value = LeaveState()
    }
}
