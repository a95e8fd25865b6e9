// The words as the screens get them: from the checked-in catalogue, in both languages.
import Foundation
import Testing

@testable import TekramKit

@Suite struct WordsTests {
    private let english = WordCatalogue.ofCheckout(language: "en")
    private let german = WordCatalogue.ofCheckout(language: "de")

    @Test func bothLanguagesHaveTheSameKeys() {
        #expect(!english.keys.isEmpty)
        #expect(english.keys == german.keys)
    }

    @Test func valuesStandInTheirPlaces() {
        #expect(english.text("start_lock_one", ["Ada"]) == "Hello, Ada")
        #expect(german.text("start_lock_one", ["Ada"]) == "Hallo, Ada")
        #expect(Placeholders.fill("%2$@ of %1$@, 5 %%", ["a", "b"], locale: Locale(identifier: "en")) == "b of a, 5 %")
    }

    @Test func aPluralTakesItsForm() {
        #expect(english.plural("history_plays", 1, [1]) == "1 play")
        #expect(english.plural("history_plays", 1234, [1234]) == "1,234 plays")
        #expect(german.plural("history_plays", 1234, [1234]).hasPrefix("1.234 "))
    }

    @Test func aPluralMayHaveAnotherValueBesideItsCount() {
        let one = english.plural("pay_confirm_text", 1, [1, "€5.00"])
        let many = english.plural("pay_confirm_text", 3, [3, "€5.00"])
        #expect(one.contains("1 ") && one.contains("€5.00"))
        #expect(many.contains("3 ") && many != one)
    }

    @Test func aMissingWordIsItsKey() {
        #expect(english.text("no_such_word") == "no_such_word")
        #expect(!Words.has("no_such_word"))
    }

    // On a Mac the words come from the app's bundle, which a test of the package has not.
    #if os(Linux)
        @Test func anErrorWithoutItsOwnWordHasTheRoomsOrTheUnknownOne() {
            #expect(Problem(name: "wrong_passphrase").wordKey == "error_wrong_passphrase")
            #expect(Problem(code: 0, name: "something_new").wordKey == "error_unknown")
            for (room, key) in [
                (1, "device"), (2, "network"), (3, "vault"), (4, "history"), (5, "pay"), (6, "relations"),
            ] {
                #expect(Problem(code: UInt32(room * 1000 + 999), name: "new").wordKey == "error_room_\(key)")
            }
            #expect(Problem(code: 7_999, name: "new").wordKey == "error_room_want")
            #expect(Problem(code: 90_999, name: "new").wordKey == "error_room_device")
        }
    #endif
}
