// The days of the log with their hours by source, and what a search finds as one types. It asks again when the log
// changed, and what it holds is what the core returned.
import Foundation
import Observation
import TekramCore

extension HistoryQuery {
    /// No condition: the whole log.
    static let everything = HistoryQuery(fromMs: nil, toMs: nil, source: nil, kind: nil, text: nil)
}

/// history_days and history_search.
@MainActor
@Observable
public final class HistoryModel {
    /// The days on which something was heard, newest first.
    public let days: PagedRows<Day>
    /// What the search finds, newest first.
    public private(set) var found: PagedRows<Listen>
    /// What goes by a name that has those words, a few of each; nothing while only a condition is searched for.
    public private(set) var typed: AsTyped?
    /// What is searched for.
    public var text = ""
    /// Only this kind; nothing means every kind.
    public var kind: ListenKind?
    /// Only this source; nothing means every source.
    public var source: String?
    /// The sources that the log knows, by name.
    public private(set) var sources: [String] = []

    /// How many names of each kind are shown; the rest is behind "all".
    public nonisolated static let namesOfEach: UInt32 = 3

    private let persona: Persona
    private let pause: Duration

    /// For `persona`; the search waits for `pause` after a letter.
    public init(persona: Persona, pause: Duration = .milliseconds(150)) {
        self.persona = persona
        self.pause = pause
        days = PagedRows { after, limit in
            let page = try await persona.days(query: .everything, after: after, limit: limit)
            return RowPage(rows: page.days, next: page.next)
        }
        found = HistoryModel.listens(of: persona, .everything)
    }

    /// Whether the person is searching, by words or by a condition.
    public var isSearching: Bool { !words.isEmpty || kind != nil || source != nil }

    /// What changes when the search has to begin anew.
    public var search: [String] { [words, kind.map { "\($0)" } ?? "", source ?? ""] }

    private var words: String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// Reads the days, and the names of the sources.
    public func load() async {
        await days.reload()
        // By name and not by hours: what was heard today must not give each source the colour of another.
        sources = ((try? await persona.hours(month: nil)) ?? []).map(\.source).sorted()
    }

    /// Searches once no further letter follows: the caller's task is cancelled when one does.
    public func find() async {
        guard isSearching, (try? await Task.sleep(for: pause)) != nil else { return }
        // By a condition, names are not searched for: they do not know of it.
        let names = words.isEmpty || kind != nil || source != nil ? nil : words
        let typed: AsTyped? =
            if let names { try? await persona.searchAsTyped(text: names, limit: Self.namesOfEach) } else { nil }
        // Another letter came meanwhile.
        guard !Task.isCancelled else { return }
        self.typed = typed
        found = HistoryModel.listens(of: persona, query)
        await found.reload()
    }

    /// Reads again whenever the log changed, until the task ends.
    public func follow() async {
        guard let changes = try? ChangeStream(persona) else { return }
        for await scopes in changes where scopes.contains("listen") {
            await load()
            if isSearching { await found.reload() }
        }
    }

    private var query: HistoryQuery {
        HistoryQuery(fromMs: nil, toMs: nil, source: source, kind: kind, text: words.isEmpty ? nil : words)
    }

    /// The listens of a day, by the bounds that the core gave for it.
    public func listens(of day: Day) -> PagedRows<Listen> {
        let query = HistoryQuery(fromMs: day.fromMs, toMs: day.toMs, source: nil, kind: nil, text: nil)
        return HistoryModel.listens(of: persona, query)
    }

    private static func listens(of persona: Persona, _ query: HistoryQuery) -> PagedRows<Listen> {
        PagedRows { after, limit in
            let page = try await persona.listens(query: query, after: after, limit: limit)
            return RowPage(rows: page.listens, next: page.next)
        }
    }
}
