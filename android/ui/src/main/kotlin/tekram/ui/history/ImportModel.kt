// An import from the file to the log: it is read into the holding pen with progress, looked at there with every line
// that was left out, and only then added. What was added can be taken out again as a whole.
package tekram.ui.history

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import tekram.binding.Work
import tekram.ffi.Batch
import tekram.ffi.ImportProgress
import tekram.ui.common.Device
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session
import java.io.File

/** What an import is doing. */
sealed interface Importing {
    /** None runs. */
    data object Idle : Importing

    /** The file is being read. */
    data class Reading(
        val file: String,
        val progress: ImportProgress?,
    ) : Importing

    /** The person stopped it. */
    data object Stopped : Importing

    /** It is in the holding pen. */
    data class Done(
        val batch: Long,
    ) : Importing

    /** The file could not be read. */
    data class Failed(
        val error: Shown,
    ) : Importing
}

/** The imports so far, and the one that runs. */
data class ImportState(
    val phase: Phase = Phase.Loading,
    val batches: List<Batch> = emptyList(),
    val importing: Importing = Importing.Idle,
)

/** Reads files into the holding pen and lists what was imported. */
class ImportModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(ImportState())
    private val newest = Newest()
    private var reading: Job? = null

    val state: StateFlow<ImportState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if ("listen" in scopes) reload() }
        }
    }

    /** Reads the list of imports again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { session.persona.batches() } ?: return@launch
            states.update { state ->
                answer.fold(
                    { state.copy(phase = if (it.isEmpty()) Phase.Empty else Phase.Ready, batches = it) },
                    { state.copy(phase = it.phase()) },
                )
            }
        }
    }

    /** Lets the person choose a file and reads it into the holding pen; says so when it could not be read. */
    fun choose(device: Device) {
        viewModelScope.launch {
            val chosen = attempt { device.pickFile() }
            chosen.onFailure { why -> states.update { it.copy(importing = Importing.Failed(why.shown())) } }
            val path = chosen.getOrNull() ?: return@launch
            try {
                importFile(path)
                reading?.join()
            } finally {
                withContext(NonCancellable) { device.letGo(path) }
            }
        }
    }

    /** Reads the file at [path] into the holding pen. One import at a time. */
    fun importFile(path: String) {
        if (reading?.isActive == true) return
        val file = File(path).name
        states.update { it.copy(importing = Importing.Reading(file, null)) }
        reading =
            viewModelScope
                .launch {
                    val answer =
                        attempt {
                            val task = session.persona.startImport(path)
                            Work(task, task::next, task::finish, task::cancel).run { progress ->
                                states.update { it.copy(importing = Importing.Reading(file, progress)) }
                            }
                        }
                    val importing = answer.fold({ Importing.Done(it.batch) }, { Importing.Failed(it.shown()) })
                    states.update { it.copy(importing = importing) }
                }.also { job ->
                    job.invokeOnCompletion { cause ->
                        if (cause is CancellationException) states.update { it.copy(importing = Importing.Stopped) }
                    }
                }
    }

    /** Stops the import that runs; nothing of it stays. */
    fun stop() {
        reading?.cancel()
    }

    /** The screen has shown how the import ended. */
    fun seen() = states.update { it.copy(importing = Importing.Idle) }
}
