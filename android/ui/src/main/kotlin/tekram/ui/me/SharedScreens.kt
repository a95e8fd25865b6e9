// What left this profile: each request, acceptance and payment, to whom, when, under which terms, and exactly what the other
// side can read of it.
package tekram.ui.me

import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.text.style.TextDirection
import tekram.ffi.SharedItem
import tekram.ffi.SharedKind
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalMono
import tekram.ui.common.OtherButton
import tekram.ui.common.Phase
import tekram.ui.common.PhasePane
import tekram.ui.common.Rows
import tekram.ui.common.RowsList
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.money
import tekram.ui.common.phaseWords
import tekram.ui.common.screenPadding
import tekram.ui.common.word
import tekram.ui.relations.termsTitle

/** `me_shared`: everything that left, newest first. */
@Composable
fun SharedScreen(
    items: Rows<SharedItem>,
    onNear: (Int) -> Unit,
    onOpen: (SharedItem) -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_shared_title"), onBack) {
    val words = phaseWords("me").copy(emptyTitle = word("me_shared_title"), emptyText = word("me_shared_empty"))
    PhasePane(items.phase, words, onRetry = onRetry) {
        RowsList(items, onNear, before = { item { Text(word("me_shared_text"), Modifier.padding(screenPadding)) } }) { item ->
            SharedRow(item) { onOpen(item) }
            HorizontalDivider()
        }
    }
}

@Composable
private fun SharedRow(
    item: SharedItem,
    onClick: () -> Unit,
) {
    val formats = LocalFormats.current
    val lines =
        listOfNotNull(
            item.what.takeIf { it.isNotEmpty() },
            item.amount?.let { formats.money(it) },
            word("me_shared_to", item.to.joinToString()).takeIf { item.to.isNotEmpty() },
            item.terms?.let { word("me_shared_under", termsTitle(it, word("common_unknown"))) },
            formats.dateAndTime(item.atMs),
        )
    ListRow(kindText(item.kind), below = lines.joinToString("\n"), icon = item.kind.icon, onClick = onClick, end = {
        Icon(Icons.Forward, contentDescription = null)
    })
}

@Composable
private fun kindText(kind: SharedKind): String =
    when (kind) {
        SharedKind.REQUEST -> word("me_shared_request")
        SharedKind.ACCEPTANCE -> word("me_shared_acceptance")
        SharedKind.PAYMENT -> word("me_shared_payment")
        SharedKind.HAND_OFF -> word("me_shared_hand_off")
    }

private val SharedKind.icon: ImageVector
    get() =
        when (this) {
            SharedKind.REQUEST -> Icons.Want
            SharedKind.ACCEPTANCE -> Icons.Check
            SharedKind.PAYMENT -> Icons.Pay
            SharedKind.HAND_OFF -> Icons.Link
        }

/** `me_shared_item`: one thing that left, in full. */
@Composable
fun SharedItemScreen(
    phase: Phase,
    item: SharedItem?,
    onParty: (String) -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_shared_title"), onBack) {
    val words = phaseWords("me").copy(emptyTitle = word("me_shared_title"), emptyText = word("me_shared_gone"))
    PhasePane(if (item == null && phase == Phase.Ready) Phase.Empty else phase, words) {
        item?.let { SharedDetail(it, onParty) }
    }
}

@Composable
private fun SharedDetail(
    item: SharedItem,
    onParty: (String) -> Unit,
) = ScrollingColumn {
    val formats = LocalFormats.current
    Text(kindText(item.kind), style = MaterialTheme.typography.titleLarge)
    Section(null) {
        if (item.what.isNotEmpty()) Text(item.what)
        item.amount?.let { Text(formats.money(it)) }
        Text(formats.dateAndTime(item.atMs))
        item.to.forEach { Text(word("me_shared_to", it)) }
        Text(word(if (item.confirmed) "me_shared_confirmed" else "me_shared_unconfirmed"))
        val terms = item.terms
        Text(if (terms == null) word("me_shared_no_terms") else word("me_shared_under", termsTitle(terms, word("common_unknown"))))
    }
    Section(word("me_shared_open_record")) {
        Text(word(if (item.content == null) "me_shared_sealed" else "me_shared_public"))
        item.content?.let { Exactly(it) }
        Text(word("relations_record_id"), style = MaterialTheme.typography.titleSmall)
        Exactly(item.record)
    }
    item.party?.let { party -> OtherButton(word("history_relation_open"), { onParty(party) }, icon = Icons.Relations) }
}

@Composable
private fun Exactly(text: String) =
    SelectionContainer {
        Text(text, style = MaterialTheme.typography.bodySmall.copy(fontFamily = LocalMono.current, textDirection = TextDirection.Ltr))
    }
