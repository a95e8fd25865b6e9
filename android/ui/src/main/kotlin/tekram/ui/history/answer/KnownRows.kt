// Rows of what was heard, as ranks and as what is known of each; a tap opens its page.
package tekram.ui.history.answer

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import tekram.ffi.Amount
import tekram.ffi.Known
import tekram.ffi.Ranked
import tekram.ffi.What
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.plural
import tekram.ui.common.word

/** How much in words: the time, or where there is none how often. */
@Composable
internal fun amountText(amount: Amount): String =
    if (amount.playedMs > 0) LocalFormats.current.duration(amount.playedMs) else plural("history_plays", amount.plays.toLong())

/** The pictogram of what an answer is about. */
internal val What.icon: ImageVector
    get() =
        when (this) {
            What.WORK -> Icons.Music
            What.CREATOR -> Icons.Person
            What.SHOW -> Icons.Podcast
            What.PUBLISHER -> Icons.Page
            What.SOURCE -> Icons.Phone
        }

/** Key of the word for several of them. */
internal val What.wordKey: String
    get() =
        when (this) {
            What.WORK -> "history_answer_works"
            What.CREATOR -> "history_answer_creators"
            What.SHOW -> "history_answer_shows"
            What.PUBLISHER -> "history_answer_publishers"
            What.SOURCE -> "history_answer_sources"
        }

/** Key of the word for one of them. */
internal val What.oneKey: String
    get() =
        when (this) {
            What.WORK -> "history_answer_work"
            What.CREATOR -> "history_answer_creator"
            What.SHOW -> "history_answer_show"
            What.PUBLISHER -> "history_answer_publisher"
            What.SOURCE -> "history_answer_source"
        }

/** A rank: its number or [color], name, maker, how much, and its share at the end. */
@Composable
internal fun RankRow(
    ranked: Ranked,
    name: String = ranked.name,
    color: Color? = null,
    onClick: () -> Unit,
) {
    val formats = LocalFormats.current
    ListRow(
        name.ifBlank { word("history_untitled") },
        below = listOf(ranked.maker, amountText(ranked.amount)).filter { it.isNotBlank() }.joinToString(" · "),
        onClick = onClick,
        mark = {
            if (color == null) {
                Text(
                    formats.number(ranked.rank.toLong()),
                    Modifier.widthIn(min = 24.dp),
                    style = MaterialTheme.typography.titleMedium,
                    color = MaterialTheme.colorScheme.primary,
                    textAlign = TextAlign.Center,
                )
            } else {
                Box(Modifier.size(12.dp).clip(CircleShape).background(color))
            }
        },
        end = { Text(formats.percent(ranked.sharePermille.toLong()), style = MaterialTheme.typography.bodyMedium) },
    )
}

/** What is known of something: its name, maker, how much, and when it was heard last. */
@Composable
internal fun KnownRow(
    known: Known,
    below: String = word("history_answer_last", LocalFormats.current.date(known.lastMs)),
    onClick: () -> Unit,
) = ListRow(
    known.name.ifBlank { word("history_untitled") },
    below = listOf(known.maker, amountText(known.amount), below).filter { it.isNotBlank() }.joinToString(" · "),
    icon = known.what.icon,
    onClick = onClick,
)
