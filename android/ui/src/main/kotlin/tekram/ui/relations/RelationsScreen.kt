// Everybody that this profile has to do with: the r-button, the name, and the same in words.
package tekram.ui.relations

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.Relation
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.word

/** `relations_list`: the relations, the newest first. [onCard] reads a store's card, where the device can. */
@Composable
fun RelationsScreen(
    state: RelationsState,
    onOpen: (Relation) -> Unit,
    onRetry: () -> Unit,
    onCard: (() -> Unit)? = null,
) = ScreenFrame(
    word("relations_title"),
    onBack = null,
    actions = { onCard?.let { IconAction(Icons.Card, word("want_store_card"), onClick = it) } },
) {
    PhasePane(state.phase, phaseWords("relations"), onRetry = onRetry) {
        LazyColumn(Modifier.fillMaxSize()) {
            items(state.relations, key = { it.party }) { relation ->
                RelationRow(relation) { onOpen(relation) }
                HorizontalDivider()
            }
        }
    }
}

@Composable
private fun RelationRow(
    relation: Relation,
    onClick: () -> Unit,
) {
    val name = relation.name ?: word("relations_unnamed")
    val spoken = word("relations_status_a11y", name, stateText(relation.mine), stateText(relation.theirs))
    Surface(
        onClick,
        Modifier.fillMaxWidth().semantics(mergeDescendants = true) { contentDescription = spoken },
        color = MaterialTheme.colorScheme.surface,
    ) {
        Row(
            Modifier.heightIn(min = 72.dp).padding(horizontal = screenPadding, vertical = 12.dp),
            horizontalArrangement = Arrangement.spacedBy(screenPadding),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            RButton(relation.mine, relation.theirs)
            Column(Modifier.weight(1f)) {
                Text(name, style = MaterialTheme.typography.bodyLarge)
                Quiet(word("relations_side", word("relations_mine"), stateText(relation.mine)))
                Quiet(word("relations_side", word("relations_theirs"), stateText(relation.theirs)))
                if (relation.agreements > 0u) Quiet(plural("relations_agreements", relation.agreements.toLong()))
            }
            Icon(Icons.Forward, contentDescription = null)
        }
    }
}

@Composable
internal fun Quiet(text: String) = Text(text, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
