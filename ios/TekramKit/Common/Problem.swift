// An error as a screen shows it. The core's errors carry a number and a name and no sentence; the sentence is the word
// `error_NAME`, else the one of the room. Errors of the platform never show their own text, which may quote anything.
import TekramCore

/// Why something did not work.
public struct Problem: Equatable, Sendable, Identifiable, Error {
    /// Room × 1000 + number, the same in every version; 0 for an error of the platform.
    public let code: UInt32
    /// The core's stable name.
    public let name: String
    /// Values for the sentence, by name.
    public let values: [String: String]

    /// Two failures of one kind are the same to a person.
    public var id: String { name }

    /// Takes over an error of the core; anything else becomes `internal`.
    public init(_ error: any Error) {
        switch error {
        case TekramError.Failed(let code, let name, let params):
            self.init(code: code, name: name, values: params)
            // Locking and turning away are no faults.
            if !isCancelled && !isLocked { CoreErrors.heard(code) }
        case let problem as Problem:
            self = problem
        case is CancellationError:
            self.init(code: 0, name: "cancelled")
        default:
            self.init(code: 0, name: "internal")
        }
    }

    /// A problem that the platform found, under a name that has a word.
    public init(code: UInt32 = 0, name: String, values: [String: String] = [:]) {
        self.code = code
        self.name = name
        self.values = values
    }

    /// The person or the screen ended it: nothing to show.
    public var isCancelled: Bool { name == "cancelled" }

    /// The profile was locked meanwhile; the app shows the lock screen.
    public var isLocked: Bool { name == "locked" || name == "closed" }

    /// There is no network, or the other side cannot be reached.
    public var isOffline: Bool { name == "offline" || name == "unreachable" }

    /// The phone's key store did not do what it was asked to.
    var isOfKeyStore: Bool { name == "host_failed" || name == "key_store_failed" }

    /// Key of the sentence that says what happened and what can be done.
    public var wordKey: String {
        let own = "error_\(name)"
        if Words.has(own) { return own }
        let room = "error_room_\(Problem.room(of: code))"
        return Words.has(room) ? room : "error_unknown"
    }

    /// The sentence.
    public var text: String { Words.text(wordKey) }

    /// The room's part of a word's key, from the thousands of the code (docs/errors.md).
    static func room(of code: UInt32) -> String {
        switch code / 1000 {
        case 2: "network"
        case 3: "vault"
        case 4: "history"
        case 5: "pay"
        case 6: "relations"
        case 7: "want"
        case 1, 8, 90: "device"
        default: "unknown"
        }
    }
}
