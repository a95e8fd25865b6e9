package tekram.app

import android.app.Notification
import android.app.NotificationManager
import android.content.Intent
import android.media.AudioManager
import android.media.session.PlaybackState
import android.net.Uri
import android.os.Looper
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowMediaPlayer
import org.robolectric.shadows.util.DataSource
import tekram.ui.history.feed.PlayerCommand
import tekram.ui.history.feed.PlayerFace
import tekram.ui.history.feed.PlayerNews
import java.time.Duration
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** The phone's player, on the framework's own, with its notice and service. */
class SoundPlayerTest : AppPhone() {
    private val news = mutableListOf<PlayerNews>()
    private val asked = mutableListOf<PlayerCommand>()
    private val audio get() = shadowOf(process.getSystemService(AudioManager::class.java))
    private val face = PlayerFace("The long night", "Harbour talk", LENGTH_MS.toLong(), live = false, permille = 1500)

    private fun player(): SoundPlayer {
        ShadowMediaPlayer.addMediaInfo(source(TALK), ShadowMediaPlayer.MediaInfo(LENGTH_MS, 100))
        return SoundPlayer(process, process.playerOutside::show).also { player ->
            player.whenNews = { news += it }
            player.whenAsked = { asked += it }
        }
    }

    private fun source(address: String): DataSource = DataSource.toDataSource(process, Uri.parse(address), null as Map<String, String>?)

    private fun pass(ms: Long) = shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(ms))

    private fun focus(change: Int) {
        val listener = assertNotNull(audio.lastAudioFocusRequest).listener
        listener.onAudioFocusChange(change)
    }

    @Test
    fun `an episode is loaded, played from where it was left, paused and played to its end`() {
        val player = player()
        player.load(TALK, 60_000, live = false)
        assertEquals(60_000, player.positionMs, "known before it is there")
        player.play(1500)
        assertEquals(listOf<PlayerNews>(PlayerNews.Waits), news)
        pass(200)
        assertEquals(listOf(PlayerNews.Waits, PlayerNews.Length(LENGTH_MS.toLong()), PlayerNews.Sounds), news)
        assertTrue(player.isOn)
        pass(5_000)
        assertTrue(assertNotNull(player.positionMs) >= 60_000)
        player.pause()
        assertEquals(PlayerNews.Stopped, news.last())
        assertFalse(player.isOn)
        player.seek(LENGTH_MS - 1_000L)
        pass(100)
        player.play(1000)
        pass(10_000)
        assertEquals(PlayerNews.Ended, news.last())
        assertFalse(player.isOn)
        player.unload()
        assertNull(player.positionMs)
    }

    @Test
    fun `what cannot be played says so, and says so after it was loaded`() {
        ShadowMediaPlayer.addException(source(GONE), java.io.IOException("gone"))
        val player = player()
        player.load(GONE, 0, live = false)
        assertEquals(emptyList(), news)
        pass(100)
        assertEquals(listOf<PlayerNews>(PlayerNews.Failed), news)
    }

    @Test
    fun `a station has no place and no end`() {
        val player = player()
        player.load(TALK, 0, live = true)
        player.play(1000)
        pass(200)
        assertNull(player.positionMs)
        pass(LENGTH_MS + 1_000L)
        assertEquals(listOf(PlayerNews.Waits, PlayerNews.Sounds, PlayerNews.Failed), news)
    }

    @Test
    fun `it goes on after a call and not after another player, and is silent when headphones are pulled out`() {
        val player = player()
        player.load(TALK, 0, live = false)
        player.play(1000)
        pass(200)
        focus(AudioManager.AUDIOFOCUS_LOSS_TRANSIENT)
        assertEquals(PlayerNews.Stopped, news.last())
        focus(AudioManager.AUDIOFOCUS_GAIN)
        assertEquals(PlayerNews.Sounds, news.last())
        process.sendBroadcast(Intent(AudioManager.ACTION_AUDIO_BECOMING_NOISY))
        pass(100)
        assertEquals(PlayerNews.Stopped, news.last())
        player.play(1000)
        focus(AudioManager.AUDIOFOCUS_LOSS)
        assertFalse(player.isOn)
        focus(AudioManager.AUDIOFOCUS_GAIN)
        assertFalse(player.isOn)
    }

    @Test
    fun `a notice and a session show what may be seen, and hand on what is asked of them`() {
        val player = player()
        player.load(TALK, 0, live = false)
        player.play(1500)
        pass(200)
        player.show(face)
        val asking = assertNotNull(shadowOf(process).nextStartedService)
        assertEquals(PlayerService::class.java.name, asking.component?.className)
        val service = Robolectric.buildService(PlayerService::class.java, asking).create().startCommand(0, 1)
        val shown = assertNotNull(shadowOf(service.get()).lastForegroundNotification)
        assertEquals(listOf("The long night", "Harbour talk"), shown.texts())
        assertEquals(listOf("Pause", "Close the player"), shown.actions.map { it.title.toString() })
        // Locked: neither what it is nor of whom.
        player.show(face.copy(title = null, show = ""))
        val notices = assertNotNull(process.getSystemService(NotificationManager::class.java))
        val locked = assertNotNull(notices.activeNotifications.single { it.id == PlayerOutside.NOTICE }).notification
        assertEquals(listOf("Player", ""), locked.texts())
        service.withIntent(Intent(process, PlayerService::class.java).setAction(PlayerOutside.PAUSE)).startCommand(0, 2)
        assertEquals(listOf<PlayerCommand>(PlayerCommand.Pause), asked)
        player.show(null)
        assertTrue(shadowOf(service.get()).isStoppedBySelf)
        assertTrue(notices.activeNotifications.none { it.id == PlayerOutside.NOTICE })
    }

    @Test
    fun `what the lock screen shows moves at the speed at which it plays`() {
        val player = player()
        player.load(TALK, 0, live = false)
        player.play(1500)
        pass(200)
        player.show(face)
        val state = assertIs<PlaybackState>(process.playerOutside.playbackState)
        assertEquals(PlaybackState.STATE_PLAYING, state.state)
        assertEquals(1.5f, state.playbackSpeed)
        assertTrue(state.actions and PlaybackState.ACTION_SEEK_TO != 0L)
        player.pause()
        player.show(face)
        assertEquals(PlaybackState.STATE_PAUSED, process.playerOutside.playbackState?.state)
        player.show(null)
    }

    private fun Notification.texts(): List<String> =
        listOf(Notification.EXTRA_TITLE, Notification.EXTRA_TEXT).map { extras.getCharSequence(it).toString() }

    private companion object {
        const val TALK = "https://harbour.example/night.mp3"
        const val GONE = "https://harbour.example/gone.mp3"
        const val LENGTH_MS = 600_000
    }
}
