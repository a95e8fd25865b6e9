// What is kept about the person, in words: the kinds, where a thing comes from, and since when it stands.
import TekramCore

/// The kinds of things about a person, by the core's names, in the order in which they are listed.
public enum AttributeKind: String, CaseIterable, Hashable, Sendable {
    case name, email, telephone, address, birthDate
    /// What none of the others is.
    case free = "additionalProperty"

    /// The kind of a property; free ones carry their own name behind a colon.
    public init(property: String) {
        let kind = property.prefix { $0 != ":" }
        self = AttributeKind(rawValue: String(kind)) ?? .free
    }

    /// Key of the word for it.
    public var wordKey: String {
        switch self {
        case .name: "keep_property_name"
        case .email: "keep_property_email"
        case .telephone: "keep_property_telephone"
        case .address: "keep_property_address"
        case .birthDate: "keep_property_birth_date"
        case .free: "keep_property_free"
        }
    }
}

extension Attribute {
    /// Which kind it is of.
    public var kind: AttributeKind { AttributeKind(property: property) }

    /// What it says; a day as the person's language writes it.
    public var shownText: String {
        if case .birthDate(let date) = value { Moments.day(date) } else { text }
    }

    /// What a free one is called, and which of several it is; nothing where neither is said.
    public var nameText: String? {
        var parts: [String] = []
        if case .free(let name, _) = value { parts.append(name) }
        if !label.isEmpty {
            // The two labels that everybody has stand in the person's language, others as they were typed.
            let key = "keep_label_\(label)"
            parts.append(Words.has(key) ? Words.text(key) : label)
        }
        return parts.isEmpty ? nil : parts.joined(separator: " · ")
    }

    /// Since when it stands, or from when to when it stood.
    public var stoodText: String {
        guard let untilMs else { return Words.text("keep_since", Moments.day(sinceMs)) }
        return Words.text("keep_from_until", Moments.day(sinceMs), Moments.day(untilMs))
    }

    /// The proof that says so.
    public var proofId: String? {
        if case .verified(let credential) = source { credential } else { nil }
    }

    /// Where it comes from; `issuer` is who issued its proof, where that has a name.
    public func sourceText(issuer: String?) -> String {
        switch source {
        case .selfAsserted: Words.text("keep_source_self")
        case .collected(let from): Words.text("keep_source_collected", from)
        case .verified:
            issuer.map { Words.text("keep_source_verified", $0) } ?? Words.text("keep_source_verified_unknown")
        }
    }
}
