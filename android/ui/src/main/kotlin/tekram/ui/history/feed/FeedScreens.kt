// The podcasts that are followed, one of them with its episodes, and an episode: what it is about, its chapters, and what was
// heard of it.
package tekram.ui.history.feed

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import tekram.ffi.Episode
import tekram.ffi.EpisodeDetail
import tekram.ffi.Feed
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.Phase
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.Rows
import tekram.ui.common.RowsList
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.Shown
import tekram.ui.common.TextLine
import tekram.ui.common.WorkBar
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.touchable
import tekram.ui.common.word

/** What the list of podcasts leads to. */
interface FeedsActions {
    /** Opens a podcast. */
    fun open(feed: Long)

    /** Follows the podcast at an address; [onDone] hears that it was taken. */
    fun follow(
        address: String,
        onDone: () -> Unit,
    )

    /** Asks the podcasts for what is new. */
    fun refresh()

    /** Ends asking. */
    fun stop()

    /** Opens the imports, for a list of podcasts from another app. */
    fun import()

    /** Writes the list as a file for another app. */
    fun export()

    /** Opens the radio stations. */
    fun stations()
}

/** `history_feed`: the podcasts that are followed. */
@Composable
fun FeedsScreen(
    state: FeedsState,
    actions: FeedsActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(
    word("history_feed_title"),
    onBack,
    actions = { IconAction(Icons.Refresh, word("history_feed_refresh_a11y"), enabled = !state.busy, onClick = actions::refresh) },
) {
    Column {
        if (state.phase != Phase.Ready) FeedsHead(state, actions)
        PhasePane(state.phase, phaseWords("history_feed"), onRetry = onRetry) {
            LazyColumn {
                item { FeedsHead(state, actions) }
                items(state.feeds, { it.feed }) { FeedRow(it) { actions.open(it.feed) } }
            }
        }
    }
}

@Composable
private fun FeedsHead(
    state: FeedsState,
    actions: FeedsActions,
) = Column(Modifier.padding(horizontal = screenPadding), verticalArrangement = Arrangement.spacedBy(8.dp)) {
    Follow(actions)
    if (state.feeds.isNotEmpty()) {
        QuietButton(word("history_player_export"), actions::export, icon = Icons.Export)
        Text(word("history_player_export_text"), style = MaterialTheme.typography.bodySmall)
        state.exported?.let { Text(plural("history_player_exported", it), style = MaterialTheme.typography.bodyMedium) }
    }
    QuietButton(word("history_player_stations"), actions::stations, icon = Icons.Radio)
    if (state.busy) {
        val text = if (state.asked == 0) word("history_feed_asking") else plural("history_feed_asked", state.asked.toLong())
        WorkBar(text, progress = null, onStop = actions::stop)
    }
    state.failure?.let { ErrorLine(errorText(it)) }
}

@Composable
private fun Follow(actions: FeedsActions) {
    var address by rememberSaveable { mutableStateOf("") }
    val follow = { actions.follow(address) { address = "" } }
    TextLine(address, { address = it }, word("history_feed_address"), keyboard = KeyboardType.Uri, onDone = { if (address.isNotBlank()) follow() })
    MainButton(word("history_feed_follow"), follow, enabled = address.isNotBlank())
    QuietButton(word("history_feed_opml"), actions::import, icon = Icons.Import)
}

@Composable
private fun FeedRow(
    feed: Feed,
    onClick: () -> Unit,
) {
    val below =
        trouble(feed) ?: when {
            feed.newEpisodes > 0uL -> plural("history_feed_new", feed.newEpisodes.toLong())
            else -> feed.newestTitle.ifEmpty { word("history_feed_not_asked") }
        }
    ListRow(feed.title.ifEmpty { feed.address }, below = below, icon = Icons.Podcast, onClick = onClick)
}

/** Why a podcast says nothing new, if it does not. */
@Composable
private fun trouble(feed: Feed): String? =
    when {
        feed.gone -> word("history_feed_gone")
        feed.problem.isNotEmpty() -> word("history_feed_problem")
        else -> null
    }

/** What one podcast leads to. */
interface ShowActions {
    /** Row [index] of the episodes is on the screen. */
    fun near(index: Int)

    /** Opens an episode. */
    fun open(episode: Long)

    /** Asks the podcast for what is new. */
    fun refresh()

    /** Lets the podcast go. */
    fun unfollow()

    /** Plays an episode; null where this device has no player. */
    val play: ((Long) -> Unit)? get() = null
}

/** `history_feed_show`: a podcast with its episodes, newest first. */
@Composable
fun ShowScreen(
    state: ShowState,
    episodes: Rows<Episode>,
    actions: ShowActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(
    state.feed?.let { it.title.ifEmpty { it.address } } ?: word("history_feed_title"),
    onBack,
    actions = { IconAction(Icons.Refresh, word("history_feed_refresh_a11y"), enabled = !state.busy, onClick = actions::refresh) },
) {
    Column {
        if (episodes.phase != Phase.Ready) ShowHead(state, actions)
        PhasePane(episodes.phase, phaseWords("history_feed_episodes"), onRetry = onRetry) {
            RowsList(episodes, actions::near, before = { item { ShowHead(state, actions) } }) {
                ListRow(it.title, below = below(it), onClick = { actions.open(it.episode) }) {
                    val play = actions.play.takeIf { _ -> it.enclosureUrl.isNotEmpty() }
                    play?.let { play -> IconAction(Icons.Play, word("history_player_play_a11y", it.title)) { play(it.episode) } }
                }
            }
        }
    }
}

@Composable
private fun ShowHead(
    state: ShowState,
    actions: ShowActions,
) = Column(Modifier.padding(horizontal = screenPadding), verticalArrangement = Arrangement.spacedBy(8.dp)) {
    state.feed?.let { feed ->
        Text(feed.address, style = MaterialTheme.typography.bodySmall)
        trouble(feed)?.let { Text(it, style = MaterialTheme.typography.bodyMedium) }
        Unfollow(actions::unfollow)
    }
    if (state.busy) WorkBar(word("history_feed_asking"), progress = null, onStop = null)
    state.failure?.let { ErrorLine(errorText(it)) }
}

@Composable
private fun Unfollow(onUnfollow: () -> Unit) {
    var asking by rememberSaveable { mutableStateOf(false) }
    QuietButton(word("history_feed_unfollow"), { asking = true }, icon = Icons.Remove)
    if (asking) {
        AlertDialog(
            onDismissRequest = { asking = false },
            text = { Text(word("history_feed_unfollow_sure")) },
            confirmButton = {
                TextButton({
                    asking = false
                    onUnfollow()
                }, Modifier.touchable()) { Text(word("history_feed_unfollow")) }
            },
            dismissButton = { TextButton({ asking = false }, Modifier.touchable()) { Text(word("common_cancel")) } },
        )
    }
}

@Composable
private fun below(episode: Episode): String {
    val formats = LocalFormats.current
    val heard = episode.heard
    return when {
        heard.whole -> word("history_feed_heard")
        heard.listens > 0uL -> word("history_feed_heard_of", formats.duration(heard.heardMs))
        else -> listOfNotNull(episode.publishedMs?.let(formats::date), episode.durationMs?.let(formats::duration)).joinToString(" · ")
    }
}

/** How it stands with playing an episode: whether it is [on], and why it is not to be played. [play] begins at a place, or where it was left. */
class EpisodePlay(
    val on: Boolean,
    val problem: Shown?,
    val pause: () -> Unit,
    val play: (atMs: Long?) -> Unit,
)

/** `history_feed_episode`: one episode; without [play] where this device has no player. */
@Composable
fun EpisodeScreen(
    state: EpisodeState,
    onFetchChapters: () -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
    play: EpisodePlay? = null,
    onRead: (EpisodeDetail) -> Unit = {},
) = ScreenFrame(word("history_feed_episode"), onBack) {
    PhasePane(state.phase, phaseWords("history_feed"), onRetry = onRetry) {
        val detail = state.detail ?: return@PhasePane
        ScrollingColumn {
            Section(detail.episode.title) {
                Text(detail.show, style = MaterialTheme.typography.bodyLarge)
                Text(below(detail.episode), style = MaterialTheme.typography.bodyMedium)
            }
            play?.takeUnless { detail.episode.isArticle }?.let { PlayButton(detail.episode, it) }
            state.failure?.let { ErrorLine(errorText(it)) }
            if (detail.episode.isArticle) MainButton(word("history_page_title"), { onRead(detail) }, icon = Icons.Page)
            if (state.canFetch) OtherButton(word("history_feed_chapters_fetch"), onFetchChapters, busy = state.fetching)
            val chapters = detail.chapters.chapters.filter { it.inContents && it.title.isNotEmpty() }
            if (chapters.isNotEmpty()) {
                Section(word("history_feed_chapters")) {
                    chapters.forEach { chapter ->
                        val text = "${place(chapter.startMs)}  ${chapter.title}"
                        val onPlay = play?.takeIf { detail.episode.enclosureUrl.isNotEmpty() }?.play
                        if (onPlay == null) Text(text, style = MaterialTheme.typography.bodyMedium) else ListRow(text, onClick = { onPlay(chapter.startMs) })
                    }
                }
            }
            if (detail.notes.isNotEmpty()) {
                Section(word("history_feed_notes")) { Text(detail.notes, style = MaterialTheme.typography.bodyMedium) }
            }
        }
    }
}

@Composable
private fun PlayButton(
    episode: Episode,
    play: EpisodePlay,
) {
    when {
        episode.enclosureUrl.isEmpty() -> {
            Text(errorText(Shown(0, "nothing_to_play", "history")), style = MaterialTheme.typography.bodyMedium)
        }

        play.on -> {
            MainButton(word("history_player_pause"), play.pause, icon = Icons.Pause)
        }

        else -> {
            val text = word(if (episode.heard.resumeMs > 0) "history_player_resume" else "history_player_play")
            MainButton(text, { play.play(null) }, icon = Icons.Play)
        }
    }
    play.problem?.let { ErrorLine(errorText(it)) }
}

/** An item without anything to play, but with a page: something to read. */
internal val Episode.isArticle: Boolean get() = enclosureUrl.isEmpty() && pageUrl.isNotEmpty()

/** A place in a medium, as players write it: 1:02:03. */
internal fun place(ms: Long): String {
    val seconds = ms / MS_OF_SECOND
    val (hours, minutes) = seconds / SECONDS_OF_HOUR to seconds / SECONDS_OF_MINUTE % SECONDS_OF_MINUTE
    val rest = (seconds % SECONDS_OF_MINUTE).toString().padStart(2, '0')
    return if (hours > 0) "$hours:${minutes.toString().padStart(2, '0')}:$rest" else "$minutes:$rest"
}

private const val MS_OF_SECOND = 1000L
private const val SECONDS_OF_MINUTE = 60L
private const val SECONDS_OF_HOUR = 3600L
