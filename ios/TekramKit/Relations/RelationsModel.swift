// Everybody that this profile has to do with, and one of them with all that was proposed and agreed. Both read again
// after each change.
import Foundation
import Observation
import TekramCore

/// relations_list.
@MainActor
@Observable
public final class RelationsModel {
    /// Whether the list could be read.
    public private(set) var phase: Phase = .loading
    /// The relations, in the core's order.
    public private(set) var relations: [Relation] = []

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Reads the list.
    public func load() {
        do {
            relations = try persona.relations()
            phase = .loaded(relations.isEmpty)
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads the list, and again after each change, until the screen is left.
    public func follow() async { await persona.follow { load() } }
}

/// relations_party.
@MainActor
@Observable
public final class PartyModel {
    /// Whether the party could be read; empty when it is no longer there.
    public private(set) var phase: Phase = .loading
    /// Both halves and the agreements.
    public private(set) var detail: RelationDetail?

    private let persona: Persona
    private let party: String

    /// For the party that `persona` knows by this key.
    public init(persona: Persona, party: String) {
        self.persona = persona
        self.party = party
    }

    /// Reads the party.
    public func load() {
        do {
            detail = try persona.relation(party: party)
            phase = .ready
        } catch {
            phase = Problem(error).name == "no_such_party" ? .empty : .ended(error)
        }
    }

    /// Reads the party, and again after each change, until the screen is left.
    public func follow() async { await persona.follow { load() } }
}
