// What the person keeps about themselves: everything that stands now, and one thing with all that stood in its place.
import Observation
import TekramCore

/// Attributes, and who issued the proofs that some of them come from.
public struct Attributes: Sendable {
    /// In the core's order.
    public let all: [Attribute]
    private let issuers: [String: String]

    @MainActor init(_ all: [Attribute], of persona: Persona) throws {
        self.all = all
        var issuers: [String: String] = [:]
        for proof in try persona.credentials() { issuers[proof.id] = proof.issuerName }
        self.issuers = issuers
    }

    /// By kind, the kinds in their order.
    public var groups: [AttributeGroup] {
        AttributeKind.allCases.compactMap { kind in
            let those = all.filter { $0.kind == kind }
            return those.isEmpty ? nil : AttributeGroup(kind: kind, attributes: those)
        }
    }

    /// Where `attribute` comes from.
    public func sourceText(_ attribute: Attribute) -> String {
        attribute.sourceText(issuer: attribute.proofId.flatMap { issuers[$0] })
    }
}

/// The attributes of one kind.
public struct AttributeGroup: Identifiable, Sendable {
    /// Which kind.
    public let kind: AttributeKind
    /// In the core's order.
    public let attributes: [Attribute]

    /// The kind.
    public var id: AttributeKind { kind }
}

/// keep_about.
@MainActor
public final class AttributesModel {
    /// What stands now.
    public let attributes: Kept<Attributes>

    /// For `persona`.
    public init(persona: Persona) {
        attributes = Kept(persona) {
            try Attributes($0.attributes(), of: $0)
        } isNone: {
            $0.all.isEmpty
        }
    }
}

/// keep_attribute.
@MainActor
public final class AttributeModel {
    /// What stands now and what stood before, newest first.
    public let history: Kept<Attributes>

    private let id: Int64

    /// For the attribute `id` of `persona`.
    public init(persona: Persona, id: Int64) {
        self.id = id
        history = Kept(persona) { try Attributes($0.attributeHistory(id: id), of: $0) }
    }

    /// The newest.
    public var newest: Attribute? { history.value?.all.first }

    /// From now on it stands no more; the history keeps it.
    public func end() async {
        // Setting it anew gives a new number to what stands.
        guard let standing = history.value?.all.first(where: { $0.untilMs == nil }) else { return }
        await history.change { try $0.endAttribute(id: standing.id) }
    }

    /// Deletes it with its history.
    public func forget() async {
        let id = id
        await history.change(leaves: true) { try $0.forgetAttribute(id: id) }
    }
}
