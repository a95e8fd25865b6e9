// A published cell in words: how large it is, and where its edges lie. What is published is the core's answer.
import Foundation
import TekramCore

extension Cell {
    /// How many digits after the separator tell its corners apart: no more, so that no finer place is suggested.
    public var digits: Int { geohash.count <= 3 ? 1 : geohash.count <= 5 ? 2 : 3 }

    /// How large it is, in words.
    public var sizeText: String {
        switch geohash.count {
        case 3: Words.text("want_precision_3")
        case 4: Words.text("want_precision_4")
        case 5: Words.text("want_precision_5")
        case 6: Words.text("want_precision_6")
        case 7: Words.text("want_precision_7")
        default: geohash
        }
    }

    /// Its edges in words: south, west, north, east.
    public func edges(locale: Locale = .current) -> (south: String, west: String, north: String, east: String) {
        (
            Degrees.latitude(area.south, digits, locale), Degrees.longitude(area.west, digits, locale),
            Degrees.latitude(area.north, digits, locale), Degrees.longitude(area.east, digits, locale)
        )
    }

    /// From south to north, in words.
    public var alongText: String {
        Degrees.leftToRight(Words.text("want_map_range", edges().south, edges().north))
    }

    /// From west to east, in words.
    public var acrossText: String {
        Degrees.leftToRight(Words.text("want_map_range", edges().west, edges().east))
    }

    /// What the map shows, for VoiceOver.
    public var spoken: String {
        let (south, west, north, east) = edges()
        return Words.text(
            "want_preview_map_a11y", Degrees.leftToRight(Words.text("want_map_corner", south, west)),
            Degrees.leftToRight(Words.text("want_map_corner", north, east)))
    }
}

/// Degrees in words.
enum Degrees {
    /// Sets `text` apart in a sentence that runs from right to left (Unicode UAX #9: isolates), so that no number changes
    /// places with its letter or with the other number.
    static func leftToRight(_ text: String) -> String { "\u{2066}\(text)\u{2069}" }

    static func latitude(_ degrees: Double, _ digits: Int, _ locale: Locale) -> String {
        let number = text(degrees, digits, locale)
        return degrees < 0 ? Words.text("want_degrees_south", number) : Words.text("want_degrees_north", number)
    }

    static func longitude(_ degrees: Double, _ digits: Int, _ locale: Locale) -> String {
        let number = text(degrees, digits, locale)
        return degrees < 0 ? Words.text("want_degrees_west", number) : Words.text("want_degrees_east", number)
    }

    private static func text(_ degrees: Double, _ digits: Int, _ locale: Locale) -> String {
        abs(degrees).formatted(.number.precision(.fractionLength(digits)).locale(locale))
    }
}

/// Distances in words.
public enum Distances {
    /// In metres, in kilometres from one on.
    public static func text(_ metres: Double, locale: Locale = .current) -> String {
        let style = FloatingPointFormatStyle<Double>.number.precision(.fractionLength(0...1)).locale(locale)
        return metres < 1_000
            ? Words.text("want_metres", metres.formatted(style))
            : Words.text("want_kilometres", (metres / 1_000).formatted(style))
    }
}
