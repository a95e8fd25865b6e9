// Follows the media sessions of allowed apps, and of no others: of an app that was not allowed not even the title is
// read. Events are gathered for a second before they are sealed, since players say several things at once.
package tekram.platform.capture

import android.content.SharedPreferences
import android.media.MediaMetadata
import android.media.session.MediaController
import android.media.session.MediaSession
import android.media.session.PlaybackState
import android.os.Handler
import java.util.UUID

/** Takes what was heard for a profile. Called on the watcher's thread; it must not throw. */
fun interface HeardSink {
    fun heard(
        profile: String,
        events: List<Heard>,
    )
}

class SessionWatcher(
    private val allowed: AllowedPlayers,
    private val clocks: Clocks,
    private val handler: Handler,
    private val nameOf: (String) -> String,
    private val sink: HeardSink,
) {
    private class Followed(
        val controller: MediaController,
        val profile: String,
        val ear: SessionEar,
    ) {
        var callback: MediaController.Callback? = null
    }

    private val followed = mutableMapOf<MediaSession.Token, Followed>()
    private val waiting = mutableMapOf<String, MutableList<Heard>>()
    private var present: List<MediaController> = emptyList()
    private val tick = Runnable { ticked() }
    private val flush = Runnable { flushed() }
    private val decided = SharedPreferences.OnSharedPreferenceChangeListener { _, _ -> handler.post { follow(present) } }

    fun start() = allowed.onChange(decided)

    /** The sessions that there are now. Those that went away are over; those of apps that may not be heard are left alone. */
    fun follow(controllers: List<MediaController>) {
        present = controllers
        val wanted = controllers.filter { allowed.profileOf(it.packageName) != null }.associateBy { it.sessionToken }
        val gone = followed.filter { (token, one) -> wanted[token] == null || allowed.profileOf(one.controller.packageName) != one.profile }
        gone.keys.forEach(::leave)
        for ((token, controller) in wanted) if (token !in followed) begin(token, controller)
    }

    fun stop() {
        allowed.noMore(decided)
        followed.keys.toList().forEach(::leave)
        flushed()
        handler.removeCallbacks(tick)
    }

    private fun begin(
        token: MediaSession.Token,
        controller: MediaController,
    ) {
        val player = controller.packageName
        val profile = allowed.profileOf(player) ?: return
        val one = Followed(controller, profile, SessionEar("$player/${UUID.randomUUID()}", nameOf(player), clocks))
        val callback =
            object : MediaController.Callback() {
                override fun onMetadataChanged(metadata: MediaMetadata?) = hear(one, one.ear.metadata(MediumFacts.of(metadata)))

                override fun onPlaybackStateChanged(state: PlaybackState?) = hear(one, one.ear.playing(PlayingFacts.of(state, clocks.monotonicMs)))

                override fun onSessionDestroyed() = leave(token)
            }
        one.callback = callback
        followed[token] = one
        controller.registerCallback(callback, handler)
        hear(one, one.ear.metadata(MediumFacts.of(controller.metadata)))
        hear(one, one.ear.playing(PlayingFacts.of(controller.playbackState, clocks.monotonicMs)))
    }

    private fun leave(token: MediaSession.Token) {
        val one = followed.remove(token) ?: return
        one.callback?.let(one.controller::unregisterCallback)
        hear(one, one.ear.end())
    }

    private fun hear(
        one: Followed,
        events: List<Heard>,
    ) {
        if (one.ear.isPlaying) {
            handler.removeCallbacks(tick)
            handler.postDelayed(tick, SessionEar.EVERY_MS)
        }
        if (events.isEmpty()) return
        waiting.getOrPut(one.profile, ::mutableListOf) += events
        handler.removeCallbacks(flush)
        handler.postDelayed(flush, GATHER_MS)
    }

    private fun ticked() = followed.values.toList().forEach { hear(it, it.ear.tick()) }

    private fun flushed() {
        handler.removeCallbacks(flush)
        val ready = waiting.mapValues { it.value.toList() }
        waiting.clear()
        ready.forEach { (profile, events) -> sink.heard(profile, events) }
    }

    private companion object {
        const val GATHER_MS = 1_000L
    }
}
