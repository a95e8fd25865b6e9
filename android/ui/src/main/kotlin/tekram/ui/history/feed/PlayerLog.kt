// Turns what the built-in player does into events for the core, exactly: each says where in the medium it was at that moment,
// and nothing is told that did not happen. They are sealed to the profile's inbox at once, so that they are there when the
// system ends the app, and also while the profile is locked.
package tekram.ui.history.feed

import tekram.ffi.Playable
import tekram.ffi.PlayerAction
import tekram.ffi.PlayerEvent
import tekram.ffi.PlayerMedia
import tekram.ffi.playerApp

private const val NORMAL = 1000L

/** The events of one medium that is played, in a [session] of its own; [seal] hands them to the core. */
internal class PlayerLog(
    playable: Playable,
    private val session: String,
    private val seal: (List<PlayerEvent>) -> Unit,
) {
    private val app = playerApp()
    private val isLive = playable.live

    /** What the core said that is to be said of it; of a station, with what is on. */
    private var media: PlayerMedia = playable.media
    private var sounds = false
    private var permille = NORMAL

    /** What is in hand, and where it begins. */
    fun begin(
        at: PlayerMoment,
        positionMs: Long?,
    ) = tell(at, positionMs, PlayerAction.Metadata(media))

    /** It sounds from here on. */
    fun sounding(
        at: PlayerMoment,
        positionMs: Long?,
    ) {
        if (sounds) return
        sounds = true
        tell(at, positionMs, PlayerAction.Speed(permille), PlayerAction.Play)
    }

    /** It does not sound any more. */
    fun silent(
        at: PlayerMoment,
        positionMs: Long?,
    ) {
        if (!sounds) return
        sounds = false
        tell(at, positionMs, PlayerAction.Pause)
    }

    /** It was at [fromMs] and goes on at [toMs]. */
    fun moved(
        at: PlayerMoment,
        fromMs: Long?,
        toMs: Long,
    ) = tell(at, fromMs, PlayerAction.Seek(toMs))

    /** It goes on at another speed. */
    fun speed(
        permille: Long,
        at: PlayerMoment,
        positionMs: Long?,
    ) {
        if (permille == this.permille) return
        this.permille = permille
        // While it is silent there is no speed; the next sound says it.
        if (sounds) tell(at, positionMs, PlayerAction.Speed(permille))
    }

    /** It turned out to be [ms] long; the medium itself knows better than its feed. */
    fun length(
        ms: Long,
        at: PlayerMoment,
        positionMs: Long?,
    ) {
        if (ms <= 0 || ms == media.mediaMs || isLive) return
        media = media.copy(mediaMs = ms)
        tell(at, positionMs, PlayerAction.Metadata(media))
    }

    /** The station plays something else, or says nothing of it any more. */
    fun onAir(
        media: PlayerMedia,
        at: PlayerMoment,
    ) {
        if (media == this.media) return
        this.media = media
        tell(at, null, PlayerAction.Metadata(media))
    }

    /** It still sounds: whoever is ended after this has been heard until here. */
    fun goesOn(
        at: PlayerMoment,
        positionMs: Long?,
    ) {
        if (!sounds) return
        // A station has no places: that the same is on says as much.
        tell(at, positionMs, positionMs?.let { PlayerAction.Position(it) } ?: PlayerAction.Metadata(media))
    }

    /** It is over, or another one is taken up. */
    fun end(
        at: PlayerMoment,
        positionMs: Long?,
    ) {
        silent(at, positionMs)
        tell(at, positionMs, PlayerAction.End)
    }

    private fun tell(
        at: PlayerMoment,
        positionMs: Long?,
        vararg actions: PlayerAction,
    ) = seal(actions.map { PlayerEvent(session, app, at.atMs, at.offsetMin, at.monotonicMs, it, positionMs) })
}
