// One listen as a row, and the two lists of them: a day, and what a search finds.
package tekram.ui.history

import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.rememberScrollState
import androidx.compose.material3.FilterChip
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.Known
import tekram.ffi.Listen
import tekram.ffi.ListenKind
import tekram.ffi.Thumb
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.Phase
import tekram.ui.common.PhasePane
import tekram.ui.common.Rows
import tekram.ui.common.RowsList
import tekram.ui.common.ScreenFrame
import tekram.ui.common.phaseWords
import tekram.ui.common.screenPadding
import tekram.ui.common.touchable
import tekram.ui.common.word
import tekram.ui.history.answer.KnownRow
import tekram.ui.history.answer.wordKey

/** A listen in a list: what, who made it, how much of it, and its rating. */
@Composable
fun ListenRow(
    listen: Listen,
    withDate: Boolean = false,
    onClick: (() -> Unit)? = null,
) {
    val formats = LocalFormats.current
    val moment = if (withDate) formats.dateAndTime(listen.startMs) else formats.time(listen.startMs)
    val by = listen.creators.joinToString(", ").ifEmpty { listen.show }
    ListRow(
        listen.title.ifBlank { word("history_untitled") },
        below =
            listOf(by, moment, playedText(listen), if (listen.counts) "" else word("history_answer_too_short")).filter {
                it.isNotBlank()
            }.joinToString(" · "),
        icon = listen.kind.icon,
        onClick = onClick,
        end = { listen.thumb?.let { Icon(it.icon, word(it.wordKey), tint = MaterialTheme.colorScheme.primary) } },
    )
}

/** How much of a listen was played, in words. */
@Composable
fun playedText(listen: Listen): String {
    val formats = LocalFormats.current
    val played = listen.playedMs ?: return word("history_played_unknown")
    val media = listen.mediaMs
    return when {
        listen.skipped -> word("history_skipped")
        listen.estimated -> word("history_played_estimate", formats.duration(played))
        media != null && media > played -> word("history_played_of", formats.duration(played), formats.duration(media))
        else -> word("history_played", formats.duration(played))
    }
}

/** The pictogram of a kind. */
val ListenKind.icon: ImageVector
    get() =
        when (this) {
            ListenKind.MUSIC -> Icons.Music
            ListenKind.PODCAST -> Icons.Podcast
            ListenKind.RADIO -> Icons.Radio
            ListenKind.AUDIOBOOK -> Icons.Book
            ListenKind.VIDEO -> Icons.Video
            ListenKind.PAGE -> Icons.Page
            ListenKind.ADVERT -> Icons.Advert
        }

/** The word of a kind. */
val ListenKind.wordKey: String
    get() =
        when (this) {
            ListenKind.MUSIC -> "history_kind_music"
            ListenKind.PODCAST -> "history_kind_podcast"
            ListenKind.RADIO -> "history_kind_radio"
            ListenKind.AUDIOBOOK -> "history_kind_audiobook"
            ListenKind.VIDEO -> "history_kind_video"
            ListenKind.PAGE -> "history_kind_page"
            ListenKind.ADVERT -> "history_kind_advert"
        }

/** The pictogram of a rating. */
val Thumb.icon: ImageVector get() = if (this == Thumb.UP) Icons.ThumbUp else Icons.ThumbDown

/** The word of a rating. */
val Thumb.wordKey: String get() = if (this == Thumb.UP) "history_thumb_up" else "history_thumb_down"

/** Key of what tapping it does, for a screen reader. */
val Thumb.askKey: String get() = if (this == Thumb.UP) "history_thumb_up_a11y" else "history_thumb_down_a11y"

/** `history_day`: what was heard on one day. */
@Composable
fun DayScreen(
    date: String,
    listens: Rows<Listen>,
    onNear: (Int) -> Unit,
    onRetry: () -> Unit,
    onListen: (Listen) -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_day_title", LocalFormats.current.isoDay(date)), onBack) {
    val words = phaseWords("history").copy(emptyTitle = word("history_day_empty"), emptyText = null)
    PhasePane(listens.phase, words, onRetry = onRetry) {
        RowsList(listens, onNear) { listen ->
            ListenRow(listen) { onListen(listen) }
            HorizontalDivider()
        }
    }
}

/** What the search leads to. */
interface SearchActions {
    /** Searches for this. */
    fun text(text: String)

    /** Shows only this kind; null shows every kind. */
    fun kind(kind: ListenKind?)

    /** Shows only this source; null shows every source. */
    fun source(source: String?)

    /** Opens a listen. */
    fun listen(listen: Listen)

    /** Opens the page of a work, creator, show or publisher. */
    fun known(known: Known)
}

/** `history_search`: what is found as one types. */
@Composable
fun SearchScreen(
    state: HistoryState,
    found: Rows<Listen>,
    onNear: (Int) -> Unit,
    onRetry: () -> Unit,
    actions: SearchActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_search_a11y"), onBack) {
    Column {
        OutlinedTextField(
            state.text,
            actions::text,
            Modifier.fillMaxWidth().padding(horizontal = screenPadding).testTag("history_search"),
            label = { Text(word("history_search_hint")) },
            singleLine = true,
            trailingIcon = {
                if (state.text.isNotEmpty()) IconAction(Icons.Close, word("history_search_clear_a11y")) { actions.text("") }
            },
        )
        Row(
            Modifier.fillMaxWidth().horizontalScroll(rememberScrollState()).padding(horizontal = screenPadding, vertical = 4.dp),
            horizontalArrangement = Arrangement.spacedBy(8.dp),
        ) {
            ListenKind.entries.forEach { kind ->
                val on = state.kind == kind
                Chip(word(kind.wordKey), on) { actions.kind(kind.takeIf { !on }) }
            }
            state.sources.forEach { source ->
                val on = state.source == source
                Chip(sourceName(source), on) { actions.source(source.takeIf { !on }) }
            }
        }
        val none = word("history_search_none", state.text)
        val words = phaseWords("history")
        val shown = if (found.phase == Phase.Empty && state.text.isNotEmpty()) words.copy(emptyTitle = none, emptyText = null) else words
        // Notes and tags are found with the works, so there can be something although no listen is found by its texts.
        val groups = state.groups
        PhasePane(if (groups.isEmpty() || found.phase != Phase.Empty) found.phase else Phase.Ready, shown, onRetry = onRetry) {
            RowsList(found, onNear, before = {
                groups.forEach { (what, hits) ->
                    item(what) { Heading(word(what.wordKey)) }
                    items(hits, { it.known.id }) { hit -> KnownRow(hit.known) { actions.known(hit.known) } }
                }
                if (groups.isNotEmpty() && found.count > 0) item { Heading(word("history_answer_listens")) }
            }) { listen ->
                ListenRow(listen, withDate = true) { actions.listen(listen) }
                HorizontalDivider()
            }
        }
    }
}

@Composable
private fun Heading(text: String) =
    Text(
        text,
        Modifier.padding(start = screenPadding, end = screenPadding, top = 12.dp).semantics { heading() },
        style = MaterialTheme.typography.titleSmall,
        color = MaterialTheme.colorScheme.primary,
    )

@Composable
private fun Chip(
    text: String,
    on: Boolean,
    onClick: () -> Unit,
) = FilterChip(on, onClick, { Text(text) }, Modifier.touchable())
