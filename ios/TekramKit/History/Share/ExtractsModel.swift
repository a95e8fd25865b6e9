// What was shown of the log and to whom, newest first.
import Observation
import TekramCore

/// history_share.
@MainActor
@Observable
public final class ExtractsModel {
    /// Whether it could be read.
    public private(set) var phase: Phase = .loading
    /// What was shown.
    public private(set) var extracts: [ListenExtract] = []

    private var relations: [Relation] = []
    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) { self.persona = persona }

    /// Reads it.
    public func load() {
        do {
            extracts = try persona.disclosedListens()
            relations = try persona.relations()
            phase = .ready
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads now, and again after each change, until the task ends.
    public func follow() async { await persona.follow { load() } }

    /// To whom it was shown.
    public func name(of extract: ListenExtract) -> String { relations.name(of: extract.party) }
}

extension [Relation] {
    /// The name of a party, in the person's words where it has none.
    func name(of party: String) -> String {
        first { $0.party == party }?.nameText ?? Words.text("relations_unnamed")
    }
}
