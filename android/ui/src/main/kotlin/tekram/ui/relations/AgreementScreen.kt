// An agreement in plain words and point by point, and both sides' record: who signed, when, its fingerprint and the exact
// bytes to take along.
package tekram.ui.relations

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.unit.dp
import tekram.ffi.Agreement
import tekram.ffi.TermsDetail
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalMono
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.word

/** `relations_agreement`: one proposal or agreement. */
@Composable
fun AgreementScreen(
    state: AgreementState,
    onExport: () -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("relations_agreement_title"), onBack) {
    val words = phaseWords("relations").copy(emptyTitle = word("relations_agreement_title"), emptyText = word("relations_agreement_none"))
    PhasePane(state.phase, words, onRetry = onRetry) {
        state.agreement?.let { agreement ->
            ScrollingColumn {
                Head(agreement, state)
                if (agreement.clauses.isNotEmpty()) Section(word("relations_agreement_clauses")) { Clauses(agreement.clauses) }
                Record(agreement, state, onExport)
                state.terms?.let { WholeText(it) }
            }
        }
    }
}

@Composable
private fun Head(
    agreement: Agreement,
    state: AgreementState,
) {
    Text(termsTitle(agreement.terms, agreement.title), style = MaterialTheme.typography.titleLarge)
    Quiet(word("relations_agreement_with", state.partyName ?: word("relations_unnamed")))
    Section(word("relations_status")) {
        Text(statusText(agreement.status))
        state.alternative?.let { Text(word("relations_alternative", termsTitle(it.id, it.title))) }
    }
    agreement.aboutItem?.let { item -> Section(word("relations_agreement_about")) { Text(item) } }
    Section(word("relations_agreement_plain")) { Text(termsSummary(agreement.terms, agreement.summary)) }
}

@Composable
private fun Record(
    agreement: Agreement,
    state: AgreementState,
    onExport: () -> Unit,
) {
    val formats = LocalFormats.current
    Section(word("relations_record")) {
        Signed(agreement.signedByMe, "relations_signed_by_me", "relations_not_signed_by_me")
        Signed(agreement.signedByThem, "relations_signed_by_them", "relations_not_signed_by_them")
        if (agreement.signedByMe && agreement.signedByThem) Text(word("relations_record_text"))
        Text(word("relations_proposed_on", formats.dateAndTime(agreement.proposedMs)))
        agreement.decidedMs?.let { Text(word("relations_decided_on", formats.dateAndTime(it))) }
        Exact(word("relations_record_hash"), agreement.sha256)
        Exact(word("relations_record_id"), agreement.record)
        Quiet(plural("relations_record_size", state.size))
        state.failure?.let { ErrorLine(errorText(it)) }
        if (state.exported) Text(word("relations_record_exported"), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
        OtherButton(word("relations_record_export"), onExport, busy = state.busy, icon = Icons.Export)
    }
}

@Composable
private fun Signed(
    signed: Boolean,
    yes: String,
    no: String,
) = Row(horizontalArrangement = Arrangement.spacedBy(12.dp), verticalAlignment = Alignment.CenterVertically) {
    val tint = if (signed) MaterialTheme.colorScheme.primary else MaterialTheme.colorScheme.onSurfaceVariant
    Icon(if (signed) Icons.Check else Icons.Remove, contentDescription = null, tint = tint)
    Text(word(if (signed) yes else no))
}

/** A number as it is, to be compared or copied. */
@Composable
private fun Exact(
    label: String,
    value: String,
) {
    Text(label, style = MaterialTheme.typography.titleSmall)
    SelectionContainer {
        Text(
            value.chunked(FOUR).joinToString(" "),
            style = MaterialTheme.typography.bodySmall.copy(fontFamily = LocalMono.current, textDirection = TextDirection.Ltr),
        )
    }
}

private const val FOUR = 4

@Composable
private fun WholeText(terms: TermsDetail) {
    var open by rememberSaveable { mutableStateOf(false) }
    QuietButton(word("relations_agreement_full"), { open = !open }, icon = if (open) Icons.Collapse else Icons.Expand)
    if (open) {
        Section(null) {
            if (terms.draft) Quiet(word("relations_agreement_draft"))
            SelectionContainer { Text(terms.text, style = MaterialTheme.typography.bodyMedium) }
            Exact(word("relations_agreement_text_hash"), terms.sha256)
        }
    }
}
