// What was asked of the app from outside and not looked at yet: by a link, a shortcut, a tapped notice, or a share that
// waited in the inbox. The root takes one at a time, oldest first, while a profile is open.
import Observation

/// Asks that wait for the person.
@MainActor
@Observable
public final class AskQueue {
    /// More than this were not asked by the person.
    public static let most = 100

    /// Oldest first.
    public private(set) var waiting: [Ask] = []

    /// None wait.
    public init() {}

    /// Puts an ask at the end, unless it waits already.
    public func put(_ ask: Ask) {
        guard waiting.count < Self.most, !waiting.contains(ask) else { return }
        waiting.append(ask)
    }

    /// The next one, taken out.
    public func take() -> Ask? {
        waiting.isEmpty ? nil : waiting.removeFirst()
    }
}
