// What plays sound on the phone: the framework's own MediaPlayer. It streams and seeks, plays at any speed and keeps the pitch, but tells
// no titles of a station's stream, so that a station is heard as itself. It gives way to calls and to other players, and stops
// when headphones are pulled out.
package tekram.app

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.media.AudioAttributes
import android.media.AudioFocusRequest
import android.media.AudioManager
import android.media.MediaPlayer
import android.media.PlaybackParams
import android.net.Uri
import android.os.Handler
import android.os.Looper
import android.os.PowerManager
import android.os.SystemClock
import androidx.core.content.ContextCompat
import tekram.ui.history.feed.Player
import tekram.ui.history.feed.PlayerCommand
import tekram.ui.history.feed.PlayerFace
import tekram.ui.history.feed.PlayerMoment
import tekram.ui.history.feed.PlayerNews
import java.io.IOException
import java.util.TimeZone

/** Plays one medium at a time; [outside] shows it on the lock screen. All of it belongs to the main thread. */
class SoundPlayer(
    private val context: Context,
    private val outside: (SoundPlayer, PlayerFace?) -> Unit,
) : Player {
    override var whenNews: (PlayerNews) -> Unit = {}
    override var whenAsked: (PlayerCommand) -> Unit = {}

    private val main = Handler(Looper.getMainLooper())
    private val audio = context.getSystemService(AudioManager::class.java)
    private val kind =
        AudioAttributes
            .Builder()
            .setUsage(AudioAttributes.USAGE_MEDIA)
            .setContentType(AudioAttributes.CONTENT_TYPE_SPEECH)
            .build()
    private val focus =
        AudioFocusRequest
            .Builder(AudioManager.AUDIOFOCUS_GAIN)
            .setAudioAttributes(kind)
            .setWillPauseWhenDucked(true)
            .setOnAudioFocusChangeListener(::focusChanged, main)
            .build()
    private val unplugged =
        object : BroadcastReceiver() {
            override fun onReceive(
                context: Context,
                intent: Intent,
            ) = pause()
        }

    private var medium: MediaPlayer? = null
    private var isReady = false
    private var isLive = false
    private var isWanted = false
    private var comesBack = false
    private var permille = NORMAL

    /** Where it will be, until the medium is there. */
    private var target: Long? = null

    /** It sounds, or would if the network were faster. */
    var isOn: Boolean = false
        private set

    override val positionMs: Long?
        get() = if (isLive) null else target ?: medium?.takeIf { isReady }?.currentPosition?.toLong()

    override val now: PlayerMoment
        get() {
            val atMs = System.currentTimeMillis()
            return PlayerMoment(atMs, TimeZone.getDefault().getOffset(atMs) / MINUTE_MS, SystemClock.elapsedRealtime())
        }

    override fun load(
        address: String,
        fromMs: Long,
        live: Boolean,
    ) {
        letGo()
        isLive = live
        target = fromMs
        val fresh = MediaPlayer()
        medium = fresh
        fresh.setAudioAttributes(kind)
        fresh.setWakeMode(context, PowerManager.PARTIAL_WAKE_LOCK)
        fresh.setOnPreparedListener { if (it === medium) ready(it) }
        fresh.setOnSeekCompleteListener { if (it === medium) target = null }
        fresh.setOnInfoListener { from, what, _ -> (from === medium).also { own -> if (own) info(what) } }
        // A station has no end: where its stream ends, it broke off.
        fresh.setOnCompletionListener { if (it === medium) ended(if (isLive) PlayerNews.Failed else PlayerNews.Ended) }
        fresh.setOnErrorListener { from, _, _ -> true.also { _ -> if (from === medium) ended(PlayerNews.Failed) } }
        try {
            fresh.setDataSource(context, Uri.parse(address))
            fresh.prepareAsync()
        } catch (_: IOException) {
            // Whoever loads hears of it afterwards.
            main.post { if (fresh === medium) ended(PlayerNews.Failed) }
        }
    }

    override fun play(permille: Long) {
        this.permille = permille
        isWanted = true
        if (isReady) begin() else whenNews(PlayerNews.Waits)
    }

    override fun pause() {
        comesBack = false
        quiet()
        audio?.abandonAudioFocusRequest(focus)
    }

    override fun seek(toMs: Long) {
        target = toMs
        medium?.takeIf { isReady }?.seekTo(toMs, MediaPlayer.SEEK_CLOSEST)
    }

    override fun unload() = letGo()

    override fun show(face: PlayerFace?) = outside(this, face)

    private fun ready(medium: MediaPlayer) {
        isReady = true
        val from = target ?: 0
        if (!isLive && medium.duration > 0) whenNews(PlayerNews.Length(medium.duration.toLong()))
        if (!isLive && from > 0) medium.seekTo(from, MediaPlayer.SEEK_CLOSEST) else target = null
        if (isWanted) begin()
    }

    private fun begin() {
        val medium = medium ?: return
        if (audio?.requestAudioFocus(focus) != AudioManager.AUDIOFOCUS_REQUEST_GRANTED) {
            isWanted = false
            return whenNews(PlayerNews.Stopped)
        }
        comesBack = false
        // A speed other than none begins to play as well.
        if (!isLive) medium.playbackParams = PlaybackParams().setSpeed(permille / NORMAL.toFloat())
        medium.start()
        if (isOn) return
        isOn = true
        ContextCompat.registerReceiver(context, unplugged, IntentFilter(AudioManager.ACTION_AUDIO_BECOMING_NOISY), ContextCompat.RECEIVER_NOT_EXPORTED)
        whenNews(PlayerNews.Sounds)
    }

    /** Stops for the moment, whoever wants that. */
    private fun quiet() {
        val wasWanted = isWanted
        isWanted = false
        if (isOn) {
            medium?.pause()
            off()
        }
        if (wasWanted) whenNews(PlayerNews.Stopped)
    }

    private fun off() {
        if (!isOn) return
        isOn = false
        context.unregisterReceiver(unplugged)
    }

    private fun info(what: Int) {
        if (!isOn) return
        when (what) {
            MediaPlayer.MEDIA_INFO_BUFFERING_START -> whenNews(PlayerNews.Waits)
            MediaPlayer.MEDIA_INFO_BUFFERING_END -> whenNews(PlayerNews.Sounds)
        }
    }

    private fun ended(news: PlayerNews) {
        off()
        isWanted = false
        comesBack = false
        // An error in the middle of it leaves nothing that could go on.
        if (news == PlayerNews.Failed) isReady = false
        audio?.abandonAudioFocusRequest(focus)
        whenNews(news)
    }

    private fun focusChanged(change: Int) {
        when (change) {
            AudioManager.AUDIOFOCUS_GAIN -> {
                if (comesBack) play(permille)
            }

            AudioManager.AUDIOFOCUS_LOSS -> {
                pause()
            }

            // A call, or a voice that says the way: it goes on afterwards.
            AudioManager.AUDIOFOCUS_LOSS_TRANSIENT, AudioManager.AUDIOFOCUS_LOSS_TRANSIENT_CAN_DUCK -> {
                val goesOn = isWanted
                quiet()
                comesBack = goesOn
            }
        }
    }

    private fun letGo() {
        off()
        isWanted = false
        isReady = false
        comesBack = false
        target = null
        medium?.release()
        medium = null
        audio?.abandonAudioFocusRequest(focus)
    }

    private companion object {
        const val NORMAL = 1000L
        const val MINUTE_MS = 60_000L
    }
}
