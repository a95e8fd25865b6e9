// How much was heard, as a chart and a sentence need it: one number by the measure that the person chose, and its words.
// Sums and ranks are the core's; here is only how large a bar is beside the largest one.
import Foundation
import TekramCore

extension Measure {
    /// The number that is compared.
    func value(of amount: Amount) -> Int64 {
        switch self {
        case .time: amount.playedMs
        case .plays: Int64(amount.plays)
        }
    }

    /// The amount in words. What has no known length is counted in plays.
    public func text(_ amount: Amount) -> String {
        switch self {
        case .time where amount.playedMs > 0: Durations.text(amount.playedMs)
        default: Words.plural("history_plays", amount.plays)
        }
    }

    /// The same with whole words, as VoiceOver reads it.
    public func spoken(_ amount: Amount) -> String {
        switch self {
        case .time where amount.playedMs > 0: Durations.spoken(amount.playedMs)
        default: Words.plural("history_plays", amount.plays)
        }
    }
}

/// One bar of a chart.
public struct AnswerBar: Equatable, Sendable, Identifiable {
    /// The month or day, as the core names it.
    public let id: String
    /// How much; nothing when nothing was heard.
    public let amount: Amount?
    /// Its height beside the highest, 0 to 1.
    public let part: Double

    /// When it is, in words.
    public var date: String { Moments.period(id) }
}

/// The bars of a chart, with those between on which nothing was heard.
public struct AnswerBars: Equatable, Sendable {
    /// In the order of time.
    public let bars: [AnswerBar]
    /// The highest.
    public let highest: AnswerBar?

    /// Bars for `dates`, in their order.
    init(_ amounts: [DatedAmount], dates: [String], by measure: Measure) {
        let known = Dictionary(amounts.map { ($0.date, $0.amount) }, uniquingKeysWith: { first, _ in first })
        let top = amounts.map { measure.value(of: $0.amount) }.max() ?? 0
        let bars = dates.map { date in
            let amount = known[date]
            let value = amount.map(measure.value(of:)) ?? 0
            return AnswerBar(id: date, amount: amount, part: top > 0 ? Double(value) / Double(top) : 0)
        }
        self.bars = bars
        highest = top > 0 ? bars.first { $0.part == 1 } : nil
    }

    /// The twelve months of a year that the core names `2026`.
    static func months(ofYear year: String) -> [String] { (1...12).map { "\(year)-\(twoDigits($0))" } }

    /// The days of a month up to its last one, `2026-10-31`.
    static func days(upTo lastDate: String) -> [String] {
        let month = lastDate.prefix(7)
        return (1...max(1, Int(lastDate.suffix(2)) ?? 1)).map { "\(month)-\(twoDigits($0))" }
    }

    /// The months from one to another, both included.
    static func months(from first: String, to last: String) -> [String] {
        guard var at = number(ofMonth: first), let end = number(ofMonth: last) else { return [] }
        var months: [String] = []
        while at <= end {
            months.append("\(at / 12)-\(twoDigits(at % 12 + 1))")
            at += 1
        }
        return months
    }

    private static func number(ofMonth month: String) -> Int? {
        let parts = month.split(separator: "-").compactMap { Int($0) }
        return parts.count == 2 ? parts[0] * 12 + parts[1] - 1 : nil
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// The hours of a week as a grid.
public struct WeekGrid: Equatable, Sendable {
    /// An hour of the week.
    public struct Hour: Equatable, Sendable {
        /// From 0 on, Monday first.
        public let day: Int
        /// From 0 to 23.
        public let hour: Int
        /// How much.
        public let amount: Amount
        /// Beside the fullest one, 0 to 1.
        public let part: Double
    }

    /// Seven days from Monday on, each with 24 hours.
    public let days: [[Hour]]

    /// The grid of what the core counted.
    init(_ week: HoursOfWeek, by measure: Measure) {
        let top = week.days.joined().map(measure.value(of:)).max() ?? 0
        days = week.days.enumerated().map { day, hours in
            hours.enumerated().map { hour, amount in
                let part = top > 0 ? Double(measure.value(of: amount)) / Double(top) : 0
                return Hour(day: day, hour: hour, amount: amount, part: part)
            }
        }
    }

    /// The fullest hour of the week; nothing when nothing was heard.
    public var fullest: Hour? { days.joined().first { $0.part == 1 } }

    /// The fullest hour of one day.
    public func fullest(ofDay day: Int) -> Hour? {
        guard days.indices.contains(day) else { return nil }
        return days[day].max { $0.part < $1.part }.flatMap { $0.part > 0 ? $0 : nil }
    }
}
