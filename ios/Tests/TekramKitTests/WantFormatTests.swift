// What a person types and reads in Want: amounts and degrees, cells on the map, reasons of a rank, codes.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@Suite struct WantFormatTests {
    private let german = Locale(identifier: "de_DE")
    private let english = Locale(identifier: "en_US")

    private func cents(_ text: String, _ locale: Locale, _ currency: String = "EUR") -> Int64? {
        TypedNumbers.money(text, currency: currency, locale: locale)?.amountMinor
    }

    @Test func amountsAreReadAsTheyAreWrittenThere() {
        #expect(cents("1.250,50", german) == 125_050)
        #expect(cents("1,250.50", english) == 125_050)
        #expect(cents("12", german) == 1_200)
        #expect(cents("12,5", german) == 1_250)
        #expect(cents("12.5", german) == 1_250)
        #expect(cents(" 1 250 ", german) == 125_000)
        #expect(cents("١٢", german) == 1_200)
        #expect(cents("1.250", german) == 125_000)
        #expect(cents("500", german, "SAT") == 500)
        #expect(cents("500", english, "JPY") == 500)
    }

    @Test func whatIsNoAmountOrTwoIsRefused() {
        for text in ["", "much", "-1", "1,255,00", "12,555", "1.25.0", ",5", "5,", "99999999999999999999"] {
            #expect(cents(text, german) == nil, "\(text)")
        }
        #expect(cents("5,5", german, "SAT") == nil)
        #expect(cents("5.5", english, "JPY") == nil)
    }

    @Test func degreesAreReadWithEitherSeparator() {
        #expect(TypedNumbers.degrees("50,1109") == 50.1109)
        #expect(TypedNumbers.degrees("-8.5") == -8.5)
        #expect(TypedNumbers.degrees("−8.5") == -8.5)
        #expect(TypedNumbers.degrees("+8") == 8)
        for text in ["", "north", "1234", "5.5.5", "0x10", "1e2", "inf"] {
            #expect(TypedNumbers.degrees(text) == nil, "\(text)")
        }
    }

    @Test func currenciesBeginWithTheCountrysOwn() {
        #expect(TypedNumbers.currencies(locale: german) == ["EUR", "SAT"])
        #expect(TypedNumbers.currencies(locale: english) == ["USD", "EUR", "SAT"])
    }

    private let coarse = Cell(
        geohash: "u0yj", area: Area(south: 50.09765625, west: 8.4375, north: 50.2734375, east: 8.7890625))
    private let fine = Cell(
        geohash: "u0yjj", area: Area(south: 50.09765625, west: 8.6572265625, north: 50.1416015625, east: 8.701171875))

    @Test func aCellSaysWhereItsEdgesLieAsFinelyAsItIs() {
        #expect(fine.digits == 2)
        #expect(fine.spoken.contains(fine.edges().south))
        #expect(fine.edges(locale: german).south.contains("50,"))
    }

    @Test func coordinatesAreSetApartFromTextThatRunsFromRightToLeft() {
        for text in [fine.alongText, fine.acrossText] {
            #expect(text.first == "\u{2066}" && text.last == "\u{2069}")
        }
        #expect(fine.spoken.filter { $0 == "\u{2066}" }.count == 2)
        #expect(fine.spoken.filter { $0 == "\u{2069}" }.count == 2)
    }

    @Test func theMapShowsTheCellInsideAndABarOfARoundLength() throws {
        let frame = MapFrame(around: coarse.area, size: CGSize(width: 350, height: 280))
        let canvas = CGRect(x: 0, y: 0, width: 350, height: 280)
        #expect(canvas.contains(frame.rect(coarse.area)))
        let (outer, inner) = (frame.rect(coarse.area), frame.rect(fine.area))
        #expect(outer.minX <= inner.minX + 0.01 && inner.maxX <= outer.maxX + 0.01)
        #expect(outer.minY <= inner.minY + 0.01 && inner.maxY <= outer.maxY + 0.01)
        let bar = frame.scaleBar
        #expect(bar.points > 20 && bar.points <= 100)
        var first = bar.metres
        while first >= 10 { first /= 10 }
        #expect([1, 2, 5].contains(first.rounded()))
        let grid = frame.grid(fine.area)
        #expect(grid.x.count > 3 && grid.y.count > 3)
        #expect(grid.x.contains { abs($0 - frame.rect(fine.area).minX) < 0.01 })
    }

    @Test func momentsOfTheCoreAreWrittenForThePerson() throws {
        let zone = try #require(TimeZone(identifier: "UTC"))
        let text = Moments.dayAndTime(rfc3339: "2026-11-23T10:00:00Z", locale: german, zone: zone)
        #expect(text.contains("10:00"))
        #expect(Moments.dayAndTime(rfc3339: "2026-11-23T10:00:00.250Z", locale: german, zone: zone) == text)
        #expect(Moments.dayAndTime(rfc3339: "soon") == "soon")
    }

    @Test func reasonsAndDistancesAreWords() {
        let near = OfferReason(why: .distance(metres: 0), points: 1000, weight: 300)
        #expect(near.text(currency: "EUR") == Words.text("want_why_distance_here"))
        let dear = OfferReason(why: .dearer(byMinor: 250), points: 500, weight: 500)
        #expect(dear.text(currency: "EUR").contains(Money(amountMinor: 250, currency: "EUR").text()))
        let few = OfferReason(why: .shortOf(onHand: 1), points: 0, weight: 100)
        #expect(few.text(currency: "EUR") == Words.plural("want_why_short_of", 1))
        #expect(Distances.text(800, locale: english) == Words.text("want_metres", "800"))
        #expect(Distances.text(2_500, locale: german) == Words.text("want_kilometres", "2,5"))
    }

    @Test func aPickupCodeIsReadLetterByLetter() {
        let accepted = Accepted(
            intent: "1", offer: "o", state: "confirmed", reason: nil, commitment: "c", agreement: "a",
            agreementSha256: nil, price: Money(amountMinor: 100, currency: "EUR"), pickupCode: "AB1-2CD", item: "tea",
            seller: "Shop", until: "2026-11-23T10:00:00Z")
        #expect(accepted.spokenCode == Words.text("want_pickup_code_a11y", "A, B, 1, 2, C, D"))
        #expect(accepted.stateKey == "want_accepted_confirmed")
        #expect(!accepted.isWaiting && !accepted.isOver)
        #expect(accepted.reasonKey == nil)
    }
}
