// Money, moments and durations in English and German.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@Suite struct FormatTests {
    private let english = Locale(identifier: "en_GB")
    private let german = Locale(identifier: "de_DE")

    @Test(arguments: [
        (1234, "EUR", "€12.34"), (-5, "EUR", "-€0.05"), (1234, "JPY", "JP¥1,234"), (1234, "KWD", "KWD\u{A0}1.234"),
        (1234, "SAT", "1,234\u{A0}sat"), (1234, "MSAT", "1.234\u{A0}sat"),
    ]) func moneyHasItsCurrencysDigits(_ minor: Int64, _ currency: String, _ text: String) {
        #expect(Money(amountMinor: minor, currency: currency).text(locale: english) == text)
    }

    @Test func moneyIsWrittenAsTheLocaleDoes() {
        #expect(Money(amountMinor: 123_456, currency: "EUR").text(locale: german) == "1.234,56\u{A0}€")
    }

    @Test func whatAPersonTypesBecomesMinorUnits() throws {
        #expect(Money.of(try #require(Decimal(string: "9.99")), currency: "EUR")?.amountMinor == 999)
        #expect(Money.of(try #require(Decimal(string: "9.999")), currency: "EUR")?.amountMinor == 999)
        #expect(Money.of(1200, currency: "JPY")?.amountMinor == 1200)
        #expect(Money.of(Decimal(Int64.max), currency: "EUR") == nil)
    }

    @Test func daysAndMonthsOfTheCoreKeepTheirDay() {
        #expect(Moments.day("2026-03-29", locale: german) == "Sonntag, 29. März 2026")
        #expect(Moments.month("2026-03", locale: english) == "March 2026")
        #expect(Moments.day("not a day") == "not a day")
    }

    @Test func aMomentIsWrittenInItsZone() {
        #expect(Moments.time(0, locale: german, zone: .gmt).hasSuffix("0:00"))
        #expect(Moments.epochMs(Moments.date(1_700_000_000_123)) == 1_700_000_000_123)
    }

    @Test func durationsAreHoursAndMinutes() {
        #expect(Durations.text(3_720_000, locale: english) == "1 hr, 2 min")
        #expect(Durations.text(42_000, locale: english) == "42 secs")
        #expect(Durations.spoken(3_720_000, locale: german) == "1 Stunde und 2 Minuten")
        #expect(Durations.position(3_723_000, locale: english) == "1:02:03")
    }
}
