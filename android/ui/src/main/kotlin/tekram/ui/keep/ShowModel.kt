// Showing a proof to somebody: what is chosen, exactly what leaves and what stays, and the answer that was made. What leaves
// is read from what the core would hand out; the core writes it into the list of what was shown before it hands it out.
package tekram.ui.keep

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import tekram.ffi.Claim
import tekram.ffi.Credential
import tekram.ffi.Relation
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** A proof, to whom, and what of it. */
data class ShowState(
    val phase: Phase = Phase.Loading,
    val proof: Credential? = null,
    val relations: List<Relation> = emptyList(),
    /** The party that it is shown to; null for somebody who is in no relation. */
    val party: String? = null,
    /** Exactly what they see: what goes along each time, what was chosen, and what that lies in. */
    val leaves: List<Claim> = emptyList(),
    val audience: String = "",
    val nonce: String = "",
    val busy: Boolean = false,
    val failure: Shown? = null,
    /** What the other side gets. */
    val answer: String? = null,
) {
    /** What they do not see. */
    val stays: List<Claim> get() = proof?.claims.orEmpty().filter { it.disclosable && !goes(it) }

    /** Whether anything of it can be left out. */
    val inPart: Boolean get() = proof?.claims.orEmpty().any { it.disclosable }

    /** Whether the answer can be made. */
    val ready: Boolean get() = audience.isNotBlank() && nonce.isNotBlank()

    /** Whether [claim] goes along: it was chosen, or something within it, which cannot be seen without it. */
    fun goes(claim: Claim): Boolean = leaves.any { it.path == claim.path }
}

/** Shows the proof [id]. */
class ShowModel(
    private val session: Session,
    private val id: String,
) : ViewModel() {
    private val states = MutableStateFlow(ShowState())

    /** Held while it is asked what leaves, and while the answer is made: what was seen to leave is what leaves. */
    private val asking = Mutex()

    /** Paths of what was chosen, of what may be left out. */
    private var chosen = emptySet<String>()

    val state: StateFlow<ShowState> = states.asStateFlow()

    /** Begins anew: nothing is chosen, nothing was answered. */
    fun begin() {
        inTurn {
            val answer =
                attempt {
                    val proof = session.persona.credential(id)
                    val relations = session.persona.relations()
                    // One that is bound to a relation's key is most often shown there.
                    val party = relations.find { it.party == proof.relation } ?: relations.singleOrNull()
                    ShowState(Phase.Ready, proof, relations, party?.party, session.persona.previewDisclosure(id, emptyList()))
                }
            chosen = emptySet()
            states.value = answer.getOrElse { ShowState(it.phase()) }
        }
    }

    /** To whom it is shown; null for somebody who is in no relation. */
    fun to(party: String?) = edit { it.copy(party = party) }

    /** Whether [claim] goes along. */
    fun choose(
        claim: Claim,
        along: Boolean,
    ) = inTurn {
        // Without it, nothing within it can be seen either.
        val next = if (along) chosen + claim.path else chosen.filterNot { it == claim.path || it.startsWith("${claim.path}/") }.toSet()
        attempt { session.persona.previewDisclosure(id, next.sorted()) }.fold(
            { leaves ->
                chosen = next
                edit { it.copy(leaves = leaves) }
            },
            { why -> states.update { it.copy(failure = why.shown()) } },
        )
    }

    /** What the other side calls itself. */
    fun audience(text: String) = edit { it.copy(audience = text) }

    /** The other side's one-time number. */
    fun nonce(text: String) = edit { it.copy(nonce = text) }

    private fun edit(change: (ShowState) -> ShowState) = states.update { change(it).copy(failure = null, answer = null) }

    private fun inTurn(call: suspend () -> Unit) {
        viewModelScope.launch { asking.withLock { call() } }
    }

    /** Makes the answer. */
    fun answer() {
        val state = states.value
        if (state.busy || !state.ready) return
        val audience = state.audience.trim()
        states.update { it.copy(busy = true, failure = null, answer = null) }
        inTurn {
            val answer = attempt { session.persona.discloseCredential(id, chosen.sorted(), state.party ?: audience, state.nonce.trim(), audience) }
            states.update { now ->
                answer.fold({ now.copy(busy = false, answer = it) }, { now.copy(busy = false, failure = it.shown()) })
            }
        }
    }
}
