// Writing the log to a file that the person chose, in an open format.
package tekram.ui.history

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.ExportForm
import tekram.ffi.Exported
import tekram.ui.common.Device
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.save
import tekram.ui.common.shown
import tekram.ui.start.Session

/** What the export is doing, and how the last one ended. */
data class ExportState(
    val form: ExportForm = ExportForm.JSON_LINES,
    val busy: Boolean = false,
    val done: Exported? = null,
    val failure: Shown? = null,
)

/** Exports the log. */
class ExportModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(ExportState())

    val state: StateFlow<ExportState> = states.asStateFlow()

    /** Chooses the format. */
    fun form(form: ExportForm) = states.update { it.copy(form = form, done = null, failure = null) }

    /** Lets the person choose a file and writes the log to it. */
    fun export(device: Device) {
        val form = states.value.form
        if (states.value.busy) return
        states.update { it.copy(busy = true, done = null, failure = null) }
        viewModelScope.launch {
            val name = if (form == ExportForm.JSON_LINES) "history.jsonl" else "listenbrainz.jsonl"
            val answer = attempt { device.save(name) { path -> session.persona.export(form, path) } }
            states.update { state ->
                answer.fold(
                    { state.copy(busy = false, done = it) },
                    { state.copy(busy = false, failure = it.shown()) },
                )
            }
        }
    }
}
