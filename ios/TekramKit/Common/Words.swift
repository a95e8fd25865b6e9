// Words by their key, with values in their places. On Apple platforms the string catalogue of the app answers; on
// Linux, for tests, the same file is read directly. Sentences are never put together from pieces: what varies has a
// placeholder.
import Foundation

/// Something that can stand in a placeholder.
public protocol WordValue: Sendable {
    /// How it is written in `locale`.
    func written(in locale: Locale) -> String
}

extension String: WordValue {
    /// As it is.
    public func written(in locale: Locale) -> String { self }
}

extension WordValue where Self: BinaryInteger {
    /// With the locale's digits and grouping.
    public func written(in locale: Locale) -> String { Int64(self).formatted(.number.locale(locale)) }
}

extension Int: WordValue {}
extension Int64: WordValue {}
extension UInt32: WordValue {}
extension UInt64: WordValue {}

/// The app's words in the person's language.
public enum Words {
    /// The word of `key` with `values` in its placeholders, in order.
    public static func text(_ key: String, _ values: any WordValue...) -> String {
        source.text(key, values)
    }

    /// The form of `key` for `count`, which is the first value.
    public static func plural<Count: BinaryInteger & WordValue>(
        _ key: String, _ count: Count, _ more: any WordValue...
    ) -> String {
        source.plural(key, Int64(count), [count] + more)
    }

    /// Whether there is such a word.
    public static func has(_ key: String) -> Bool { source.has(key) }

    #if canImport(Darwin)
        static let source = BundledWords()
    #else
        static let source = WordCatalogue.ofCheckout(language: "en")
    #endif
}

#if canImport(Darwin)
    /// The catalogue that was compiled into the app.
    struct BundledWords: Sendable {
        func has(_ key: String) -> Bool { look(key) != key }

        func text(_ key: String, _ values: [any WordValue]) -> String {
            Placeholders.fill(look(key), values, locale: .current)
        }

        /// Foundation chooses the form by the first number, so numbers stay numbers here.
        func plural(_ key: String, _ count: Int64, _ values: [any WordValue]) -> String {
            let arguments = values.map { value -> any CVarArg in
                if let number = value as? any BinaryInteger { return Int64(number) }
                return value.written(in: .current)
            }
            return String(format: look(key), locale: .current, arguments: arguments)
        }

        private func look(_ key: String) -> String { Bundle.main.localizedString(forKey: key, value: nil, table: nil) }
    }
#endif

enum Placeholders {
    /// Puts values into `%1$@`, `%1$lld` and `%arg` (the first), and makes `%%` one sign.
    static func fill(_ template: String, _ values: [any WordValue], locale: Locale) -> String {
        if values.isEmpty { return template }
        var filled = ""
        var rest = template[...]
        while let percent = rest.firstIndex(of: "%") {
            filled += rest[..<percent]
            rest = rest[percent...].dropFirst()
            if rest.first == "%" {
                filled += "%"
                rest = rest.dropFirst()
                continue
            }
            guard let (index, length) = placeholder(rest), values.indices.contains(index) else {
                filled += "%"
                continue
            }
            filled += values[index].written(in: locale)
            rest = rest.dropFirst(length)
        }
        return filled + rest
    }

    /// Index of the value, and how long the placeholder is after its percent sign.
    private static func placeholder(_ text: Substring) -> (index: Int, length: Int)? {
        if text.hasPrefix("arg") { return (0, 3) }
        guard let dollar = text.firstIndex(of: "$"), let number = Int(text[..<dollar]), number > 0 else { return nil }
        let digits = text.distance(from: text.startIndex, to: dollar) + 1
        let kind = text[dollar...].dropFirst()
        if kind.hasPrefix("@") { return (number - 1, digits + 1) }
        if kind.hasPrefix("lld") { return (number - 1, digits + 3) }
        return nil
    }
}
