// An import from the file to the log: its beginning is looked at, with what the file does not say itself asked of the person; then
// it is read into the holding pen with progress, looked at there with every line that was left out, and only then added.
package tekram.ui.history

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import tekram.binding.Work
import tekram.ffi.Batch
import tekram.ffi.ExportLook
import tekram.ffi.FileImported
import tekram.ffi.FilesProgress
import tekram.ffi.ReadAs
import tekram.ffi.TableMapping
import tekram.ui.common.Device
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session
import java.io.File
import java.time.ZoneId

/** What an import is doing. */
sealed interface Importing {
    /** None runs. */
    data object Idle : Importing

    /** The beginning of the file is looked at. */
    data class Looking(
        val file: String,
    ) : Importing

    /** It was looked at, and the person says what it does not say itself, or that it is not the one. */
    data class Looked(
        val file: String,
        /** Files that were chosen besides. */
        val more: Int,
        val look: ExportLook,
        /** What was said of it so far. */
        val readAs: ReadAs,
        /** Why it cannot be read as was said. */
        val failure: Shown? = null,
    ) : Importing

    /** A file is being read. */
    data class Reading(
        val file: String,
        val progress: FilesProgress?,
    ) : Importing

    /** The person stopped it. */
    data object Stopped : Importing

    /** It is in the holding pen. */
    data class Done(
        val batch: Long,
    ) : Importing

    /** Several files were read; each that could be is in the holding pen. */
    data class Several(
        val files: List<FileImported>,
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
    private val said = MutableStateFlow(ReadAs())
    private var reading: Job? = null
    private var decision: CompletableDeferred<Boolean>? = null

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

    /** Lets the person choose files, looks at the first, and reads them into the holding pen when the person says so. */
    fun choose(device: Device) {
        if (reading?.isActive == true) return
        reading =
            viewModelScope.launch {
                val chosen = attempt { device.pickFiles() }
                chosen.onFailure { why -> states.update { it.copy(importing = Importing.Failed(why.shown())) } }
                val paths = chosen.getOrNull().orEmpty()
                try {
                    if (paths.isNotEmpty()) decided(paths)?.let { readAs -> readIn(paths, readAs) }
                } finally {
                    withContext(NonCancellable) { paths.forEach { device.letGo(it) } }
                }
            }.also(::stopped)
    }

    /** Reads the file at [path] into the holding pen as it is. One import at a time. */
    fun importFile(path: String) {
        if (reading?.isActive == true) return
        reading = viewModelScope.launch { readIn(listOf(path), ReadAs()) }.also(::stopped)
    }

    private fun stopped(job: Job) {
        job.invokeOnCompletion { cause -> if (cause is CancellationException) states.update { it.copy(importing = Importing.Stopped) } }
    }

    /** Shows what the first file is, and waits for how to read it; null when it is not read. */
    private suspend fun decided(paths: List<String>): ReadAs? {
        val first = paths.first()
        val file = File(first).name
        states.update { it.copy(importing = Importing.Looking(file)) }
        val look =
            attempt { session.persona.lookAtExport(first, ReadAs()) }.getOrElse { why ->
                states.update { it.copy(importing = Importing.Failed(why.shown())) }
                return null
            }
        // Times without a zone are mostly those of where the person is; of a table the core says what its columns most likely mean.
        val guess = ReadAs(if (look.localTimes || look.table != null) ZoneId.systemDefault().id else null, look.table?.suggested)
        val decision = CompletableDeferred<Boolean>()
        this.decision = decision
        said.value = guess
        states.update { it.copy(importing = Importing.Looked(file, paths.size - 1, look, guess)) }
        return coroutineScope {
            val asked = launch { said.collectLatest { readAs -> lookAgain(first, readAs, look) } }
            val reads = decision.await()
            asked.cancel()
            if (!reads) states.update { it.copy(importing = Importing.Idle) }
            said.value.takeIf { reads }
        }
    }

    private suspend fun lookAgain(
        path: String,
        readAs: ReadAs,
        before: ExportLook,
    ) {
        if (readAs == ReadAs()) return
        val answer = attempt { session.persona.lookAtExport(path, readAs) }
        states.update { state ->
            val now = state.importing as? Importing.Looked ?: return@update state
            val looked =
                answer.fold(
                    { now.copy(look = it.copy(table = it.table ?: before.table, localTimes = before.localTimes), failure = null) },
                    { now.copy(look = now.look.copy(plays = emptyList()), failure = it.shown()) },
                )
            state.copy(importing = looked)
        }
    }

    /** The person says in which zone the times were written. */
    fun zone(zone: String) = say { it.copy(zone = zone) }

    /** The person says what the columns mean. */
    fun mapping(mapping: TableMapping) = say { it.copy(mapping = mapping) }

    private fun say(change: (ReadAs) -> ReadAs) {
        val now = states.value.importing as? Importing.Looked ?: return
        val readAs = change(now.readAs)
        states.update { it.copy(importing = now.copy(readAs = readAs)) }
        said.value = readAs
    }

    /** It is the right file: it is read. */
    fun read() {
        decision?.complete(true)
    }

    /** It is not; nothing of it is kept. */
    fun leave() {
        decision?.complete(false)
    }

    private suspend fun readIn(
        paths: List<String>,
        readAs: ReadAs,
    ) {
        states.update { it.copy(importing = Importing.Reading(File(paths.first()).name, null)) }
        val answer =
            attempt {
                val task = session.persona.startImportFiles(paths, readAs)
                Work(task, task::next, task::finish, task::cancel).run { progress ->
                    val file = File(paths[progress.file.toInt().coerceIn(paths.indices)]).name
                    states.update { it.copy(importing = Importing.Reading(file, progress)) }
                }
            }
        states.update { it.copy(importing = answer.fold(::ended) { why -> Importing.Failed(why.shown()) }) }
    }

    private fun ended(files: List<FileImported>): Importing {
        val only = files.singleOrNull() ?: return Importing.Several(files)
        return only.report?.let { Importing.Done(it.batch) } ?: Importing.Failed(Shown(0, only.problem.orEmpty(), "listen"))
    }

    /** Stops the import that runs; nothing of it stays. */
    fun stop() {
        reading?.cancel()
    }

    /** The screen has shown how the import ended. */
    fun seen() = states.update { it.copy(importing = Importing.Idle) }
}
