// Showing that it is you, which is the platform's business: the core hands out a wrapped key and gets the bytes back, and
// waits for nobody.
import Foundation

/// Asks the person to show that they are there, and then opens a key that this device guards.
public protocol Presence: Sendable {
    /// Whether a key can be guarded now; false where no code is set.
    var ready: Bool { get }
    /// Opens `wrapped`, which the core wrapped under the name `way`. `reason` is shown by the system. Throws
    /// `NotPresent`, or what the platform throws.
    func unwrap(way: String, reason: String, wrapped: Data) async throws -> Data
}

/// Why a key stayed closed.
public enum NotPresent: Error, Equatable, Sendable {
    /// The person ended it.
    case cancelled
    /// This device guards no key: no code is set, or the key is gone.
    case notSetUp
    /// The device did not recognise the person.
    case notRecognised
}
