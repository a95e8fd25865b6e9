// Amounts as a person types them. An amount counts when the whole text can be read as one: what could be read in two
// ways, as a point that groups in one country and divides in another, is refused instead of guessed.
import Foundation
import TekramCore

/// Reads and writes typed amounts.
public enum AmountText {
    /// Offered besides the currency of the person's country.
    private static let common = ["EUR", "USD", "GBP", "CHF", "SAT"]

    /// The amount of `currency` that `text` says in `locale`; nothing when it says none, or is finer than the currency.
    public static func money(_ text: String, currency: String, locale: Locale = .current) -> Money? {
        let point = locale.decimalSeparator ?? "."
        var digits = ""
        for character in text.trimmingCharacters(in: .whitespaces) {
            if let digit = character.wholeNumberValue, (0...9).contains(digit) {
                digits += String(digit)
            } else if String(character) == point, !digits.contains(".") {
                digits += "."
            } else {
                return nil
            }
        }
        guard let units = Decimal(string: digits, locale: Locale(identifier: "en_US_POSIX")),
            let money = Money.of(units, currency: currency), money.decimal == units
        else { return nil }
        return money
    }

    /// `money` as a field shows it for typing: digits and the locale's point, without the currency.
    public static func typed(_ money: Money, locale: Locale = .current) -> String {
        money.decimal.formatted(
            Decimal.FormatStyle(locale: locale).grouping(.never).precision(.fractionLength(0...4)))
    }

    /// Currencies to choose from; the one of the person's country first.
    public static func currencies(locale: Locale = .current) -> [String] {
        let own = locale.currency?.identifier ?? common[0]
        return [own] + common.filter { $0 != own }
    }
}
