// Showing a proof: to whom, what of it, exactly what leaves and what stays, and the answer as text and as a code.
package tekram.ui.keep

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.Checkbox
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import tekram.ffi.Claim
import tekram.ffi.QrCode
import tekram.ui.common.CopyButton
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalDevice
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QrPicture
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.touchable
import tekram.ui.common.word
import tekram.ui.want.Choice
import tekram.ui.want.Named
import tekram.ui.want.Note

/** What can be done when a proof is shown. */
interface ShowActions {
    /** To whom; null is somebody who is in no relation. */
    fun to(party: String?)

    /** Whether a claim goes along. */
    fun choose(
        claim: Claim,
        along: Boolean,
    )

    /** What the other side calls itself. */
    fun audience(text: String)

    /** The other side's one-time number. */
    fun nonce(text: String)

    /** Makes the answer. */
    fun answer()

    /** Reads the proof again. */
    fun reload()
}

/** `keep_show`: a proof for somebody. [code] draws a text, and returns null for one that is too long. */
@Composable
fun ShowScreen(
    state: ShowState,
    code: (String) -> QrCode?,
    actions: ShowActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("keep_show_title"), onBack) {
    PhasePane(state.phase, phaseWords("keep").copy(errorText = word("keep_proof_gone")), onRetry = actions::reload) {
        ScrollingColumn {
            ToWhom(state, actions)
            Claims(state, actions)
            Asked(state, actions)
            Leaves(state)
            state.failure?.let { ErrorLine(errorText(it)) }
            val answer = state.answer
            if (answer == null) {
                MainButton(word("keep_show_go"), actions::answer, enabled = state.ready, busy = state.busy, icon = Icons.Share)
            } else {
                Answer(answer, code)
            }
        }
    }
}

@Composable
private fun ToWhom(
    state: ShowState,
    actions: ShowActions,
) = Section(word("keep_show_to")) {
    Column(Modifier.selectableGroup()) {
        state.relations.forEach { relation ->
            Choice(relation.name ?: word("relations_unnamed"), relation.party == state.party) { actions.to(relation.party) }
        }
        Choice(word("keep_show_elsewhere"), state.party == null) { actions.to(null) }
    }
}

@Composable
private fun Claims(
    state: ShowState,
    actions: ShowActions,
) = Section(word("keep_show_choose")) {
    if (!state.inPart) Note(word("keep_show_whole"))
    state.proof?.claims.orEmpty().forEach { claim ->
        if (claim.disclosable) ClaimChoice(claim, state.goes(claim)) { actions.choose(claim, it) } else ClaimAlways(claim)
    }
}

@Composable
private fun ClaimChoice(
    claim: Claim,
    along: Boolean,
    onChange: (Boolean) -> Unit,
) = Row(
    Modifier.fillMaxWidth().toggleable(along, role = Role.Checkbox, onValueChange = onChange).touchable().testTag("keep_claim_${claim.path}"),
    verticalAlignment = Alignment.CenterVertically,
) {
    Checkbox(along, onCheckedChange = null)
    Column(Modifier.padding(start = 12.dp)) { ClaimText(claim) }
}

/** What cannot be left out: the box is there, checked, and cannot be tapped. */
@Composable
private fun ClaimAlways(claim: Claim) =
    Row(Modifier.fillMaxWidth().touchable().semantics(mergeDescendants = true) {}, verticalAlignment = Alignment.CenterVertically) {
        Checkbox(checked = true, onCheckedChange = null, enabled = false)
        Column(Modifier.padding(start = 12.dp)) {
            ClaimText(claim)
            Note(word("keep_proof_always"))
        }
    }

@Composable
private fun Asked(
    state: ShowState,
    actions: ShowActions,
) = Section(word("keep_show_question")) {
    Note(word("keep_show_question_text"))
    TextLine(state.audience, actions::audience, word("keep_show_audience"), Modifier.testTag("keep_show_audience"), keyboard = KeyboardType.Uri)
    TextLine(state.nonce, actions::nonce, word("keep_show_nonce"), Modifier.testTag("keep_show_nonce"), keyboard = KeyboardType.Ascii)
}

@Composable
private fun Leaves(state: ShowState) {
    Section(word("keep_show_preview"), Modifier.testTag("keep_show_preview")) {
        Text(word("keep_show_preview_kind"))
        state.leaves.forEach { Named(claimName(it.path), it.text) }
    }
    if (state.stays.isNotEmpty()) {
        Section(word("keep_show_stays"), Modifier.testTag("keep_show_stays")) {
            state.stays.forEach { Note(claimName(it.path)) }
        }
    }
}

/** The answer: to copy, to hand to another app, or as a code where it is short enough. */
@Composable
private fun Answer(
    answer: String,
    code: (String) -> QrCode?,
) {
    val device = LocalDevice.current
    var drawn by remember(answer) { mutableStateOf<QrCode?>(null) }
    var tooLong by remember(answer) { mutableStateOf(false) }
    Section(null, Modifier.semantics { liveRegion = LiveRegionMode.Polite }.testTag("keep_show_answer")) {
        Text(word("keep_show_done"))
        CopyButton(answer, word("keep_show_copy"))
        OtherButton(word("common_share"), { device.share(answer) }, icon = Icons.Share)
        OtherButton(word("keep_show_code"), {
            drawn = code(answer)
            tooLong = drawn == null
        }, icon = Icons.Code)
        drawn?.let { Box(Modifier.fillMaxWidth(), contentAlignment = Alignment.Center) { QrPicture(it, word("common_qr_a11y")) } }
        if (tooLong) ErrorLine(word("error_qr_too_long"))
    }
}
