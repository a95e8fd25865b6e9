// The long lists behind a glance: everything that was heard in a span by how much, what was new in it, and what was heard
// often and not for long. All are the core's pages.
import Foundation
import Observation
import TekramCore

/// history_top: what was heard most in a span, all of it.
@MainActor
@Observable
public final class TopModel {
    /// The ranks, the first first.
    public private(set) var ranks: PagedRows<Ranked>
    /// What is ranked.
    public let what: What
    /// Over which span.
    public let span: String
    /// By what.
    public var measure: Measure {
        didSet { if measure != oldValue { ranks = Self.rows(persona, what, measure, span) } }
    }

    private let persona: Persona

    /// Ranks `what` over `span`.
    public init(persona: Persona, what: What, span: String, measure: Measure) {
        (self.persona, self.what, self.span, self.measure) = (persona, what, span, measure)
        ranks = Self.rows(persona, what, measure, span)
    }

    private static func rows(_ persona: Persona, _ what: What, _ by: Measure, _ span: String) -> PagedRows<Ranked> {
        PagedRows { after, limit in
            let top = try await persona.top(what: what, by: by, span: span, after: after, limit: limit)
            return RowPage(rows: top.ranks, next: top.next)
        }
    }
}

/// Which long list of known things.
public enum KnownQuestion: Hashable, Sendable {
    /// Heard for the first time in a span, the newest first.
    case new(span: String)
    /// Heard often, and not for so many months.
    case forgotten(months: UInt32, leastPlays: UInt64)
}

/// history_new and history_forgotten.
@MainActor
@Observable
public final class KnownListModel {
    /// What can be looked through.
    public nonisolated static let kinds: [What] = [.work, .creator, .show, .publisher]

    /// The entries.
    public private(set) var entries: PagedRows<Known>
    /// What is looked through.
    public var what: What {
        didSet { if what != oldValue { entries = Self.rows(persona, question, what) } }
    }
    /// What was asked.
    public let question: KnownQuestion

    private let persona: Persona

    /// Asks `question` about `what`.
    public init(persona: Persona, question: KnownQuestion, what: What = .creator) {
        (self.persona, self.question, self.what) = (persona, question, what)
        entries = Self.rows(persona, question, what)
    }

    private static func rows(_ persona: Persona, _ question: KnownQuestion, _ what: What) -> PagedRows<Known> {
        PagedRows { after, limit in
            let page =
                switch question {
                case .new(let span):
                    try await persona.newlyHeard(what: what, span: span, after: after, limit: limit)
                case .forgotten(let months, let leastPlays):
                    try await persona.forgotten(
                        what: what, months: months, leastPlays: leastPlays, after: after, limit: limit)
                }
            return RowPage(rows: page.entries, next: page.next)
        }
    }
}

/// history_results: everything of one kind that a few words find.
@MainActor
@Observable
public final class ResultsModel {
    /// What was found, whole words first, then the newest heard.
    public let hits: PagedRows<Hit>

    /// Looks for `text` among `what`.
    public init(persona: Persona, what: What, text: String) {
        hits = PagedRows { after, limit in
            let page = try await persona.searchPage(what: what, text: text, after: after, limit: limit)
            return RowPage(rows: page.entries, next: page.next)
        }
    }
}
