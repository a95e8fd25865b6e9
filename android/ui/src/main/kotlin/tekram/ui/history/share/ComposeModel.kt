// Showing a part of the log to a party: to whom, under which agreement, which days, and what of each listen, exactly, blurred or not
// at all. What they will read is asked of the core at each change, and what was seen is what is signed.
package tekram.ui.history.share

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Agreement
import tekram.ffi.ExtractListen
import tekram.ffi.ExtractPart
import tekram.ffi.HandedExtract
import tekram.ffi.ListenChoice
import tekram.ffi.ListenExtract
import tekram.ffi.Relation
import tekram.ffi.extractParts
import tekram.ui.common.Device
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.save
import tekram.ui.common.shown
import tekram.ui.start.Session
import java.io.File
import java.time.ZoneId

/** What was shown of the log, newest first. */
data class ExtractsState(
    val phase: Phase = Phase.Loading,
    val extracts: List<ListenExtract> = emptyList(),
    val relations: List<Relation> = emptyList(),
)

/** Lists what was shown. */
class ExtractsModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(ExtractsState())
    private val newest = Newest()

    val state: StateFlow<ExtractsState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Reads it again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { session.persona.run { ExtractsState(Phase.Ready, disclosedListens(), relations()) } } ?: return@launch
            states.value = answer.getOrElse { ExtractsState(it.phase()) }
        }
    }
}

/** What is being put together. */
data class ComposeState(
    val phase: Phase = Phase.Loading,
    /** The extract of which more is shown; null for a new one. */
    val of: ListenExtract? = null,
    val relations: List<Relation> = emptyList(),
    val party: String? = null,
    /** Agreements with the party that both have signed. */
    val agreements: List<Agreement> = emptyList(),
    val agreement: String? = null,
    val range: DayRange = DayRange(),
    /** What can be said of a listen, each with what can be said in its place. */
    val parts: List<ExtractPart> = emptyList(),
    /** What is said, by the part that it stands for. */
    val said: Map<String, String> = emptyMap(),
    val audience: String = "",
    val nonce: String = "",
    /** What they will read; null while it is not known. */
    val preview: List<ExtractListen>? = null,
    val previewFailure: Shown? = null,
    val busy: Boolean = false,
    val failure: Shown? = null,
    val handed: HandedExtract? = null,
    val saved: Boolean = false,
) {
    /** Names of what is said of each listen. */
    val fields: List<String> get() = said.values.distinct()

    /** Whether it can be signed: what they will read was seen. */
    val ready: Boolean get() = preview != null && nonce.isNotBlank() && (of != null || (party != null && agreement != null))
}

/** What can be chosen while it is put together. */
interface ComposeActions {
    fun begin()

    /** To whom. */
    fun to(party: String)

    /** Under which agreement. */
    fun under(agreement: String)

    /** Of which days. */
    fun range(range: DayRange)

    /** What is said for a part: itself, a blur of it, or nothing. */
    fun say(
        part: String,
        field: String?,
    )

    /** What the party calls itself. */
    fun audience(text: String)

    /** The party's question. */
    fun nonce(text: String)

    /** Signs it. */
    fun sign()
}

/** Puts together what is shown: a new extract, or more of the one called [extract]. */
class ComposeModel(
    private val session: Session,
    private val extract: String,
    private val zone: ZoneId = ZoneId.systemDefault(),
) : ViewModel(),
    ComposeActions {
    private val states = MutableStateFlow(ComposeState())
    private val previewed = Newest()

    val state: StateFlow<ComposeState> = states.asStateFlow()

    override fun begin() {
        viewModelScope.launch {
            val answer =
                attempt {
                    val of = session.persona.disclosedListens().find { it.extract == extract }
                    ComposeState(Phase.Ready, of, session.persona.relations().filter { it.agreements > 0u }, parts = extractParts())
                }
            states.value = answer.getOrElse { ComposeState(it.phase()) }
            states.value.of?.shown?.lastOrNull()?.let { last -> states.update { it.copy(audience = last.audience) } }
        }
    }

    override fun to(party: String) {
        edit { it.copy(party = party, agreements = emptyList(), agreement = null) }
        viewModelScope.launch {
            attempt { session.persona.relation(party).agreements.filter { it.signedByMe && it.signedByThem } }.fold(
                { signed -> states.update { if (it.party == party) it.copy(agreements = signed, agreement = signed.firstOrNull()?.record) else it } },
                { why -> states.update { it.copy(failure = why.shown()) } },
            )
        }
    }

    override fun under(agreement: String) = edit { it.copy(agreement = agreement) }

    override fun range(range: DayRange) = look { it.copy(range = range) }

    override fun say(
        part: String,
        field: String?,
    ) = look { it.copy(said = if (field == null) it.said - part else it.said + (part to field)) }

    override fun audience(text: String) = edit { it.copy(audience = text) }

    override fun nonce(text: String) = edit { it.copy(nonce = text) }

    private fun edit(change: (ComposeState) -> ComposeState) = states.update { change(it).copy(failure = null, handed = null, saved = false) }

    /** A change of what they will read. */
    private fun look(change: (ComposeState) -> ComposeState) {
        edit { change(it).copy(preview = null, previewFailure = null) }
        val state = states.value
        if (state.said.isEmpty() || !state.range.fits) return
        viewModelScope.launch {
            val answer = previewed.read { session.persona.previewExtract(choice(state), state.fields) } ?: return@launch
            states.update { now -> answer.fold({ now.copy(preview = it) }, { now.copy(previewFailure = it.shown()) }) }
        }
    }

    private fun choice(state: ComposeState): ListenChoice {
        val of = state.of
        return if (of == null) ListenChoice(state.range.fromMs(zone), state.range.toMs(zone)) else ListenChoice(of.fromMs, of.toMs)
    }

    override fun sign() {
        val state = states.value
        if (state.busy || !state.ready) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val answer =
                attempt {
                    val nonce = state.nonce.trim()
                    val audience = state.audience.trim()
                    val of = state.of
                    if (of == null) {
                        session.persona.discloseListens(state.party.orEmpty(), state.agreement.orEmpty(), choice(state), state.fields, audience, nonce)
                    } else {
                        session.persona.discloseMoreListens(of.extract, state.fields, audience, nonce)
                    }
                }
            states.update { now -> answer.fold({ now.copy(busy = false, handed = it) }, { now.copy(busy = false, failure = it.shown()) }) }
        }
    }

    /** Lets the person choose a file and writes what is handed over to it. */
    fun save(device: Device) {
        val handed = states.value.handed ?: return
        viewModelScope.launch {
            val answer = attempt { device.save("extract.txt") { path -> File(path).writeText(handed.presentation) } }
            states.update { now -> answer.fold({ now.copy(saved = it != null) }, { now.copy(failure = it.shown()) }) }
        }
    }
}
