// The roster in the person's language: words by the terms' id and the clause's name, and the core's English text for
// those that have none. The ids themselves are never shown.
import TekramCore

/// Terms and clauses in words.
public enum TermsWords {
    /// What the terms with this id are called; `otherwise` is the core's text.
    public static func title(_ id: String, otherwise: String?) -> String {
        own("terms_\(wordId(id))_title") ?? otherwise ?? Words.text("common_unknown")
    }

    /// What the terms with this id say, in a paragraph; `otherwise` is the core's text.
    public static func summary(_ id: String, otherwise: String?) -> String? {
        own("terms_\(wordId(id))_summary") ?? otherwise
    }

    /// What a clause says under the heading of its rule.
    public static func text(_ clause: Clause) -> String {
        own("terms_clause_\(clause.name.lowercased())") ?? clause.label
    }

    private static func wordId(_ id: String) -> String {
        id.lowercased().replacingOccurrences(of: "-", with: "_")
    }

    private static func own(_ key: String) -> String? {
        Words.has(key) ? Words.text(key) : nil
    }
}

extension TermsRow {
    /// What they are called.
    public var titleText: String { TermsWords.title(id, otherwise: title) }

    /// What they say, in a paragraph.
    public var summaryText: String { TermsWords.summary(id, otherwise: summary) ?? summary }
}

extension Agreement {
    /// What the terms are called.
    public var titleText: String { TermsWords.title(terms, otherwise: title) }

    /// What the terms say, in a paragraph.
    public var summaryText: String { TermsWords.summary(terms, otherwise: summary) ?? summary }

    /// The clauses under one heading.
    public func clauses(_ rule: ClauseRule) -> [Clause] { clauses.filter { $0.rule == rule } }

    /// Key of the word that says where the negotiation stands. The core's names are those of W3C DPV's `p7012`.
    public var statusKey: String {
        switch status {
        case "AgreementNegotiationPendingResponse": "relations_status_pending"
        case "AgreementNegotiationConfirmationRequired": "relations_status_confirmation_required"
        case "AgreementNegotiationCounterOfferMade": "relations_status_counter"
        case "AgreementAccepted": "relations_status_accepted"
        case "AgreementRefused": "relations_status_refused"
        case "AgreementNegotiationExpired": "relations_status_expired"
        case "AgreementNegotiationTerminated": "relations_status_terminated"
        default: "common_unknown"
        }
    }
}

extension ClauseRule {
    /// The headings in their order.
    public static let inOrder: [ClauseRule] = [.obligation, .permission, .prohibition]

    /// Key of the heading.
    public var wordKey: String {
        switch self {
        case .obligation: "terms_rule_obligation"
        case .permission: "terms_rule_permission"
        case .prohibition: "terms_rule_prohibition"
        }
    }
}
