// What was I listening to when: a moment, what played then, and what came before and after.
import Foundation
import Observation
import TekramCore

/// history_around.
@MainActor
@Observable
public final class AroundModel {
    /// How many before and after.
    public nonisolated static let limit: UInt32 = 5

    /// Whether it could be read.
    public private(set) var phase: Phase = .loading
    /// The answer.
    public private(set) var around: Around?
    /// The moment that is asked about.
    public var moment: Date

    private let persona: Persona
    @ObservationIgnored private var newest = Newest()

    /// Asks about `moment`.
    public init(persona: Persona, moment: Date = .now) {
        (self.persona, self.moment) = (persona, moment)
    }

    /// Asks the core.
    public func load() async {
        let number = newest.begin()
        do {
            let around = try await persona.around(moment: moment.formatted(.iso8601), limit: Self.limit)
            guard newest.takes(number) else { return }
            self.around = around
            phase = .loaded(around.playing.isEmpty && around.before.isEmpty && around.after.isEmpty)
        } catch {
            if newest.takes(number) { phase = .ended(error) }
        }
    }
}
