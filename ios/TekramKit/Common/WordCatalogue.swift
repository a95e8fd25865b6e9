// Reads the string catalogue (Localizable.xcstrings) as a file, which Apple's build does at compile time: so that tests
// on Linux see the words that people will.
import Foundation

/// One language of a string catalogue.
public struct WordCatalogue: Sendable {
    private let entries: [String: Entry]
    private let locale: Locale

    private struct Entry: Sendable {
        var forms: [String: String]
    }

    /// Reads `file` for `language` (`en`, `de`).
    public init(contentsOf file: URL, language: String) throws {
        let catalogue = try JSONDecoder().decode(Catalogue.self, from: Data(contentsOf: file))
        entries = catalogue.strings.compactMapValues { $0.localizations[language].map { Entry(forms: $0.forms) } }
        locale = Locale(identifier: language)
    }

    /// The catalogue of the checkout that this source was compiled in.
    static func ofCheckout(language: String) -> WordCatalogue {
        let kit = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = kit.deletingLastPathComponent().appending(path: "TekramUI/Resources/Localizable.xcstrings")
        return (try? WordCatalogue(contentsOf: file, language: language)) ?? WordCatalogue()
    }

    /// No words at all: each key stands for itself, as Foundation does it.
    private init() {
        entries = [:]
        locale = Locale(identifier: "en")
    }

    /// All keys.
    public var keys: Set<String> { Set(entries.keys) }

    /// Whether there is such a word.
    public func has(_ key: String) -> Bool { entries[key] != nil }

    /// The word with its values.
    public func text(_ key: String, _ values: [any WordValue] = []) -> String {
        Placeholders.fill(entries[key]?.forms["other"] ?? key, values, locale: locale)
    }

    /// The form for `count` (CLDR's rule for English and German: one, else other), with its values.
    public func plural(_ key: String, _ count: Int64, _ values: [any WordValue]) -> String {
        let forms = entries[key]?.forms ?? [:]
        let form = (count == 1 ? forms["one"] : nil) ?? forms["other"] ?? key
        return Placeholders.fill(form, values, locale: locale)
    }
}

/// The file's shape.
private struct Catalogue: Decodable {
    var strings: [String: Word]

    struct Word: Decodable {
        var localizations: [String: Localisation] = [:]
    }

    struct Localisation: Decodable {
        var stringUnit: Unit?
        var variations: Variations?
        var substitutions: [String: Substitution]?

        /// Form of number → text; a word without forms has `other` alone.
        var forms: [String: String] {
            if let plural = variations?.plural ?? substitutions?.values.first?.variations.plural {
                return plural.compactMapValues(\.stringUnit?.value)
            }
            return stringUnit.map { ["other": $0.value] } ?? [:]
        }
    }

    struct Unit: Decodable {
        var value: String
    }

    struct Variations: Decodable {
        var plural: [String: Form]?
    }

    struct Form: Decodable {
        var stringUnit: Unit?
    }

    struct Substitution: Decodable {
        var variations: Variations
    }
}
