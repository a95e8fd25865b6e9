// Which screen a route of the podcasts shows, and where a tap leads.
package tekram.ui.history.feed

import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.Route
import tekram.ui.history.capture.ReadForm

/** Draws the screens whose id begins with `history_feed`. */
@Composable
fun FeedRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "history_feed_show" -> Show(route, room, onBack)
    "history_feed_episode" -> Episode(route, room, onBack)
    "history_feed_player" -> PlayerOfRoom(room, onBack)
    "history_feed_stations" -> StationsOfRoom(room, onBack)
    else -> Feeds(room, onBack)
}

@Composable
private fun Feeds(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { FeedsModel(room.session) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    val actions =
        object : FeedsActions {
            override fun open(feed: Long) = room.go.open(Route("history_feed_show", feed.toString()))

            override fun follow(
                address: String,
                onDone: () -> Unit,
            ) = model.follow(address, onDone)

            override fun refresh() = model.refresh()

            override fun stop() = model.stop()

            override fun import() = room.go.open(Route("history_import"))

            override fun export() = model.export(device)

            override fun stations() = room.go.open(Route("history_feed_stations"))
        }
    FeedsScreen(state, actions, model::reload, onBack)
}

@Composable
private fun Show(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "feed ${route.about}") { ShowModel(room.session, route.about.toLongOrNull() ?: 0) }
    val state by model.state.collectAsState()
    val episodes by model.episodes.rows.collectAsState()
    val playback = LocalPlayback.current
    val actions =
        object : ShowActions {
            override val play: ((Long) -> Unit)? = playback?.let { { episode -> it.play(episode, room.session.persona) } }

            override fun near(index: Int) = model.episodes.need(index)

            override fun open(episode: Long) = room.go.open(Route("history_feed_episode", episode.toString()))

            override fun refresh() = model.refresh()

            override fun unfollow() = model.unfollow { onBack?.invoke() }
        }
    ShowScreen(state.copy(failure = state.failure ?: playing(playback, room).problem), episodes, actions, model::reload, onBack)
}

@Composable
private fun Episode(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "episode ${route.about}") { EpisodeModel(room.session, route.about.toLongOrNull() ?: 0) }
    val state by model.state.collectAsState()
    val playback = LocalPlayback.current
    val now = playing(playback, room)
    val number = state.detail?.episode?.episode
    val play =
        if (playback == null ||
            number == null
        ) {
            null
        } else {
            EpisodePlay(now.episode == number && now.on, now.problem, playback::pause) { playback.play(number, room.session.persona, it) }
        }
    EpisodeScreen(state, model::fetchChapters, model::reload, onBack, play) { detail ->
        room.go.open(ReadForm(detail.episode.pageUrl, detail.episode.title, detail.show, feed = detail.episode.feed).route())
    }
}
