// A month, a year or everything at a glance: how much, when, what most, what new, how many days in a row. The core answers
// for a span; here is which span is looked at, and what lies before and after it.
import Foundation
import Observation
import TekramCore

/// How much of the calendar is looked at.
public enum GlanceScope: CaseIterable, Hashable, Sendable {
    case month, year, everything

    var step: Step? {
        switch self {
        case .month: .month
        case .year: .year
        case .everything: nil
        }
    }
}

/// history_glance.
@MainActor
@Observable
public final class GlanceModel {
    /// How many are ranked; the rest is behind "all".
    public nonisolated static let ranks: UInt32 = 5
    /// The span of everything.
    public nonisolated static let everything = "all"

    /// Whether it could be read.
    public private(set) var phase: Phase = .loading
    /// The answer.
    public private(set) var glance: Glance?
    /// What is looked at; nothing while everything is.
    public private(set) var period: PeriodAmount?
    /// How much by month, or by day of a month.
    public private(set) var bars: AnswerBars?
    /// The hours of the week.
    public private(set) var week: WeekGrid?
    /// How much of the calendar.
    public var scope = GlanceScope.year
    /// By what it is compared.
    public var measure = Measure.time

    private let persona: Persona
    private var periods: PagedRows<PeriodAmount>
    private var periodsOf: GlanceScope?
    private var index = 0
    @ObservationIgnored private var newest = Newest()

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
        periods = GlanceModel.periods(of: persona, .year)
    }

    /// What changes when it has to be asked anew.
    public var question: [String] { ["\(scope)", "\(measure)"] }

    /// The span that is looked at, as the core writes it.
    public var span: String { period?.period ?? Self.everything }

    /// Whether something was heard before that period.
    public var hasEarlier: Bool {
        scope != .everything && (periods.rows.indices.contains(index + 1) || periods.hasMore)
    }
    /// Whether something was heard after it.
    public var hasLater: Bool { scope != .everything && index > 0 }

    /// Reads the periods of the scope anew, and the glance at the one that is looked at.
    public func load() async {
        if periodsOf != scope {
            (periodsOf, index) = (scope, 0)
            periods = GlanceModel.periods(of: persona, scope.step ?? .year)
        }
        await periods.reload()
        // After an import or undoing, what was looked at may stand elsewhere in the list, or nowhere.
        if let period { index = periods.rows.firstIndex { $0.period == period.period } ?? 0 }
        await look()
    }

    /// Looks at the period before.
    public func earlier() async {
        if !periods.rows.indices.contains(index + 1) { await periods.more() }
        guard periods.rows.indices.contains(index + 1) else { return }
        index += 1
        await look()
    }

    /// Looks at the period after.
    public func later() async {
        guard index > 0 else { return }
        index -= 1
        await look()
    }

    /// Reads now, and again whenever the log changed, until the task ends.
    public func follow() async { await persona.follow("listen") { await load() } }

    private func look() async {
        let number = newest.begin()
        guard periods.phase == .ready else {
            phase = periods.phase
            return
        }
        let (scope, measure) = (scope, measure)
        let period = scope == .everything ? nil : periods.rows.indices.contains(index) ? periods.rows[index] : nil
        do {
            let glance = try await persona.glance(
                span: period?.period ?? Self.everything, by: measure, ranks: Self.ranks)
            guard newest.takes(number) else { return }
            (self.glance, self.period) = (glance, period)
            bars = Self.bars(of: glance, scope, period, by: measure)
            week = WeekGrid(glance.hoursOfWeek, by: measure)
            phase = .loaded(glance.total.listens == 0)
        } catch {
            if newest.takes(number) { phase = .ended(error) }
        }
    }

    private static func bars(
        of glance: Glance, _ scope: GlanceScope, _ period: PeriodAmount?, by measure: Measure
    ) -> AnswerBars {
        switch (scope, period) {
        case (.month, .some(let period)):
            AnswerBars(glance.days, dates: AnswerBars.days(upTo: period.lastDate), by: measure)
        case (.year, .some(let period)):
            AnswerBars(glance.months, dates: AnswerBars.months(ofYear: period.period), by: measure)
        default:
            AnswerBars(
                glance.months,
                dates: AnswerBars.months(from: glance.months.first?.date ?? "", to: glance.months.last?.date ?? ""),
                by: measure)
        }
    }

    /// All are kept: a life has few months.
    private static func periods(of persona: Persona, _ step: Step) -> PagedRows<PeriodAmount> {
        PagedRows(pageSize: 24, mostPages: .max) { after, limit in
            let page = try await persona.heardBy(step: step, span: everything, after: after, limit: limit)
            return RowPage(rows: page.periods, next: page.next)
        }
    }
}
