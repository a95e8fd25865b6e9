// Times and durations as the platform's locale writes them. The core gives milliseconds since 1970, days as
// `YYYY-MM-DD` and months as `YYYY-MM`; which day a moment belongs to is the core's answer and never worked out here.
import Foundation

/// Writes moments, days and months.
public enum Moments {
    /// Day and time of a moment.
    public static func dayAndTime(_ epochMs: Int64, locale: Locale = .current, zone: TimeZone = .current) -> String {
        date(epochMs).formatted(style(.abbreviated, .shortened, locale, zone))
    }

    /// Day of a moment.
    public static func day(_ epochMs: Int64, locale: Locale = .current, zone: TimeZone = .current) -> String {
        date(epochMs).formatted(style(.abbreviated, .omitted, locale, zone))
    }

    /// Time of day of a moment.
    public static func time(_ epochMs: Int64, locale: Locale = .current, zone: TimeZone = .current) -> String {
        date(epochMs).formatted(style(.omitted, .shortened, locale, zone))
    }

    /// A day that the core names `YYYY-MM-DD`; what is none is shown as it is.
    public static func day(_ isoDay: String, locale: Locale = .current) -> String {
        guard let date = calendarDate(isoDay) else { return isoDay }
        return date.formatted(style(.complete, .omitted, locale, .gmt))
    }

    /// A month that the core names `YYYY-MM`.
    public static func month(_ isoMonth: String, locale: Locale = .current) -> String {
        guard let date = calendarDate(isoMonth + "-01") else { return isoMonth }
        var style = Date.FormatStyle(locale: locale, calendar: Calendar(identifier: .gregorian), timeZone: .gmt)
        style = style.year().month(.wide)
        return date.formatted(style)
    }

    /// A day, month or year that the core names `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; anything else is shown as it is.
    public static func period(_ name: String, locale: Locale = .current) -> String {
        switch name.count {
        case 10: day(name, locale: locale)
        case 7: month(name, locale: locale)
        default: name
        }
    }

    /// A day of the week, Monday is 0.
    public static func weekday(_ day: Int, short: Bool = false, locale: Locale = .current) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.locale = locale
        let names = short ? calendar.shortStandaloneWeekdaySymbols : calendar.standaloneWeekdaySymbols
        // Foundation's week begins on Sunday.
        return names[(day + 1) % names.count]
    }

    /// An hour of the day, from 0 to 23, as clocks write its beginning.
    public static func hour(_ hour: Int, locale: Locale = .current) -> String {
        time(Int64(hour) * 3_600_000, locale: locale, zone: .gmt)
    }

    /// Month of a moment.
    public static func month(_ epochMs: Int64, locale: Locale = .current, zone: TimeZone = .current) -> String {
        let style = Date.FormatStyle(locale: locale, calendar: Calendar(identifier: .gregorian), timeZone: zone)
        return date(epochMs).formatted(style.year().month(.wide))
    }

    /// The moment.
    public static func date(_ epochMs: Int64) -> Date { Date(timeIntervalSince1970: Double(epochMs) / 1000) }

    /// Milliseconds since 1970 of a date that a person picked.
    public static func epochMs(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }

    private static func calendarDate(_ isoDay: String) -> Date? {
        try? Date(isoDay, strategy: Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day())
    }

    private static func style(
        _ date: Date.FormatStyle.DateStyle, _ time: Date.FormatStyle.TimeStyle, _ locale: Locale, _ zone: TimeZone
    ) -> Date.FormatStyle {
        Date.FormatStyle(date: date, time: time, locale: locale, timeZone: zone)
    }
}

/// Writes durations.
public enum Durations {
    /// Hours and minutes; seconds when it is less than a minute.
    public static func text(_ milliseconds: Int64, locale: Locale = .current) -> String {
        written(milliseconds, .abbreviated, locale)
    }

    /// The same with whole words, as VoiceOver reads it.
    public static func spoken(_ milliseconds: Int64, locale: Locale = .current) -> String {
        written(milliseconds, .wide, locale)
    }

    /// Position in a piece of media, as players write it: `1:02:03`.
    public static func position(_ milliseconds: Int64, locale: Locale = .current) -> String {
        let pattern: Duration.TimeFormatStyle.Pattern = milliseconds >= 3_600_000 ? .hourMinuteSecond : .minuteSecond
        return Duration.milliseconds(milliseconds).formatted(.time(pattern: pattern).locale(locale))
    }

    private static func written(
        _ milliseconds: Int64, _ width: Duration.UnitsFormatStyle.UnitWidth, _ locale: Locale
    ) -> String {
        let units: Set<Duration.UnitsFormatStyle.Unit> = milliseconds >= 60_000 ? [.hours, .minutes] : [.seconds]
        return Duration.milliseconds(milliseconds).formatted(.units(allowed: units, width: width).locale(locale))
    }
}
