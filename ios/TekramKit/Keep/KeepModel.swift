// What the profile keeps, in numbers, and how much of what arrived waits to be looked at.
import Observation
import TekramCore

/// How much there is of each kind.
public struct KeepCounts: Equatable, Sendable {
    /// Things about the person.
    public let attributes: Int
    /// Proofs that others issued.
    public let proofs: Int
    /// Purchases.
    public let purchases: Int
    /// Memberships.
    public let memberships: Int
    /// Preferences.
    public let preferences: Int
    /// Things in the holding pen that wait.
    public let waiting: Int

    /// Counts what `persona` keeps.
    @MainActor static func of(_ persona: Persona) throws -> KeepCounts {
        KeepCounts(
            attributes: try persona.attributes().count, proofs: try persona.credentials().count,
            purchases: try persona.purchases(text: "", fromMs: nil, untilMs: nil).count,
            memberships: try persona.memberships().count, preferences: try persona.preferences().count,
            waiting: try persona.waitingInPen())
    }
}

/// keep_home.
@MainActor
public final class KeepModel {
    /// The numbers.
    public let counts: Kept<KeepCounts>

    /// For `persona`.
    public init(persona: Persona) {
        counts = Kept(persona, read: KeepCounts.of)
    }
}

extension Persona {
    /// How many things wait in the holding pen.
    func waitingInPen() throws -> Int { try penBatches().reduce(0) { $0 + Int($1.held) } }
}
