// The built-in player outside the app: on the lock screen, in the notice, in a car, on headphones. It shows what the player says may be
// seen, and hands on what is asked of it.
package tekram.app

import android.app.Application
import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.app.Service
import android.content.Intent
import android.graphics.drawable.Icon
import android.media.MediaMetadata
import android.media.session.MediaSession
import android.media.session.PlaybackState
import android.net.Uri
import android.os.IBinder
import tekram.ui.history.feed.PlayerCommand
import tekram.ui.history.feed.PlayerFace

/** The session and the notice, while something is in hand. */
class PlayerOutside(
    private val process: Application,
) {
    private var session: MediaSession? = null
    private var face: PlayerFace? = null
    private var sounds = false
    private var ask: (PlayerCommand) -> Unit = {}

    /** Hears that nothing is in hand any more; the service, while there is one. */
    var whenEnded: () -> Unit = {}

    /** The notice, if one is due. */
    val notice: Notification? get() = session?.let { session -> face?.let { notice(session, it) } }

    /** What the lock screen knows of it. */
    var playbackState: PlaybackState? = null
        private set

    /** Shows [face] of [player]; null takes everything away. */
    fun show(
        player: SoundPlayer,
        face: PlayerFace?,
    ) {
        this.face = face
        ask = player.whenAsked
        if (face == null) return end()
        sounds = player.isOn
        val session = this.session ?: begin().also { this.session = it }
        session.setMetadata(metadata(face))
        session.setPlaybackState(state(player, face).also { playbackState = it })
        process.getSystemService(NotificationManager::class.java)?.notify(NOTICE, notice(session, face))
    }

    /** What a button of the notice asks. */
    fun obey(command: PlayerCommand) = ask(command)

    /** A notice of nothing, for a service that ends at once. */
    fun empty(): Notification {
        makeChannel()
        return Notification.Builder(process, CHANNEL).setSmallIcon(R.drawable.ic_mark).build()
    }

    private fun makeChannel() {
        val channel = NotificationChannel(CHANNEL, process.getString(R.string.history_player_title), NotificationManager.IMPORTANCE_LOW)
        channel.setShowBadge(false)
        process.getSystemService(NotificationManager::class.java)?.createNotificationChannel(channel)
    }

    private fun begin(): MediaSession {
        makeChannel()
        val fresh = MediaSession(process, CHANNEL)
        fresh.setCallback(
            object : MediaSession.Callback() {
                override fun onPlay() = obey(PlayerCommand.Play)

                override fun onPause() = obey(PlayerCommand.Pause)

                override fun onStop() = obey(PlayerCommand.Close)

                override fun onSeekTo(pos: Long) = obey(PlayerCommand.Seek(pos))

                override fun onSetPlaybackSpeed(speed: Float) = obey(PlayerCommand.Speed((speed * NORMAL).toLong()))
            },
        )
        fresh.isActive = true
        // It is played from a screen, so the app is in front.
        process.startForegroundService(Intent(process, PlayerService::class.java))
        return fresh
    }

    private fun end() {
        session?.release()
        session = null
        playbackState = null
        whenEnded()
        process.getSystemService(NotificationManager::class.java)?.cancel(NOTICE)
    }

    private fun title(face: PlayerFace): String = face.title ?: process.getString(R.string.history_player_title)

    private fun metadata(face: PlayerFace): MediaMetadata {
        val builder =
            MediaMetadata
                .Builder()
                .putString(MediaMetadata.METADATA_KEY_TITLE, title(face))
                .putString(MediaMetadata.METADATA_KEY_ARTIST, face.show)
        face.lengthMs?.let { builder.putLong(MediaMetadata.METADATA_KEY_DURATION, it) }
        return builder.build()
    }

    private fun state(
        player: SoundPlayer,
        face: PlayerFace,
    ): PlaybackState {
        val moves = if (face.live) 0L else PlaybackState.ACTION_SEEK_TO or PlaybackState.ACTION_SET_PLAYBACK_SPEED
        return PlaybackState
            .Builder()
            .setActions(moves or PlaybackState.ACTION_PLAY or PlaybackState.ACTION_PAUSE or PlaybackState.ACTION_PLAY_PAUSE or PlaybackState.ACTION_STOP)
            .setState(
                if (sounds) PlaybackState.STATE_PLAYING else PlaybackState.STATE_PAUSED,
                player.positionMs ?: PlaybackState.PLAYBACK_POSITION_UNKNOWN,
                if (sounds) face.permille / NORMAL.toFloat() else 0f,
            ).build()
    }

    private fun notice(
        session: MediaSession,
        face: PlayerFace,
    ): Notification {
        val opening = Intent(Intent.ACTION_VIEW, Uri.parse("tekram:history"), process, MainActivity::class.java)
        return Notification
            .Builder(process, CHANNEL)
            .setSmallIcon(R.drawable.ic_mark)
            .setContentTitle(title(face))
            .setContentText(face.show)
            .setContentIntent(PendingIntent.getActivity(process, NOTICE, opening, PendingIntent.FLAG_IMMUTABLE))
            .addAction(
                if (sounds) {
                    button(android.R.drawable.ic_media_pause, R.string.history_player_pause, PAUSE)
                } else {
                    button(android.R.drawable.ic_media_play, R.string.history_player_resume, PLAY)
                },
            ).addAction(button(android.R.drawable.ic_menu_close_clear_cancel, R.string.history_player_close, CLOSE))
            .setStyle(Notification.MediaStyle().setMediaSession(session.sessionToken).setShowActionsInCompactView(0, 1))
            .setOngoing(true)
            .setLocalOnly(true)
            .setVisibility(Notification.VISIBILITY_PUBLIC)
            .build()
    }

    private fun button(
        icon: Int,
        words: Int,
        action: String,
    ): Notification.Action {
        val asking = Intent(process, PlayerService::class.java).setAction(action)
        val sending = PendingIntent.getService(process, 0, asking, PendingIntent.FLAG_IMMUTABLE)
        return Notification.Action.Builder(Icon.createWithResource(process, icon), process.getString(words), sending).build()
    }

    /** What the notice's buttons ask. */
    companion object {
        /** Go on. */
        const val PLAY = "tekram.app.PLAYER_PLAY"

        /** Stop for the moment. */
        const val PAUSE = "tekram.app.PLAYER_PAUSE"

        /** Let go of it. */
        const val CLOSE = "tekram.app.PLAYER_CLOSE"

        /** The notice's number. */
        const val NOTICE = 12
        private const val CHANNEL = "player"
        private const val NORMAL = 1000L
    }
}

/** Keeps the process there while something is in hand, so that it plays on behind a dark screen. */
class PlayerService : Service() {
    private val outside get() = (application as TekramApplication).playerOutside

    override fun onCreate() {
        super.onCreate()
        outside.whenEnded = ::finish
    }

    override fun onDestroy() {
        outside.whenEnded = {}
        super.onDestroy()
    }

    override fun onBind(intent: Intent): IBinder? = null

    override fun onStartCommand(
        intent: Intent?,
        flags: Int,
        startId: Int,
    ): Int {
        // Who was started so must show a notice, also when the person has closed the player meanwhile.
        startForeground(PlayerOutside.NOTICE, outside.notice ?: outside.empty())
        if (outside.notice == null) finish()
        when (intent?.action) {
            PlayerOutside.PLAY -> outside.obey(PlayerCommand.Play)
            PlayerOutside.PAUSE -> outside.obey(PlayerCommand.Pause)
            PlayerOutside.CLOSE -> outside.obey(PlayerCommand.Close)
        }
        return START_NOT_STICKY
    }

    private fun finish() {
        stopForeground(STOP_FOREGROUND_REMOVE)
        stopSelf()
    }
}
