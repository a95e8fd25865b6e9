// What plays sound on this device, as the built-in player needs it: something that can be told to load, play and move, and
// that says what it does, when and where in the medium. The app brings the phone's; tests bring one that they turn by hand. What of
// it counts as heard is the core's affair.
package tekram.ui.history.feed

/** A moment, by all clocks that a device has. */
data class PlayerMoment(
    /** By the device's clock, milliseconds since 1970. */
    val atMs: Long,
    /** Minutes east of UTC where the device is. */
    val offsetMin: Long,
    /** By a clock that never goes back until the device starts anew. */
    val monotonicMs: Long,
)

/** What a player says that it does. */
sealed interface PlayerNews {
    /** It sounds from here on. */
    data object Sounds : PlayerNews

    /** It does not sound: it loads, after it was told to play. */
    data object Waits : PlayerNews

    /** It does not sound: it was paused, by whomever. */
    data object Stopped : PlayerNews

    /** The medium is [ms] long. */
    data class Length(
        val ms: Long,
    ) : PlayerNews

    /** A station says what is on, in its own words. */
    data class StreamTitle(
        val words: String,
    ) : PlayerNews

    /** The medium is over. */
    data object Ended : PlayerNews

    /** It cannot play this. */
    data object Failed : PlayerNews
}

/** What may be seen of the player outside the app: on the lock screen, in a car. */
data class PlayerFace(
    /** What plays; null while the profile is locked, and then a neutral word stands there. */
    val title: String?,
    /** The podcast, or the station. */
    val show: String,
    /** How long it is, where it has an end. */
    val lengthMs: Long?,
    /** Whether it has no end: then nothing in it can be moved to. */
    val live: Boolean,
    /** How fast it plays, in thousandths of the normal speed. */
    val permille: Long,
)

/** What the person can ask for outside the app. */
sealed interface PlayerCommand {
    /** Go on. */
    data object Play : PlayerCommand

    /** Stop for the moment. */
    data object Pause : PlayerCommand

    /** To a place. */
    data class Seek(
        val toMs: Long,
    ) : PlayerCommand

    /** At another speed, in thousandths of the normal one. */
    data class Speed(
        val permille: Long,
    ) : PlayerCommand

    /** Let go of what is in hand. */
    data object Close : PlayerCommand
}

/** Something that plays sound. All of it belongs to the main thread. */
interface Player {
    /** Hears what the player does, at once and in order. */
    var whenNews: (PlayerNews) -> Unit

    /** Hears what the person asks for outside the app. */
    var whenAsked: (PlayerCommand) -> Unit

    /** Where in the medium it is; null when it has no place. */
    val positionMs: Long?

    /** What time it is, by this device's clocks. */
    val now: PlayerMoment

    /** Takes up the medium at [address] from [fromMs] on, and stays silent. */
    fun load(
        address: String,
        fromMs: Long,
        live: Boolean,
    )

    /** Plays at a speed, in thousandths of the normal one. */
    fun play(permille: Long)

    /** Stops for the moment. */
    fun pause()

    /** Moves to a place. */
    fun seek(toMs: Long)

    /** Lets go of the medium. */
    fun unload()

    /** Shows [face] outside the app; null takes it away. */
    fun show(face: PlayerFace?)
}
