// What only the device around the screens can do: read a code, read a store's card, find its position, speak up, show
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

/// The device around the screens.
@MainActor
public protocol Phone: AnyObject, Sendable {
    /// What was asked from outside.
    var asks: AskQueue { get }

    /// Whether `scan` can work here and now; false also when the person did not allow the camera.
    var canScan: Bool { get }
    /// Reads a QR code or barcode; nothing when the person turned away.
    func scan() async -> String?

    /// Whether `readStoreCard` can work here.
    var canReadStoreCards: Bool { get }
    /// Reads a store's card where the phone is held to it; nothing when the person turned away.
    func readStoreCard() async -> String?

    /// The person does not want the app to know where they are.
    var isLocationDenied: Bool { get }
    /// Asks the system for the position; the core gets it as soon as there is one.
    func findPosition()

    /// Asks the person, the first time, whether the app may speak up about offers and finished months.
    func askToSpeakUp() async -> Bool
    /// Whether to say on the first of a month that its split can be looked at.
    func remindOfSplit(_ on: Bool) async

    /// Whether the person allowed amounts on the widget and the lock screen.
    var isWidgetAllowed: Bool { get set }
    /// Shows this on the widget, when it is allowed; nothing takes it away.
    func showOnWidget(_ split: WidgetSplit?)

    /// Whether the Music app's plays go to the profile with this id.
    func notesMusic(of personaId: String) -> Bool
    /// Begins or ends that. The system asks the person the first time.
    func noteMusic(_ on: Bool, of personaId: String) async
    /// A file of what the Music library remembers, for the import; nothing when there is nothing new.
    func musicLibraryFile() async -> URL?
}
