// What History can do besides showing itself, as a plain list in three parts: what is logged, what comes in and goes out, and
// what can be put right. A new screen of History that has no better place gets a row here.
package tekram.ui.history

import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.Route
import tekram.ui.common.ScreenFrame
import tekram.ui.common.screenPadding
import tekram.ui.common.word

/** A row of More: its words, what they mean in a few more, and the screen that it opens. */
internal class MoreRow(
    val wordKey: String,
    val belowKey: String,
    val icon: ImageVector,
    val route: String,
)

/** A part of More. */
internal class MorePart(
    val wordKey: String,
    val rows: List<MoreRow>,
)

internal val moreParts: List<MorePart> by lazy {
    listOf(
        MorePart(
            "history_more_logged",
            listOf(
                MoreRow("history_capture_title", "history_more_capture", Icons.Music, "history_capture"),
                MoreRow("history_quiet_title", "history_quiet_below", Icons.Hide, "history_capture_quiet"),
                MoreRow("history_counting_title", "history_counting_below", Icons.Check, "history_capture_counting"),
                MoreRow("history_apps_title", "history_apps_below", Icons.Network, "history_capture_apps"),
                MoreRow("history_page_title", "history_page_below", Icons.Page, "history_capture_read"),
                MoreRow("history_record_title", "history_record_below", Icons.Code, "history_capture_record"),
            ),
        ),
        MorePart(
            "history_more_in_out",
            listOf(
                MoreRow("history_feed_title", "history_feed_more", Icons.Podcast, "history_feed"),
                MoreRow("history_player_stations", "history_player_stations_more", Icons.Radio, "history_feed_stations"),
                MoreRow("history_import_title", "history_more_import", Icons.Import, "history_import"),
                MoreRow("history_accounts_title", "history_more_accounts", Icons.Network, "history_accounts"),
                MoreRow("history_export_title", "history_more_export", Icons.Export, "history_export"),
                MoreRow("history_submission_title", "history_more_submission", Icons.Link, "history_share_submission"),
                MoreRow("history_share_title", "history_more_share", Icons.Share, "history_share"),
            ),
        ),
        MorePart(
            "history_more_right",
            listOf(
                MoreRow("history_edit_changes", "history_edit_changes_below", Icons.Back, "history_edit_changes"),
                MoreRow("history_edit_hidden", "history_edit_hidden_below", Icons.Hide, "history_edit_hidden"),
            ),
        ),
    )
}

/** `history_more`: everything that History does besides. */
@Composable
internal fun MoreScreen(
    onOpen: (Route) -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_more_title"), onBack) {
    LazyColumn {
        for (part in moreParts) {
            item {
                Text(
                    word(part.wordKey),
                    Modifier.padding(start = screenPadding, end = screenPadding, top = 20.dp, bottom = 4.dp).semantics { heading() },
                    style = MaterialTheme.typography.titleSmall,
                    color = MaterialTheme.colorScheme.primary,
                )
            }
            items(part.rows, { it.route }) { row ->
                ListRow(word(row.wordKey), below = word(row.belowKey), icon = row.icon, onClick = { onOpen(Route(row.route)) }) {
                    Icon(Icons.Forward, contentDescription = null, tint = MaterialTheme.colorScheme.onSurfaceVariant)
                }
            }
        }
    }
}
