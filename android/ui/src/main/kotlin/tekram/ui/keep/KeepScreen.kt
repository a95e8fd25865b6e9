// The first screen of what the person keeps: its kinds with how much there is of each, and what waits to be looked at.
package tekram.ui.keep

import androidx.compose.foundation.layout.Column
import androidx.compose.material3.Icon
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.testTag
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.word

/** `keep_home`: what is kept. [onOpen] is given the id of a screen. */
@Composable
fun KeepScreen(
    state: Kept<KeepCounts>,
    onOpen: (String) -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("keep_title"), onBack) {
    PhasePane(state.phase, phaseWords("keep"), onRetry = onRetry) {
        val counts = state.value ?: return@PhasePane
        ScrollingColumn {
            Text(word("keep_text"))
            if (counts.waiting > 0) {
                Section(null, Modifier.testTag("keep_waiting")) {
                    ListRow(word("keep_pen_title"), below = plural("keep_waiting", counts.waiting), icon = Icons.Tray, onClick = {
                        onOpen("keep_pen")
                    }, end = { Icon(Icons.Forward, contentDescription = null) })
                }
            }
            Column {
                Kind("keep_about_title", Icons.Person, counts.attributes) { onOpen("keep_about") }
                Kind("keep_proofs_title", Icons.Card, counts.proofs) { onOpen("keep_proofs") }
                Kind("keep_purchases_title", Icons.Receipt, counts.purchases) { onOpen("keep_purchases") }
                Kind("keep_memberships_title", Icons.Code, counts.memberships) { onOpen("keep_memberships") }
                Kind("keep_preferences_title", Icons.ThumbUp, counts.preferences) { onOpen("keep_preferences") }
                if (counts.waiting == 0L) Kind("keep_pen_title", Icons.Tray, null) { onOpen("keep_pen") }
            }
        }
    }
}

@Composable
private fun Kind(
    title: String,
    icon: ImageVector,
    count: Int?,
    onClick: () -> Unit,
) = ListRow(
    word(title),
    below = count?.let { plural("keep_entries", it.toLong()) },
    icon = icon,
    onClick = onClick,
    end = { Icon(Icons.Forward, contentDescription = null) },
)
