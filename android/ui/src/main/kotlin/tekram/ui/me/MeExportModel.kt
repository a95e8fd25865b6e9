// Taking everything along: the history in an open format, and every agreement as the exact bytes that were signed, together
// in one archive. Files are written to where the person chose and nowhere else.
package tekram.ui.me

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.ExportForm
import tekram.ffi.Holdings
import tekram.ui.common.Device
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.save
import tekram.ui.common.shown
import tekram.ui.start.Session
import java.io.File
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream

/** What can be taken along. */
enum class Takeout { History, Agreements }

/** What there is, what is being written, and what was. */
data class MeExportState(
    val phase: Phase = Phase.Loading,
    val holdings: Holdings? = null,
    val busy: Takeout? = null,
    val done: Takeout? = null,
    val failure: Shown? = null,
)

/** Writes the profile's contents to files. */
class MeExportModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(MeExportState())

    val state: StateFlow<MeExportState> = states.asStateFlow()

    init {
        reload()
    }

    /** Reads what there is. */
    fun reload() {
        viewModelScope.launch {
            val answer = attempt { session.persona.holdings() }
            states.update { state -> answer.fold({ state.copy(phase = Phase.Ready, holdings = it) }, { state.copy(phase = it.phase()) }) }
        }
    }

    /** Lets the person choose a file and writes [what] to it. */
    fun export(
        what: Takeout,
        device: Device,
    ) {
        if (states.value.busy != null) return
        states.update { it.copy(busy = what, done = null, failure = null) }
        viewModelScope.launch {
            val name = if (what == Takeout.History) "tekram-history.jsonl" else "tekram-agreements.zip"
            val answer = attempt { device.save(name) { path -> write(what, path) } }
            states.update { state ->
                answer.fold(
                    { saved -> state.copy(busy = null, done = what.takeIf { saved != null }) },
                    { state.copy(busy = null, failure = it.shown()) },
                )
            }
        }
    }

    private suspend fun write(
        what: Takeout,
        path: String,
    ) {
        when (what) {
            Takeout.History -> session.persona.export(ExportForm.JSON_LINES, path)
            Takeout.Agreements -> ZipOutputStream(File(path).outputStream().buffered()).use(::writeAgreements)
        }
    }

    private fun writeAgreements(zip: ZipOutputStream) {
        for (relation in session.persona.relations()) {
            for (agreement in session.persona.relation(relation.party).agreements) {
                zip.putNextEntry(ZipEntry("agreement-${agreement.record}.json"))
                zip.write(session.persona.agreementBytes(agreement.record))
                zip.closeEntry()
            }
        }
    }
}
