// Writing the log to a file that the person chose: which part of it, in which open form, with which columns. How much it will be
// is asked for while it is chosen.
package tekram.ui.history.share

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.binding.Work
import tekram.ffi.ExportColumn
import tekram.ffi.ExportForm
import tekram.ffi.Exported
import tekram.ffi.ListenChoice
import tekram.ffi.ListenKind
import tekram.ffi.exportColumns
import tekram.ui.common.Device
import tekram.ui.common.Newest
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.save
import tekram.ui.common.shown
import tekram.ui.start.Session
import java.time.ZoneId

/** What is to be written. */
data class ExportChoice(
    val form: ExportForm = ExportForm.JSON_LINES,
    val range: DayRange = DayRange(),
    val kinds: Set<ListenKind> = emptySet(),
    val sources: Set<String> = emptySet(),
    val withoutPrivate: Boolean = false,
    /** Columns of a table. */
    val columns: Set<String> = emptySet(),
) {
    internal fun listens(zone: ZoneId) = ListenChoice(range.fromMs(zone), range.toMs(zone), sources.sorted(), kinds.sorted(), withoutPrivate)
}

/** What the export is doing, and how the last one ended. */
data class ExportState(
    val choice: ExportChoice = ExportChoice(),
    /** Sources of the log. */
    val sources: List<String> = emptyList(),
    /** Columns that a table can have, in their order. */
    val columns: List<ExportColumn> = emptyList(),
    /** How many listens are chosen, once it is known. */
    val count: ULong? = null,
    val busy: Boolean = false,
    val written: ULong = 0u,
    val done: Exported? = null,
    val failure: Shown? = null,
)

/** Exports the log. */
class ExportModel(
    private val session: Session,
    private val zone: ZoneId = ZoneId.systemDefault(),
) : ViewModel() {
    private val columns = exportColumns()
    private val usual = columns.filter { it.usual }.map { it.column }.toSet()
    private val states = MutableStateFlow(ExportState(ExportChoice(columns = usual), columns = columns))
    private val counted = Newest()
    private var work: Job? = null

    val state: StateFlow<ExportState> = states.asStateFlow()

    init {
        viewModelScope.launch {
            attempt { session.persona.hours(month = null).map { it.source }.sorted() }.onSuccess { names -> states.update { it.copy(sources = names) } }
        }
        count()
    }

    /** Chooses what is written. */
    fun choose(choice: ExportChoice) {
        states.update { it.copy(choice = choice, count = null, done = null, failure = null) }
        count()
    }

    private fun count() {
        val choice = states.value.choice
        if (!choice.range.fits) return
        viewModelScope.launch {
            counted.read { session.persona.countListens(choice.listens(zone)) }?.onSuccess { count -> states.update { it.copy(count = count) } }
        }
    }

    /** Lets the person choose a file and writes to it. */
    fun export(device: Device) {
        val choice = states.value.choice
        if (states.value.busy || !choice.range.fits) return
        states.update { it.copy(busy = true, written = 0u, done = null, failure = null) }
        work =
            viewModelScope.launch {
                val answer = attempt { device.save(name(choice.form)) { path -> write(choice, path) } }
                states.update { state ->
                    answer.fold(
                        { state.copy(busy = false, done = it) },
                        { state.copy(busy = false, failure = it.shown()) },
                    )
                }
            }
    }

    private suspend fun write(
        choice: ExportChoice,
        path: String,
    ): Exported {
        // In the order in which they stand.
        val chosen = columns.map { it.column }.filter { it in choice.columns }
        val task = session.persona.startExport(choice.form, choice.listens(zone), chosen, path)
        return Work(task, task::next, task::finish, task::cancel).run { progress -> states.update { it.copy(written = progress.written) } }
    }

    /** Stops it; no file stays. */
    fun stop() {
        work?.cancel()
        states.update { it.copy(busy = false) }
    }

    private fun name(form: ExportForm) =
        when (form) {
            ExportForm.JSON_LINES -> "history.jsonl"
            ExportForm.LISTENBRAINZ_JSONL -> "listenbrainz.jsonl"
            ExportForm.CSV -> "history.csv"
        }
}
