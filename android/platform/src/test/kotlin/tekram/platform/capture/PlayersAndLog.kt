// A phone with players, recorded or live, whose sessions go through watcher and sealed inbox into a log of the real core; and
// what that log then holds.
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
import org.robolectric.Shadows.shadowOf
import tekram.binding.Work
import tekram.ffi.Agent
import tekram.ffi.AgentSettings
import tekram.ffi.ExportForm
import tekram.ffi.HistoryQuery
import tekram.ffi.Listen
import tekram.ffi.ListenChoice
import tekram.ffi.Persona
import tekram.platform.Phone
import tekram.platform.core.CoreEars
import tekram.platform.diagnose.DiagnosticLog
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.atomic.AtomicBoolean

/** Players on a phone whose listens end in a log of the real core. */
abstract class PlayersAndLog : Phone() {
    private val folder = Files.createTempDirectory("sessions").toFile()
    private val agent = Agent.open(AgentSettings(folder.resolve("vaults").path, emptyList(), null, emptyList(), "Europe/Berlin"), null, null, null)
    protected val persona: Persona = runBlocking { agent.createPersona("Home", "four words in a row") }
    private val allowed by lazy { AllowedPlayers(context) }
    protected val startedAt = SystemClock.elapsedRealtime()

    // The shadow's clock counts from the start of the test; the world's begins where the recordings do.
    protected val clocks = SetClocks()

    protected inner class SetClocks : Clocks {
        /** How much the wall clock is wrong, or was set. */
        var wrongByMs = 0L
        override val wallMs get() = BEGIN_MS + monotonicMs - startedAt + wrongByMs
        override var offsetMinutes = 120L
        override val monotonicMs get() = SystemClock.elapsedRealtime()
    }

    protected inner class Player(
        val name: String,
        /** Whether it says when it was where it says it is. */
        val stamps: Boolean = true,
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
            isAdvert: Boolean = false,
        ) {
            val metadata =
                MediaMetadata
                    .Builder()
                    .putString(MediaMetadata.METADATA_KEY_TITLE, title)
                    .putString(MediaMetadata.METADATA_KEY_ARTIST, creator)
                    .putString(MediaMetadata.METADATA_KEY_ALBUM, show)
                    .putLong(MediaMetadata.METADATA_KEY_DURATION, lengthMs)
                    .putLong("android.media.metadata.ADVERTISEMENT", if (isAdvert) 1 else 0)
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
            val now = PlaybackState.Builder().setState(state, positionMs, speed, if (stamps) SystemClock.elapsedRealtime() else 0).build()
            shadowOf(controller).setPlaybackState(now)
            shadowOf(controller).executeOnPlaybackStateChanged(now)
        }

        /** From now on at another speed, at the place that it said last. */
        fun speed(times: Float) = if (isPlaying) shows(times = times) else speed = times

        val isPlaying get() = state == PlaybackState.STATE_PLAYING
    }

    protected fun watcher(isAlive: () -> Boolean = { true }): SessionWatcher {
        val core = CoreEars({ agent }, DiagnosticLog(folder.resolve("log")))
        return SessionWatcher(allowed, clocks, Handler(Looper.getMainLooper()), { it }) { profile, events -> if (isAlive()) core.heard(profile, events) }
    }

    protected fun player(
        name: String,
        stamps: Boolean = true,
    ): Player {
        allowed.allow(name, persona.id())
        persona.setCaptureApp(name, true)
        return Player(name, stamps)
    }

    protected fun pass(ms: Long) = shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(ms))

    protected fun listens(): List<Listen> =
        runBlocking {
            persona.drain()
            persona.listens(HistoryQuery(null, null, null, null, null), null, 50u).listens
        }.sortedBy { it.startMs }

    protected fun heard() = listens().map { it.title to it.playedMs }

    /** Title, seconds since the beginning, and the ranges that were heard in seconds, as the log holds them. */
    protected fun ranges(): List<String> =
        runBlocking {
            persona.drain()
            val file = folder.resolve("log.jsonl")
            val task = persona.startExport(ExportForm.JSON_LINES, ListenChoice(), path = file.path)
            Work(task, task::next, task::finish, task::cancel).run()
            file.readLines().map(::JSONObject).filter { it.has("played") }.sortedBy { it.getLong("start_ms") }.map { listen ->
                val played = listen.getJSONObject("played").optJSONArray("ranges")
                val seconds =
                    played?.let { all -> (0 until all.length()).map(all::getJSONArray).map { it.getLong(0) / SECOND to it.getLong(1) / SECOND } }
                "${listen.optString("title")} at ${(listen.getLong("start_ms") - BEGIN_MS) / SECOND}: $seconds"
            }
        }

    @After
    fun close() {
        agent.close()
        folder.deleteRecursively()
    }

    /** Plays a recording as its players would show it: state and medium, with the clock in between. */
    protected fun play(recording: String) {
        val path = listOf("../../tests/fixtures/player-events", "tests/fixtures/player-events").map { Path.of(it, "$recording.jsonl") }.first(Files::exists)
        val events = Files.readAllLines(path).map(::JSONObject).filter { it.has("app") }
        val told = events.distinctBy { it.toString() }.sortedBy { it.getLong("monotonic_ms") }
        val players = mutableMapOf<String, Player>()
        told.distinctBy { it.getString("app") }.forEach { players[it.getString("session")] = player(it.getString("app")) }
        var alive = AtomicBoolean(true)
        var watching = watcher(alive::get)
        watching.start()
        watching.follow(players.values.map { it.controller })
        var atMs = told.first().getLong("monotonic_ms")
        for (event in told) {
            pass(event.getLong("monotonic_ms") - atMs)
            atMs = event.getLong("monotonic_ms")
            clocks.offsetMinutes = event.getLong("offset_min")
            clocks.wrongByMs += event.getLong("at_ms") - clocks.wallMs
            if (event.getString("session") !in players) {
                // Another session of the same app: this process was killed, and begins again with it.
                alive.set(false)
                players.values.forEach { gone -> shadowOf(gone.controller).callbacks.toList().forEach(gone.controller::unregisterCallback) }
                players[event.getString("session")] = player(event.getString("app"))
                alive = AtomicBoolean(true)
                watching = watcher(alive::get)
                watching.follow(listOf(players.getValue(event.getString("session")).controller))
            }
            val player = players.getValue(event.getString("session"))
            val positionMs = if (event.has("position_ms")) event.getLong("position_ms") else null
            val kind = event.getJSONObject("kind")
            when (kind.getString("what")) {
                "metadata" -> {
                    val media = kind.getJSONObject("media")
                    val creator = media.optJSONArray("creators")?.optString(0).orEmpty()
                    player.says(media.getString("title"), creator, media.optString("show"), media.optLong("media_ms"), media.optString("kind") == "advert")
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

    protected companion object {
        /** 2026-10-06T06:30:00Z. */
        const val BEGIN_MS = 1_791_268_200_000
        private const val SECOND = 1_000L
    }
}
