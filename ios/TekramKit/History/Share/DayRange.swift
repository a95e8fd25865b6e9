// A range of days, as a person types it, in the days of this device. An empty field leaves that end open.
import Foundation

/// The first and the last day, as typed: `2026-01-31`.
public struct DayRange: Equatable, Sendable {
    /// The first day.
    public var from = ""
    /// The last day.
    public var to = ""

    /// Open at both ends.
    public init(from: String = "", to: String = "") { (self.from, self.to) = (from, to) }

    /// Whether both ends are days or open.
    public var fits: Bool { Self.fits(from) && Self.fits(to) }

    /// Whether `text` is a day or nothing.
    public static func fits(_ text: String) -> Bool { trimmed(text).isEmpty || day(text, .gmt) != nil }

    /// The first moment of the first day.
    public func fromMs(_ zone: TimeZone) -> Int64? { Self.day(from, zone).map(Self.ms) }

    /// The first moment after the last day.
    public func toMs(_ zone: TimeZone) -> Int64? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return Self.day(to, zone).flatMap { calendar.date(byAdding: .day, value: 1, to: $0) }.map(Self.ms)
    }

    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespaces) }

    private static func ms(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }

    private static func day(_ text: String, _ zone: TimeZone) -> Date? {
        let parts = trimmed(text).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }) else {
            return nil
        }
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == 3 else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let wanted = DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
        guard let date = calendar.date(from: wanted) else { return nil }
        // The calendar turns the 31st of February into a day of March.
        let got = calendar.dateComponents([.year, .month, .day], from: date)
        return got.month == wanted.month && got.day == wanted.day ? calendar.startOfDay(for: date) : nil
    }
}
