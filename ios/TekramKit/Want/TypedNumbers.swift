// Numbers that a person types: an amount in the minor units of its currency, and degrees. Both read the digits and
// separators of the person's language; what can be read in no way, or in two, is refused instead of guessed.
import Foundation
import TekramCore

/// Reads what was typed.
public enum TypedNumbers {
    /// `text` as an amount, or nothing when it is none.
    public static func money(_ text: String, currency: String, locale: Locale = .current) -> Money? {
        let typed = plainDigits(text)
        let digits = currency == "SAT" ? 0 : Money.minorDigits(currency)
        guard let (whole, part) = grouped(typed, digits, locale) ?? plain(typed, digits) else { return nil }
        let padded = part + String(repeating: "0", count: digits - part.count)
        guard let minor = Int64(whole + padded) else { return nil }
        return Money(amountMinor: minor, currency: currency)
    }

    /// `text` as degrees, or nothing when it is no number. Whether they are on the map, the core says.
    public static func degrees(_ text: String) -> Double? {
        let typed = plainDigits(text).replacingOccurrences(of: ",", with: ".").replacingOccurrences(of: "−", with: "-")
        let number = typed.hasPrefix("+") || typed.hasPrefix("-") ? typed.dropFirst() : typed[...]
        let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, (1...3).contains(whole.count), parts.allSatisfy(isDigits) else { return nil }
        return Double(typed)
    }

    /// The currencies a limit can be in: that of the person's country, euro and satoshi.
    public static func currencies(locale: Locale = .current) -> [String] {
        var offered: [String] = []
        for currency in [locale.currency?.identifier, "EUR", "SAT"].compactMap({ $0 }) where !offered.contains(currency)
        {
            offered.append(currency)
        }
        return offered
    }

    /// Digits, with at most one separator in front of at most as many digits as the currency has.
    private static func plain(_ text: String, _ digits: Int) -> (whole: String, part: String)? {
        let parts = text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "." || $0 == "," })
        return amount(parts.map(String.init), digits)
    }

    /// The same with the language's own separators, those between thousands too.
    private static func grouped(_ text: String, _ digits: Int, _ locale: Locale) -> (whole: String, part: String)? {
        guard let group = locale.groupingSeparator, let point = locale.decimalSeparator, !group.isEmpty else {
            return nil
        }
        var parts = text.components(separatedBy: point)
        guard let whole = parts.first else { return nil }
        let groups = whole.components(separatedBy: group)
        guard groups.count > 1, let first = groups.first, (1...3).contains(first.count),
            groups.dropFirst().allSatisfy({ $0.count == 3 }), groups.allSatisfy({ isDigits($0[...]) })
        else { return nil }
        parts[0] = groups.joined()
        return amount(parts, digits)
    }

    private static func amount(_ parts: [String], _ digits: Int) -> (whole: String, part: String)? {
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty, parts.allSatisfy({ isDigits($0[...]) }) else {
            return nil
        }
        guard parts.count == 2 else { return (whole, "") }
        guard digits > 0, (1...digits).contains(parts[1].count) else { return nil }
        return (whole, parts[1])
    }

    private static func isDigits(_ text: Substring) -> Bool { text.utf8.allSatisfy { (0x30...0x39).contains($0) } }

    /// Without spaces, and with the digits 0 to 9 in place of those of other scripts.
    private static func plainDigits(_ text: String) -> String {
        String(
            text.compactMap { character -> Character? in
                if character.isWhitespace { return nil }
                guard let digit = character.wholeNumberValue, (0...9).contains(digit) else { return character }
                return Character(String(digit))
            })
    }
}
