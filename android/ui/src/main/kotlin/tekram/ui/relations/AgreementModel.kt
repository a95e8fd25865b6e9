// One proposal or agreement with its evidence, and writing the exact bytes that were signed to a file of the person's choice.
package tekram.ui.relations

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Agreement
import tekram.ffi.TermsDetail
import tekram.ffi.terms
import tekram.ui.common.Device
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.save
import tekram.ui.common.shown
import tekram.ui.start.Session

/** An agreement, the text that it refers to, and how the last export ended. */
data class AgreementState(
    val phase: Phase = Phase.Loading,
    val agreement: Agreement? = null,
    val partyName: String? = null,
    /** The roster's entry; null for terms that this version's roster does not have. */
    val terms: TermsDetail? = null,
    /** What the other side would agree to instead. */
    val alternative: TermsDetail? = null,
    /** How many bytes are kept. */
    val size: Long = 0,
    val busy: Boolean = false,
    val exported: Boolean = false,
    val failure: Shown? = null,
)

/** Shows the agreement [record] with [party]. */
class AgreementModel(
    private val session: Session,
    private val party: String,
    private val record: String,
) : ViewModel() {
    private val states = MutableStateFlow(AgreementState())
    private val newest = Newest()

    val state: StateFlow<AgreementState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Reads the agreement again. */
    fun reload() {
        viewModelScope.launch {
            val answer =
                newest.read {
                    val detail = session.persona.relation(party)
                    val agreement = detail.agreements.find { it.record == record }
                    val size = agreement?.let { session.persona.agreementBytes(record).size } ?: 0
                    states.value.copy(
                        phase = if (agreement == null) Phase.Empty else Phase.Ready,
                        agreement = agreement,
                        partyName = detail.relation.name,
                        terms = agreement?.let { known(it.terms) },
                        alternative = agreement?.alternative?.let { known(it) },
                        size = size.toLong(),
                    )
                } ?: return@launch
            states.update { state ->
                answer.fold(
                    { it.copy(busy = state.busy, exported = state.exported, failure = state.failure) },
                    { state.copy(phase = it.phase()) },
                )
            }
        }
    }

    private suspend fun known(id: String): TermsDetail? = attempt { terms(id) }.getOrNull()

    /** Lets the person choose a file and writes the bytes to it as they are. */
    fun export(device: Device) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, exported = false, failure = null) }
        viewModelScope.launch {
            val name = "agreement-${record.takeLast(NAME_LENGTH)}.json"
            val answer = attempt { device.save(name) { path -> session.persona.exportAgreement(record, path) } }
            states.update { state ->
                answer.fold({ state.copy(busy = false, exported = it != null) }, { state.copy(busy = false, failure = it.shown()) })
            }
        }
    }

    private companion object {
        /** As much of a record's number as tells two files apart. */
        const val NAME_LENGTH = 12
    }
}
