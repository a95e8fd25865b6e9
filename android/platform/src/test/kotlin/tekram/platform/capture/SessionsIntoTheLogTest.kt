package tekram.platform.capture

import android.media.MediaMetadata
import android.media.session.MediaController
import android.media.session.MediaSession
import android.media.session.PlaybackState
import android.os.Handler
import android.os.Looper
import android.os.SystemClock
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import org.junit.After
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import tekram.ffi.Agent
import tekram.ffi.AgentSettings
import tekram.ffi.HistoryQuery
import tekram.ffi.Listen
import tekram.ffi.Persona
import tekram.platform.Phone
import tekram.platform.core.CoreEars
import tekram.platform.diagnose.DiagnosticLog
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import kotlin.test.assertEquals

/** What media sessions say, recorded or live, through watcher, sealed inbox and the real core, as listens of the log. */
class SessionsIntoTheLogTest : Phone() {
    private val folder = Files.createTempDirectory("sessions").toFile()
    private val agent = Agent.open(AgentSettings(folder.resolve("vaults").path, emptyList(), null, emptyList(), "Europe/Berlin"), null, null, null)
    private val persona: Persona = runBlocking { agent.createPersona("Home", "four words in a row") }
    private val allowed by lazy { AllowedPlayers(context) }
    private val startedAt = SystemClock.elapsedRealtime()

    // The shadow's clock counts from the start of the test; the world's begins where the recordings do.
    private val clocks =
        object : Clocks {
            override val wallMs get() = BEGIN_MS + monotonicMs - startedAt
            override val offsetMinutes = 120L
            override val monotonicMs get() = SystemClock.elapsedRealtime()
        }

    private inner class Player(
        val name: String,
    ) {
        val controller = MediaController(context, MediaSession(context, name).sessionToken).also { shadowOf(it).setPackageName(name) }
        private var state = PlaybackState.STATE_PAUSED
        private var positionMs = PlaybackState.PLAYBACK_POSITION_UNKNOWN
        private var speed = 1f

        fun says(
            title: String,
            creator: String = "",
            show: String = "",
            lengthMs: Long = 0,
        ) {
            val metadata =
                MediaMetadata
                    .Builder()
                    .putString(MediaMetadata.METADATA_KEY_TITLE, title)
                    .putString(MediaMetadata.METADATA_KEY_ARTIST, creator)
                    .putString(MediaMetadata.METADATA_KEY_ALBUM, show)
                    .putLong(MediaMetadata.METADATA_KEY_DURATION, lengthMs)
                    .build()
            shadowOf(controller).setMetadata(metadata)
            shadowOf(controller).executeOnMetadataChanged(metadata)
        }

        fun shows(
            playing: Boolean = state == PlaybackState.STATE_PLAYING,
            atMs: Long? = positionMs,
            times: Float = speed,
        ) {
            state = if (playing) PlaybackState.STATE_PLAYING else PlaybackState.STATE_PAUSED
            positionMs = atMs ?: PlaybackState.PLAYBACK_POSITION_UNKNOWN
            speed = times
            val now = PlaybackState.Builder().setState(state, positionMs, speed, SystemClock.elapsedRealtime()).build()
            shadowOf(controller).setPlaybackState(now)
            shadowOf(controller).executeOnPlaybackStateChanged(now)
        }

        /** From now on at another speed, at the place that it said last. */
        fun speed(times: Float) = if (isPlaying) shows(times = times) else speed = times

        val isPlaying get() = state == PlaybackState.STATE_PLAYING
    }

    private fun watcher(isAlive: () -> Boolean = { true }): SessionWatcher {
        val core = CoreEars({ agent }, DiagnosticLog(folder.resolve("log")))
        return SessionWatcher(allowed, clocks, Handler(Looper.getMainLooper()), { it }) { profile, events -> if (isAlive()) core.heard(profile, events) }
    }

    private fun player(name: String): Player {
        allowed.allow(name, persona.id())
        persona.setCaptureApp(name, true)
        return Player(name)
    }

    private fun pass(ms: Long) = shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(ms))

    private fun listens(): List<Listen> =
        runBlocking {
            persona.drain()
            persona.listens(HistoryQuery(null, null, null, null, null), null, 50u).listens
        }.sortedBy { it.startMs }

    private fun heard() = listens().map { it.title to it.playedMs }

    @After
    fun close() {
        agent.close()
        folder.deleteRecursively()
    }

    /** Plays a recording as its players would show it: state and medium, with the clock in between. */
    private fun play(recording: String) {
        val path = listOf("../../tests/fixtures/player-events", "tests/fixtures/player-events").map { Path.of(it, "$recording.jsonl") }.first(Files::exists)
        val events = Files.readAllLines(path).map(::JSONObject).filter { it.has("app") }
        val players = events.map { it.getString("app") }.distinct().associateWith(::player)
        val watching = watcher()
        watching.start()
        watching.follow(players.values.map { it.controller })
        var atMs = events.first().getLong("monotonic_ms")
        for (event in events) {
            pass(event.getLong("monotonic_ms") - atMs)
            atMs = event.getLong("monotonic_ms")
            val player = players.getValue(event.getString("app"))
            val positionMs = if (event.has("position_ms")) event.getLong("position_ms") else null
            val kind = event.getJSONObject("kind")
            when (kind.getString("what")) {
                "metadata" -> {
                    val media = kind.getJSONObject("media")
                    val creator = media.optJSONArray("creators")?.optString(0).orEmpty()
                    player.says(media.getString("title"), creator, media.optString("show"), media.optLong("media_ms"))
                    if (player.isPlaying && positionMs != null) player.shows(atMs = positionMs)
                }

                "speed" -> {
                    player.speed(kind.getLong("permille") / 1000f)
                }
                "play" -> {
                    player.shows(playing = true, atMs = positionMs)
                }
                "pause" -> {
                    player.shows(playing = false, atMs = positionMs)
                }
                "seek" -> {
                    player.shows(atMs = kind.getLong("to_ms"))
                }
                "position" -> {
                    player.shows(atMs = kind.getLong("ms"))
                }
                "end" -> {
                    shadowOf(player.controller).executeOnSessionDestroyed()
                }
            }
        }
        pass(2_000)
        watching.stop()
        pass(2_000)
    }

    @Test
    fun `two players at once, recorded`() {
        play("two-players")
        assertEquals(listOf<Pair<String, Long?>>("Morning News" to 60_000, "Breakwater" to 240_000, "Slow Tide" to 20_000), heard())
    }

    @Test
    fun `a podcast at half the speed again, with a rewind, a break and a pause, recorded`() {
        play("podcast")
        val title = "The lighthouse keeper’s radio"
        // A session does not say what is an advert: to the log it is another title, and the episode goes on after it.
        assertEquals(listOf<Pair<String, Long?>>(title to 225_000, "Rope that holds" to 20_000, title to 180_000), heard())
    }

    @Test
    fun `play, seek, speed, pause and the end of the session, live`() {
        val songs = player("org.songs")
        val watching = watcher()
        watching.follow(listOf(songs.controller))
        songs.says("Morning", "The Larks", "Fields", 600_000)
        songs.shows(playing = true, atMs = 0)
        pass(40_000)
        songs.shows(atMs = 100_000)
        pass(30_000)
        songs.shows(atMs = 130_000, times = 2f)
        pass(20_000)
        songs.shows(playing = false, atMs = 170_000)
        pass(60_000)
        shadowOf(songs.controller).executeOnSessionDestroyed()
        pass(2_000)
        val listen = listens().single()
        assertEquals("Morning" to 110_000L, listen.title to listen.playedMs)
        assertEquals(listOf("The Larks") to "Fields", listen.creators to listen.show)
        assertEquals(BEGIN_MS to 120L, listen.startMs to listen.offsetMin)
    }

    @Test
    fun `what it is comes late and is that listen's, from its beginning`() {
        val songs = player("org.songs")
        watcher().follow(listOf(songs.controller))
        songs.shows(playing = true, atMs = 0)
        pass(4_000)
        songs.says("Morning", "The Larks", "Fields", 600_000)
        songs.shows(atMs = 4_000)
        pass(56_000)
        shadowOf(songs.controller).executeOnSessionDestroyed()
        pass(2_000)
        assertEquals(listOf<Pair<String, Long?>>("Morning" to 60_000), heard())
    }

    @Test
    fun `a service that was killed and began again loses half a minute at most`() {
        val songs = player("org.songs")
        var alive = true
        val killed = watcher { alive }
        killed.follow(listOf(songs.controller))
        songs.says("Morning", "The Larks", "Fields", 600_000)
        songs.shows(playing = true, atMs = 0)
        pass(75_000)
        // Killed: nothing is said any more, and what was gathered is gone with the process.
        alive = false
        shadowOf(songs.controller).callbacks.toList().forEach(songs.controller::unregisterCallback)
        songs.shows(atMs = 75_000)
        val again = watcher()
        again.follow(listOf(songs.controller))
        pass(45_000)
        songs.shows(playing = false, atMs = 120_000)
        again.follow(emptyList())
        pass(2_000)
        assertEquals(105_000L, listens().sumOf { it.playedMs ?: 0 }, "0 to 60 s told before, 75 to 120 s after")
    }

    private companion object {
        /** 2026-10-06T06:30:00Z. */
        const val BEGIN_MS = 1_791_268_200_000
    }
}
