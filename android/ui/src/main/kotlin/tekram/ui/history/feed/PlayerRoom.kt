// Where the built-in player meets the screens: its own screen, the small one at the bottom of History, and the stations.
package tekram.ui.history.feed

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.lifecycle.viewmodel.compose.viewModel
import kotlinx.coroutines.delay
import tekram.ffi.Chapter
import tekram.ui.Room
import tekram.ui.common.Place
import tekram.ui.common.Route
import tekram.ui.common.Tab
import tekram.ui.common.attempt
import kotlin.time.Duration.Companion.milliseconds

/** The screen that shows what plays. */
internal val playerRoute = Route("history_feed_player")

private val lookEvery = 500.milliseconds

/** What plays for the profile of [room], or a state without anything. */
@Composable
internal fun playing(
    playback: PlayerModel?,
    room: Room,
): PlayerState {
    val state = playback?.state?.collectAsState()?.value ?: return PlayerState()
    val own = remember(room) { room.session.persona.id() }
    // Another profile must not see what this one plays; that something was not to be played has no profile.
    return if (state.profile == null || state.profile == own) state else PlayerState()
}

/** The small player at the bottom of History, while something is in hand. */
@Composable
internal fun MiniPlayer(
    place: Place,
    room: Room,
) {
    val playback = LocalPlayback.current ?: return
    val state = playing(playback, room)
    if (place.tab == Tab.History && place.top != playerRoute) MiniBar(state, { room.go.open(playerRoute) }, playback::toggle)
}

@Composable
internal fun PlayerOfRoom(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val playback = LocalPlayback.current
    val state = playing(playback, room)
    var chapters by remember(state.episode) { mutableStateOf(emptyList<Chapter>()) }
    LaunchedEffect(state.episode) {
        val episode = state.episode ?: return@LaunchedEffect
        chapters = attempt { room.session.persona.episode(episode) }.getOrNull()?.chapters?.chapters.orEmpty()
    }
    LaunchedEffect(playback) {
        while (playback != null) {
            playback.look()
            delay(lookEvery)
        }
    }
    val actions =
        object : PlayerActions {
            override fun toggle() = playback?.toggle() ?: Unit

            override fun seek(toMs: Long) = playback?.seek(toMs) ?: Unit

            override fun skip(ms: Long) = playback?.skip(ms) ?: Unit

            override fun speed(permille: Long) = playback?.speed(permille) ?: Unit

            override fun sleep(minutes: Int?) = playback?.sleep(minutes) ?: Unit

            override fun close() {
                playback?.close()
                onBack?.invoke()
            }
        }
    PlayerScreen(state, chapters, actions, onBack)
}

@Composable
internal fun StationsOfRoom(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { StationsModel(room.session) }
    val state by model.state.collectAsState()
    val playback = LocalPlayback.current
    val actions =
        object : StationsActions {
            override fun add(
                name: String,
                address: String,
                onDone: () -> Unit,
            ) = model.add(name, address, onDone)

            override fun remove(station: Long) = model.remove(station)

            override val play: ((Long) -> Unit)? = playback?.let { { station -> it.playStation(station, room.session.persona) } }
        }
    StationsScreen(state, actions, playing(playback, room).problem, model::reload, onBack)
}
