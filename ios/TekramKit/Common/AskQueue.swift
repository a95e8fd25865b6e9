// What was asked of the app from outside and not looked at yet: by a link, a shortcut, a tapped notice, or a share that
// waited in the inbox. The root takes one at a time, oldest first, while a profile is open.
import Foundation
import Observation

/// Asks that wait for the person.
@MainActor
@Observable
public final class AskQueue {
    /// More than this were not asked by the person.
    public static let most = 100

    /// Oldest first.
    public private(set) var waiting: [Ask] = []

    /// A link was followed that this app does nothing with. The root says so, and takes it back.
    public var isLinkRefused = false

    /// None wait.
    public init() {}

    /// Puts an ask at the end, unless it waits already.
    public func put(_ ask: Ask) {
        guard waiting.count < Self.most, !waiting.contains(ask) else { return }
        waiting.append(ask)
    }

    /// Puts what a link of this app asks for; false when it asks for nothing that a link may.
    public func open(_ link: URL) -> Bool {
        guard let ask = Ask(link: link) else {
            isLinkRefused = true
            return false
        }
        put(ask)
        return true
    }

    /// The next one, taken out.
    public func take() -> Ask? {
        waiting.isEmpty ? nil : waiting.removeFirst()
    }
}
