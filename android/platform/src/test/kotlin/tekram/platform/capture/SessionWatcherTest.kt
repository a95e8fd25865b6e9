package tekram.platform.capture

import android.media.MediaMetadata
import android.media.session.MediaController
import android.media.session.MediaSession
import android.media.session.PlaybackState
import android.os.Handler
import android.os.Looper
import android.os.SystemClock
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import tekram.platform.Phone
import java.time.Duration
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class SessionWatcherTest : Phone() {
    private val heard = mutableListOf<Pair<String, Heard>>()
    private val allowed by lazy { AllowedPlayers(context) }
    private val watcher by lazy {
        SessionWatcher(allowed, DeviceClocks, Handler(Looper.getMainLooper()), { "The $it app" }) { profile, events ->
            heard += events.map { profile to it }
        }
    }

    private fun player(
        name: String,
        title: String,
    ): MediaController {
        val controller = MediaController(context, MediaSession(context, name).sessionToken)
        shadowOf(controller).setPackageName(name)
        shadowOf(controller).setMetadata(metadata(title))
        return controller
    }

    private fun metadata(title: String) =
        MediaMetadata
            .Builder()
            .putString(MediaMetadata.METADATA_KEY_TITLE, title)
            .putString(MediaMetadata.METADATA_KEY_ARTIST, "The Larks")
            .putLong(MediaMetadata.METADATA_KEY_DURATION, 180_000)
            .build()

    private fun state(
        state: Int,
        positionMs: Long,
    ): PlaybackState = PlaybackState.Builder().setState(state, positionMs, 1f, SystemClock.elapsedRealtime()).build()

    private fun pass(ms: Long) = shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(ms))

    @Test
    fun `only allowed apps are heard, each for the profile that allowed it`() {
        allowed.allow("org.songs", "home")
        allowed.allow("org.talks", "work")
        watcher.start()
        watcher.follow(listOf(player("org.songs", "Morning"), player("org.talks", "News"), player("org.private", "Diary")))
        pass(2_000)
        val titles = heard.map { (profile, event) -> profile to (event.did as Did.Metadata).medium.title }
        assertEquals(setOf("home" to "Morning", "work" to "News"), titles.toSet())
        assertEquals("The org.songs app", heard.first { it.first == "home" }.second.app)
    }

    @Test
    fun `nothing is heard before anything was allowed, and from then on it is`() {
        val songs = player("org.songs", "Morning")
        watcher.start()
        watcher.follow(listOf(songs))
        pass(2_000)
        assertTrue(heard.isEmpty())
        assertTrue(shadowOf(songs).callbacks.isEmpty(), "an app that was not allowed is not even listened to")
        allowed.allow("org.songs", "home")
        pass(2_000)
        assertEquals(1, heard.size)
    }

    @Test
    fun `what a player does is gathered and told, with its place every half minute`() {
        allowed.allow("org.songs", "home")
        val songs = player("org.songs", "Morning")
        watcher.follow(listOf(songs))
        shadowOf(songs).executeOnPlaybackStateChanged(state(PlaybackState.STATE_PLAYING, 0))
        pass(500)
        assertTrue(heard.isEmpty(), "gathered for a second")
        pass(95_000)
        shadowOf(songs).executeOnPlaybackStateChanged(state(PlaybackState.STATE_PAUSED, 95_500))
        pass(2_000)
        watcher.follow(emptyList())
        pass(2_000)
        val dids = heard.map { it.second.did }
        assertEquals(listOf("Metadata", "Play", "Position", "Position", "Position", "Pause", "End"), dids.map { it::class.simpleName })
        assertEquals(1, heard.map { it.second.session }.toSet().size)
        assertTrue(shadowOf(songs).callbacks.isEmpty())
    }

    @Test
    fun `no longer allowed is the end of it`() {
        allowed.allow("org.songs", "home")
        val songs = player("org.songs", "Morning")
        watcher.start()
        watcher.follow(listOf(songs))
        pass(2_000)
        allowed.forget("home")
        pass(2_000)
        shadowOf(songs).executeOnMetadataChanged(metadata("Noon"))
        pass(2_000)
        assertEquals(listOf("Metadata", "End"), heard.map { it.second.did::class.simpleName })
    }
}
