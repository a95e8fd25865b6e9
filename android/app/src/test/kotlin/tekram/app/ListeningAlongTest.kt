package tekram.app

import android.content.ComponentName
import android.content.IntentFilter
import android.media.MediaMetadata
import android.media.session.MediaController
import android.media.session.MediaSession
import android.media.session.MediaSessionManager
import android.media.session.PlaybackState
import android.os.Looper
import android.os.SystemClock
import android.service.media.MediaBrowserService
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import tekram.ffi.HistoryQuery
import tekram.ffi.Persona
import tekram.platform.capture.CaptureService
import java.time.Duration
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** From what a player says to a listen in the vault: service, sealed inbox, core. */
class ListeningAlongTest : AppPhone() {
    private val manager get() = process.getSystemService(MediaSessionManager::class.java)!!

    private fun player(
        name: String,
        title: String,
    ): MediaController {
        val controller = MediaController(process, MediaSession(process, name).sessionToken)
        shadowOf(controller).setPackageName(name)
        shadowOf(controller).setMetadata(
            MediaMetadata
                .Builder()
                .putString(MediaMetadata.METADATA_KEY_TITLE, title)
                .putString(MediaMetadata.METADATA_KEY_ARTIST, "The Larks")
                .putString(MediaMetadata.METADATA_KEY_ALBUM, "Fields")
                .putLong(MediaMetadata.METADATA_KEY_DURATION, 180_000)
                .build(),
        )
        shadowOf(manager).addController(controller)
        return controller
    }

    private fun says(
        player: MediaController,
        state: Int,
        positionMs: Long,
    ) = shadowOf(player).executeOnPlaybackStateChanged(PlaybackState.Builder().setState(state, positionMs, 1f, SystemClock.elapsedRealtime()).build())

    private suspend fun titles(persona: Persona): List<String> =
        persona.listens(HistoryQuery(null, null, null, null, null), null, 50u).listens.map { it.title }

    @Test
    fun `what was played while the profile was locked is in its history after unlocking, of allowed players only`() {
        val id =
            runBlocking {
                val persona = process.agent.createPersona("Home", PASSPHRASE)
                persona.setCaptureApp("org.songs", true)
                persona.id().also { persona.lock() }
            }
        process.allowedPlayers.allow("org.songs", id)
        val songs = player("org.songs", "Morning")
        player("org.private", "Diary")
        val service = Robolectric.setupService(CaptureService::class.java)
        service.onListenerConnected()
        val capture = shadowOf(service.looper!!)
        capture.idle()
        says(songs, PlaybackState.STATE_PLAYING, 0)
        capture.idleFor(Duration.ofSeconds(90))
        says(songs, PlaybackState.STATE_PAUSED, 90_000)
        capture.idleFor(Duration.ofSeconds(2))
        service.onListenerDisconnected()
        capture.idle()
        shadowOf(Looper.getMainLooper()).idle()
        val persona = runBlocking { process.agent.unlockWithPassphrase(id, PASSPHRASE).also { it.drain() } }
        assertEquals(listOf("Morning"), runBlocking { titles(persona) })
        assertTrue(process.diagnostics.lines().none { "Morning" in it })
        assertTrue(manager.getActiveSessions(ComponentName(process, CaptureService::class.java)).size == 2)
    }

    @Test
    fun `a profile that is gone costs nothing but a number in the log`() {
        process.heardSink.heard("nobody", emptyList())
        val last =
            process.diagnostics
                .lines()
                .last()
                .split(' ')
        assertEquals("5", last[1])
    }

    @Test
    fun `a player that is switched off in a profile's own list is followed no longer, and again once it is switched on there`() {
        val players = process.allowedPlayers
        players.allow("org.songs", "home")
        players.allow("org.talks", "work")
        listOf("org.songs", "org.talks").forEach { process.device.notices(it, "home", allowed = false) }
        assertEquals(mapOf("org.talks" to "work"), players.all(), "what another profile notices is left to it")
        val browser = ComponentName("org.songs", "org.songs.Browser")
        shadowOf(process.packageManager).addServiceIfNotPresent(browser)
        shadowOf(process.packageManager).addIntentFilterForService(browser, IntentFilter(MediaBrowserService.SERVICE_INTERFACE))
        process.device.notices("org.songs", "home", allowed = true)
        assertEquals(mapOf("org.songs" to "home", "org.talks" to "work"), players.all())
    }
}
