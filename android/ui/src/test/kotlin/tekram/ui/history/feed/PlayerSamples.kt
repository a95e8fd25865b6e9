// Samples of the built-in player's screens.
package tekram.ui.history.feed

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import tekram.ffi.ListenKind
import tekram.ffi.Playable
import tekram.ffi.PlayerMedia
import tekram.ffi.Station
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.Tab
import tekram.ui.history.rows
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample

private const val MINUTE = 60_000L

private val lighthouse =
    PlayerMedia("The lighthouse keeper’s radio", listOf("Mara Lind"), "Harbour Lights", "", "", 72 * MINUTE, ListenKind.PODCAST)
private val onAir = PlayerMedia("Low Tide", listOf("Vera Quill"), "Harbour Radio", "", "", null, ListenKind.RADIO)

internal val playingEpisode =
    PlayerState(
        playable = Playable(lighthouse, "https://harbour.example/1.mp3", "audio/mpeg", 0, false),
        episode = 1,
        profile = "home",
        on = true,
        positionMs = 64 * MINUTE,
        lengthMs = 72 * MINUTE,
        permille = 1250,
        media = lighthouse,
        sleepsAtMs = 1_791_225_000_000,
    )
internal val playingStation =
    PlayerState(
        playable = Playable(onAir, "https://radio.example/live", "", 0, true),
        profile = "home",
        on = true,
        media = onAir,
    )
internal val someStations =
    listOf(
        Station(1, "Harbour Radio", "https://radio.example/live", false, 0),
        Station(2, "Nachtwelle", "http://nacht.example/mp3", true, 0),
    )

private val noPlayer =
    object : PlayerActions {
        override fun toggle() = Unit

        override fun seek(toMs: Long) = Unit

        override fun skip(ms: Long) = Unit

        override fun speed(permille: Long) = Unit

        override fun sleep(minutes: Int?) = Unit

        override fun close() = Unit
    }

private val noStations =
    object : StationsActions {
        override fun add(
            name: String,
            address: String,
            onDone: () -> Unit,
        ) = Unit

        override fun remove(station: Long) = Unit

        override val play: (Long) -> Unit = { }
    }

private val playingShow =
    object : ShowActions {
        override fun near(index: Int) = Unit

        override fun open(episode: Long) = Unit

        override fun refresh() = Unit

        override fun unfollow() = Unit

        override val play: (Long) -> Unit = { }
    }

/** Screens of the built-in player. */
val playerSamples: List<Sample> =
    listOf(
        sample("history_feed_player", tab = Tab.History) {
            PlayerScreen(playingEpisode, chaptersHere.detail?.chapters?.chapters.orEmpty(), noPlayer) {}
        },
        sample("history_feed_player", "station", Tab.History) { PlayerScreen(playingStation, emptyList(), noPlayer) {} },
        sample("history_feed_player", "failed", Tab.History) {
            PlayerScreen(playingStation.copy(on = false, problem = Shown(90_996, "player_failed", "device")), emptyList(), noPlayer) {}
        },
        sample("history_feed_show", "playing", Tab.History) {
            Below { ShowScreen(ShowState(someFeeds[0]), rows(someEpisodes), playingShow, {}, {}) }
        },
        sample("history_feed_episode", "playing", Tab.History) {
            Below { EpisodeScreen(chaptersHere, {}, {}, {}, EpisodePlay(true, null, {}) {}) }
        },
        sample("history_feed_stations", tab = Tab.History) { StationsScreen(StationsState(Phase.Ready, someStations), noStations, null, {}, {}) },
        sample("history_feed_stations", "empty", Tab.History) {
            StationsScreen(StationsState(Phase.Empty, failure = Shown(1, "insecure_stream", "history")), noStations, null, {}, {})
        },
    )

@Composable
private fun Below(content: @Composable () -> Unit) =
    Column {
        Box(Modifier.weight(1f)) { content() }
        MiniBar(playingEpisode, {}, {})
    }
