// One party: the r-button large, what each half means, where the two sides differ, and everything that was proposed or
// agreed.
package tekram.ui.relations

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.Agreement
import tekram.ffi.DifferingClause
import tekram.ffi.NameSource
import tekram.ffi.Relation
import tekram.ffi.RelationDetail
import tekram.ffi.RelationState
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.Phase
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.phaseWords
import tekram.ui.common.word

/** `relations_party`: both halves, and the agreements. */
@Composable
fun PartyScreen(
    state: PartyState,
    onAgreement: (Agreement) -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(state.detail?.let { partyName(it.relation) } ?: word("relations_title"), onBack) {
    val gone = (state.phase as? Phase.Failed)?.error?.name == "no_such_party"
    val words = phaseWords("relations")
    PhasePane(
        if (gone) Phase.Empty else state.phase,
        if (gone) words.copy(emptyTitle = word("relations_title"), emptyText = word("relations_party_gone")) else words,
        onRetry = onRetry,
    ) {
        state.detail?.let { Party(it, onAgreement) }
    }
}

/** The name of a party, or that it has none. */
@Composable
internal fun partyName(relation: Relation): String = relation.name ?: word("relations_unnamed")

@Composable
private fun Party(
    detail: RelationDetail,
    onAgreement: (Agreement) -> Unit,
) = ScrollingColumn {
    val relation = detail.relation
    Box(Modifier.fillMaxWidth(), contentAlignment = Alignment.Center) { RButton(relation.mine, relation.theirs, height = 72.dp) }
    Half(word("relations_mine"), relation.mine, mineText(relation.mine))
    Half(word("relations_theirs"), relation.theirs, theirsText(relation.theirs))
    if (relation.differs.isNotEmpty()) Differs(relation.differs)
    Text(word("relations_agreements_title"), Modifier.semantics { heading() }, style = MaterialTheme.typography.titleMedium)
    if (detail.agreements.isEmpty()) Text(word("relations_agreement_none"))
    Column {
        detail.agreements.forEach { agreement ->
            AgreementRow(agreement) { onAgreement(agreement) }
            HorizontalDivider()
        }
    }
    Quiet(nameNote(relation.nameFrom))
    Quiet(word("relations_since", LocalFormats.current.date(relation.sinceMs)))
}

@Composable
private fun nameNote(from: NameSource?): String =
    when (from) {
        NameSource.OFFER -> word("relations_name_from_offer")
        NameSource.PAYEE -> word("relations_name_from_payee")
        null -> word("relations_key_only")
    }

@Composable
private fun Half(
    side: String,
    state: RelationState,
    meaning: String,
) = Section(word("relations_side", side, stateText(state))) { Text(meaning) }

@Composable
private fun Differs(differs: List<DifferingClause>) =
    Section(word("relations_differs")) {
        Text(word("relations_differs_text"))
        Only(word("relations_differs_mine"), differs.filter { it.mine })
        Only(word("relations_differs_theirs"), differs.filterNot { it.mine })
    }

@Composable
private fun Only(
    heading: String,
    differs: List<DifferingClause>,
) {
    if (differs.isEmpty()) return
    Text(heading, style = MaterialTheme.typography.titleSmall)
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        differs.forEach { Text(word("relations_differs_clause", ruleText(it.clause.rule), clauseText(it.clause))) }
    }
}

@Composable
private fun AgreementRow(
    agreement: Agreement,
    onClick: () -> Unit,
) {
    val formats = LocalFormats.current
    val day = formats.date(agreement.decidedMs ?: agreement.proposedMs)
    ListRow(
        termsTitle(agreement.terms, agreement.title),
        below = word("relations_agreement_row", statusText(agreement.status), day),
        icon = Icons.Words,
        onClick = onClick,
        end = { Icon(Icons.Forward, contentDescription = null) },
    )
}

/** Where a negotiation stands. The core's names are those of W3C DPV's `p7012`. */
@Composable
internal fun statusText(status: String): String =
    when (status) {
        "AgreementNegotiationPendingResponse" -> word("relations_status_pending")
        "AgreementNegotiationConfirmationRequired" -> word("relations_status_confirmation_required")
        "AgreementNegotiationCounterOfferMade" -> word("relations_status_counter")
        "AgreementAccepted" -> word("relations_status_accepted")
        "AgreementRefused" -> word("relations_status_refused")
        "AgreementNegotiationExpired" -> word("relations_status_expired")
        "AgreementNegotiationTerminated" -> word("relations_status_terminated")
        else -> word("common_unknown")
    }
