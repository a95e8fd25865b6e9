// Amounts as the platform's locale writes them. The core gives minor units and a code; how many of them make one unit
// is ISO 4217's table, not the locale's habit, so that no amount is shown ten times too large.
import Foundation
import TekramCore

extension Money {
    /// The amount with its currency, as `locale` writes it. Bitcoin is written in sats.
    public func text(locale: Locale = .current) -> String {
        switch currency {
        case "SAT", "MSAT":
            let digits = Decimal.FormatStyle(locale: locale).precision(.fractionLength(0...3))
            return "\(decimal.formatted(digits))\u{A0}sat"
        default:
            let digits = Money.minorDigits(currency)
            return decimal.formatted(
                .currency(code: currency).precision(.fractionLength(digits)).locale(locale))
        }
    }

    /// The amount in whole units: euros for cents, sats for millisats.
    public var decimal: Decimal {
        let digits = currency == "MSAT" ? 3 : currency == "SAT" ? 0 : Money.minorDigits(currency)
        return Decimal(amountMinor) / pow(10, digits)
    }

    /// An amount in whole units, as a person types it; finer digits than the currency has are cut off.
    public static func of(_ units: Decimal, currency: String) -> Money? {
        let digits = currency == "MSAT" ? 3 : currency == "SAT" ? 0 : minorDigits(currency)
        var scaled = units * pow(10, digits)
        var whole = Decimal()
        NSDecimalRound(&whole, &scaled, 0, .down)
        guard let minor = Int64(exactly: NSDecimalNumber(decimal: whole)) else { return nil }
        return Money(amountMinor: minor, currency: currency)
    }

    /// Digits behind the point: ISO 4217, list one, where they are not two.
    static func minorDigits(_ code: String) -> Int {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
            "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        case "CLF", "UYW": 4
        default: 2
        }
    }
}
