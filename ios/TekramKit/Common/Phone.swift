// What only the device around the screens can do: read a code, read a store's card, choose a picture, find its position, speak up, show
// something outside the app. The app target brings one; on a Mac and in tests there is none, and each screen then offers
// the way that needs no device.
import Foundation

/// The month's split as a widget shows it, formatted already.
public struct WidgetSplit: Equatable, Sendable {
    /// One who gets a share.
    public struct Line: Equatable, Sendable {
        /// Who.
        public let name: String
        /// How much, as it is read.
        public let amount: String
        /// Part of the whole, from 0 to 1.
        public let part: Double

        /// One line.
        public init(name: String, amount: String, part: Double) {
            self.name = name
            self.amount = amount
            self.part = part
        }
    }

    /// Which month, as it is read.
    public let month: String
    /// The budget, as it is read.
    public let total: String
    /// The largest shares first.
    public let lines: [Line]

    /// A split to show.
    public init(month: String, total: String, lines: [Line]) {
        self.month = month
        self.total = total
        self.lines = lines
    }
}

/// What the person said when the system asked them.
public enum Leave: Equatable, Sendable {
    /// The system did not ask yet.
    case notAsked
    /// The app may.
    case given
    /// The app may not; only the device's settings change that.
    case refused
}

/// What came of looking for the position.
public enum PlaceAnswer: Equatable, Sendable {
    /// The device knows where it is as exactly as was asked for.
    case found
    /// It does, but the person lets the app know it roughly only.
    case rough
    /// The person does not let the app know.
    case refused
    /// The device does not know.
    case unknown
}

/// The device around the screens.
@MainActor
public protocol Phone: AnyObject, Sendable {
    /// What was asked from outside.
    var asks: AskQueue { get }

    /// Whether `scan` can work here and now; false also when the person did not allow the camera.
    var canScan: Bool { get }
    /// What the person said about the camera.
    var cameraLeave: Leave { get }
    /// Reads a QR code or barcode; nothing when the person turned away. The system asks them the first time.
    func scan() async -> String?

    /// Whether `readStoreCard` can work here.
    var canReadStoreCards: Bool { get }
    /// Reads a store's card where the phone is held to it; nothing when the person turned away.
    func readStoreCard() async -> String?

    /// Lets the person choose a picture and makes it small: at most `mostBytes` of JPEG, without what cameras write beside it.
    /// Nothing when the person turned away; throws when what they chose cannot be drawn.
    func choosePicture(mostBytes: Int) async throws -> Data?

    /// Asks the system for the position, `exactly` or about as exactly as a town, and waits for the answer; the core gets the
    /// position. The system asks the person the first time, and anew when `exactly` is more than they allowed.
    func findPosition(exactly: Bool) async -> PlaceAnswer

    /// Whether the app may speak up.
    func maySpeakUp() async -> Leave
    /// Asks the person, the first time, whether the app may speak up about offers and finished months.
    func askToSpeakUp() async -> Leave
    /// Whether the app says that an offer has come.
    var tellsOfOffers: Bool { get set }
    /// Whether the app says on the first of a month that its split can be looked at, as soon as a profile has one.
    var remindsOfSplit: Bool { get }
    /// Begins or ends that.
    func remindOfSplit(_ on: Bool) async
    /// Whether the profile with this id has something to divide, and rules for it: without, no month's split gets ready.
    func hasSplit(_ has: Bool, profile personaId: String) async
    /// Whether the app says that a history which was asked for elsewhere should be ready.
    var remindsOfHistories: Bool { get }
    /// Begins or ends that.
    func remindOfHistories(_ on: Bool) async
    /// When what the profile with this id asked for should be ready, milliseconds since 1970: the app speaks up then.
    func waits(for readyMs: [Int64], profile personaId: String) async

    /// Whether the person allowed amounts on the widget and the lock screen.
    var isWidgetAllowed: Bool { get set }
    /// Shows this on the widget, when it is allowed; it stays there while everything is locked. Nothing takes it away.
    func showOnWidget(_ split: WidgetSplit?)

    /// Whether the app may see what the Music app plays.
    var mayNoteMusic: Leave { get }
    /// Id of the profile that the Music app's plays go to.
    var musicProfile: String? { get }
    /// Sends the Music app's plays to the profile with this id, or to nobody. The system asks the person the first time.
    func noteMusic(for personaId: String?) async -> Leave
    /// A file of what the Music library remembers, for the import; nothing when there is nothing new.
    func musicLibraryFile() async -> URL?

    /// The built-in player.
    var playback: PlayerModel? { get }

    /// The proxy that the next start goes through; nothing for none.
    var proxyOfNextStart: String? { get set }

    /// Opens the page of this app in the device's settings.
    func openSettings()
}
