// Proofs: the list with whether each holds, one with everything it says, and receiving another.
package tekram.ui.keep

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import tekram.ffi.Claim
import tekram.ffi.Credential
import tekram.ui.common.CopyButton
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.Offer
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.word
import tekram.ui.want.Note
import tekram.ui.want.Question

/** `keep_proofs`: all proofs. */
@Composable
fun ProofsScreen(
    state: Kept<List<Credential>>,
    onOpen: (Credential) -> Unit,
    onAdd: () -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("keep_proofs_title"), onBack, actions = { IconAction(Icons.Add, word("keep_receive_title"), onClick = onAdd) }) {
    val words = phaseWords("keep").copy(emptyTitle = word("keep_proofs_empty_title"), emptyText = word("keep_proofs_empty_text"))
    PhasePane(state.phase, words, onRetry = onRetry, empty = Offer(word("keep_receive_title"), onAdd)) {
        LazyColumn(Modifier.fillMaxSize()) {
            items(state.value.orEmpty(), key = { it.id }) { proof ->
                val lines = listOf(word("keep_proof_by", proof.issuedBy), stateText(proof.state))
                ListRow(proofName(proof.credentialType), below = lines.joinToString("\n"), icon = proof.state.icon, onClick = { onOpen(proof) }, end = {
                    Icon(Icons.Forward, contentDescription = null)
                })
                HorizontalDivider()
            }
        }
    }
}

/** What can be done with a proof. */
interface ProofActions {
    /** Asks the issuer's list whether it still holds. */
    fun check()

    /** Shows it to somebody. */
    fun show()

    /** Removes it. */
    fun remove()

    /** Reads it again. */
    fun reload()
}

/** `keep_proof`: one proof. */
@Composable
fun ProofScreen(
    state: Kept<Credential>,
    actions: ProofActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(state.value?.let { proofName(it.credentialType) } ?: word("keep_proofs_title"), onBack) {
    PhasePane(state.phase, phaseWords("keep").copy(errorText = word("keep_proof_gone")), onRetry = actions::reload) {
        val proof = state.value ?: return@PhasePane
        var asking by rememberSaveable { mutableStateOf(false) }
        ScrollingColumn {
            Holds(proof)
            Section(word("keep_proof_claims")) { proof.claims.forEach { ClaimLine(it) } }
            state.failure?.let { ErrorLine(errorText(it)) }
            MainButton(word("keep_proof_show"), actions::show, enabled = proof.state.canBeShown && !state.busy, icon = Icons.Share)
            OtherButton(word("keep_proof_check"), actions::check, busy = state.busy, icon = Icons.Refresh)
            Note(word("keep_proof_check_text"))
            OtherButton(word("keep_proof_remove"), { asking = true }, enabled = !state.busy, icon = Icons.Delete)
        }
        if (asking) {
            Question(word("keep_proof_remove_text"), word("common_remove"), { asking = false }) {
                asking = false
                actions.remove()
            }
        }
    }
}

@Composable
private fun Holds(proof: Credential) {
    val formats = LocalFormats.current
    Section(null) {
        Row(horizontalArrangement = Arrangement.spacedBy(12.dp), verticalAlignment = Alignment.CenterVertically) {
            Icon(proof.state.icon, contentDescription = null, tint = MaterialTheme.colorScheme.primary)
            Text(stateText(proof.state), style = MaterialTheme.typography.titleLarge)
        }
        Text(word("keep_proof_by", proof.issuedBy))
        val expires = proof.expiresMs
        Text(if (expires == null) word("keep_proof_no_end") else word("keep_proof_until", formats.date(expires)))
        proof.checkedMs?.let { Note(word("keep_proof_checked", formats.dateAndTime(it))) }
        Note(word("keep_proof_added", formats.date(proof.addedMs)))
    }
}

@Composable
private fun ClaimLine(claim: Claim) =
    Column(Modifier.fillMaxWidth().semantics(mergeDescendants = true) {}) {
        ClaimText(claim)
        Note(word(if (claim.disclosable) "keep_proof_chosen" else "keep_proof_always"))
    }

/** What a claim is called and what it says; read out together with what stands around them. */
@Composable
internal fun ClaimText(claim: Claim) {
    Text(claimName(claim.path), style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
    Text(claim.text, style = MaterialTheme.typography.bodyLarge)
}

/** What can be done about receiving a proof. */
interface ReceiveActions {
    /** Takes over what is typed or pasted. */
    fun edit(content: String)

    /** Checks it. */
    fun receive()

    /** Reads it as a code with the camera. */
    fun scan()

    /** Chooses a file. */
    fun file()

    /** Shows the person's key for an issuer. */
    fun keyFor(issuer: String)
}

/** `keep_receive`: pasting, scanning or choosing a proof. */
@Composable
fun ReceiveScreen(
    state: ReceiveState,
    actions: ReceiveActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("keep_receive_title"), onBack) {
    ScrollingColumn {
        Text(word("keep_receive_text"))
        OutlinedTextField(
            state.content,
            actions::edit,
            Modifier.fillMaxWidth().testTag("keep_receive_field"),
            enabled = !state.busy,
            label = { Text(word("keep_receive_field")) },
            minLines = 4,
            maxLines = 8,
        )
        state.failure?.let { ErrorLine(errorText(it)) }
        MainButton(word("keep_receive_go"), actions::receive, enabled = state.content.isNotBlank(), busy = state.busy, icon = Icons.Check)
        if (LocalDevice.current.canScan) OtherButton(word("keep_receive_scan"), actions::scan, enabled = !state.busy, icon = Icons.Scan)
        OtherButton(word("keep_receive_file"), actions::file, enabled = !state.busy, icon = Icons.Import)
        KeyForIssuer(state.key, actions::keyFor)
    }
}

/** Before an issuer binds a proof to the person, it asks for a key: one that no other issuer sees. */
@Composable
private fun KeyForIssuer(
    key: String?,
    onAsk: (String) -> Unit,
) = Section(word("keep_receive_key_title")) {
    var issuer by rememberSaveable { mutableStateOf("") }
    Note(word("keep_receive_key_text"))
    TextLine(issuer, { issuer = it }, word("keep_receive_key_for"), Modifier.testTag("keep_receive_issuer"), keyboard = KeyboardType.Uri)
    OtherButton(word("keep_receive_key_show"), { onAsk(issuer) }, enabled = issuer.isNotBlank(), icon = Icons.Key)
    key?.let {
        SelectionContainer { Text(it, style = MaterialTheme.typography.bodySmall) }
        CopyButton(it, word("keep_receive_key_copy"))
    }
}
