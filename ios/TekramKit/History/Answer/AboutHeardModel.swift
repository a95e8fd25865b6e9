// The page of a work, creator, show, publisher or source: all that was heard of it, its months, what of it most, and each
// listen. What it is is known by its number; a source by its name.
import Foundation
import Observation
import TekramCore

/// What a page is about.
public enum AboutWhat: Hashable, Sendable {
    /// A work, creator, show or publisher, by its number in the log.
    case known(Int64)
    /// A source, by its stable name.
    case source(String)
}

/// history_about.
@MainActor
@Observable
public final class AboutHeardModel {
    /// Whether it could be read.
    public private(set) var phase: Phase = .loading
    /// What is known of it.
    public private(set) var about: About?
    /// How much in each month.
    public private(set) var bars: AnswerBars?
    /// Each listen, newest first.
    public let listens: PagedRows<Listen>
    /// By what its works are ranked.
    public var measure = Measure.time

    private let persona: Persona
    private let what: AboutWhat
    @ObservationIgnored private var newest = Newest()

    /// The page of `what` in the log of `persona`.
    public init(persona: Persona, what: AboutWhat) {
        (self.persona, self.what) = (persona, what)
        listens = PagedRows { after, limit in
            let page =
                switch what {
                case .known(let id):
                    try await persona.listensOf(id: id, after: after, limit: limit)
                case .source(let source):
                    try await persona.listens(
                        query: HistoryQuery(fromMs: nil, toMs: nil, source: source, kind: nil, text: nil),
                        after: after, limit: limit)
                }
            return RowPage(rows: page.listens, next: page.next)
        }
    }

    /// Reads what is known, and its first listens.
    public func load() async {
        let number = newest.begin()
        let measure = measure
        do {
            let about =
                switch what {
                case .known(let id): try await persona.about(id: id, by: measure, ranks: GlanceModel.ranks)
                case .source(let source): try await persona.aboutSource(source: source)
                }
            guard newest.takes(number) else { return }
            self.about = about
            bars = about.map { about in
                let months = AnswerBars.months(
                    from: about.months.first?.date ?? "", to: about.months.last?.date ?? "")
                return AnswerBars(about.months, dates: months, by: measure)
            }
            phase = .loaded(about == nil)
        } catch {
            if newest.takes(number) { phase = .ended(error) }
        }
        await listens.reload()
    }

    /// Reads now, and again whenever the log changed, until the task ends.
    public func follow() async { await persona.follow("listen") { await load() } }
}
