// What plays sound on this device, as the app's built-in player needs it: something that can be told to load, play and
// move, and that says what it does, when and where in the medium. The app target brings AVPlayer; tests bring one that
// they turn by hand. What of it counts as heard is the core's affair.
import Foundation

/// A moment, by all clocks that a device has.
public struct PlayerMoment: Equatable, Sendable {
    /// By the device's clock, milliseconds since 1970.
    public let atMs: Int64
    /// Minutes east of UTC where the device is.
    public let offsetMin: Int64
    /// By a clock that never goes back until the device starts anew.
    public let monotonicMs: Int64

    /// A moment.
    public init(atMs: Int64, offsetMin: Int64, monotonicMs: Int64) {
        (self.atMs, self.offsetMin, self.monotonicMs) = (atMs, offsetMin, monotonicMs)
    }
}

/// What a player says that it does.
public enum PlayerNews: Equatable, Sendable {
    /// It sounds from here on.
    case sounds
    /// It does not sound: it loads, after it was told to play.
    case waits
    /// It does not sound: it was paused, by whomever.
    case stopped
    /// The system took the sound away, for a call for example; the player has stopped.
    case interrupted
    /// That is over, and the system says that going on is welcome.
    case mayGoOn
    /// The medium is that long.
    case length(milliseconds: Int64)
    /// A station says what is on, in its own words.
    case streamTitle(String)
    /// The medium is over.
    case ended
    /// It cannot play this.
    case failed
}

/// What may be seen of the player outside the app: on the lock screen, in a car.
public struct PlayerFace: Equatable, Sendable {
    /// What plays; a neutral word while the profile is locked.
    public let title: String
    /// The podcast, or the station.
    public let show: String
    /// How long it is, where it has an end.
    public let lengthMs: Int64?
    /// Whether it has no end: then nothing in it can be moved to.
    public let isLive: Bool

    /// What may be seen.
    public init(title: String, show: String, lengthMs: Int64?, isLive: Bool) {
        (self.title, self.show, self.lengthMs, self.isLive) = (title, show, lengthMs, isLive)
    }
}

/// What the person can ask for outside the app.
public enum PlayerCommand: Equatable, Sendable {
    /// Go on.
    case play
    /// Stop for the moment.
    case pause
    /// The one or the other.
    case toggle
    /// On by this much; back when below zero.
    case skip(milliseconds: Int64)
    /// To a place.
    case seek(toMs: Int64)
    /// At another speed, in thousandths of the normal one.
    case speed(permille: Int64)
}

/// Something that plays sound.
@MainActor
public protocol Player: AnyObject, Sendable {
    /// Hears what the player does, at once and in order.
    var whenNews: (@MainActor (PlayerNews) -> Void)? { get set }
    /// Hears what the person asks for outside the app.
    var whenAsked: (@MainActor (PlayerCommand) -> Void)? { get set }
    /// Where in the medium it is; nothing when it has no place, as a station.
    var positionMs: Int64? { get }
    /// What time it is, by this device's clocks.
    var now: PlayerMoment { get }

    /// Takes up a medium, at a place, and stays silent.
    func load(_ address: URL, fromMs: Int64, isLive: Bool)
    /// Plays at a speed, in thousandths of the normal one.
    func play(permille: Int64)
    /// Stops for the moment.
    func pause()
    /// Moves to a place.
    func seek(toMs: Int64)
    /// Lets go of the medium.
    func unload()
    /// Shows this outside the app; nothing takes it away.
    func show(_ face: PlayerFace?, permille: Int64)
}
