// What was asked of the app from outside and not looked at yet: by a link, a shortcut, a tapped notice, or a share that
// waited in the inbox. One at a time is shown, oldest first, and only while a profile is open.
import Foundation
import Observation

@MainActor
@Observable
final class Asks {
    static let shared = Asks()

    /// More than this were not asked by the person.
    private static let most = 100
    private(set) var waiting: [Ask] = []
    @ObservationIgnored var onLock: (@MainActor () -> Void)?

    private init() {}

    func put(_ ask: Ask) {
        guard waiting.count < Self.most, !waiting.contains(ask) else { return }
        waiting.append(ask)
    }

    /// The next one, taken out.
    func take() -> Ask? {
        waiting.isEmpty ? nil : waiting.removeFirst()
    }

    func lock() {
        onLock?()
    }
}
