// What another app, a link, a shortcut or a code asks this app to do. It never does anything by itself: it opens a
// screen and at most fills in a field, and the person goes on from there. Everything here comes from outside, so it is
// bounded and taken apart by hand. The share extension compiles this file too: it links none of the rest.
import Foundation

/// A wish from outside that fills in a screen.
public enum Ask: Codable, Equatable, Sendable {
    /// Find out who made this page and how they can be paid.
    case payMaker(page: URL)
    /// Begin a request.
    case want(what: String, gtin: String?, page: URL?)
    /// Begin a request by a store's card that was read in another room or in a picture. No link says this.
    case storeCard(String)
    /// Open one of the five rooms.
    case room(Room)

    /// The five rooms, as links name them.
    public enum Room: String, Codable, Sendable {
        case history, pay, want, relations, me
    }

    /// The links' scheme.
    public static let scheme = "tekram"
    private static let longestLink = 4_096
    private static let longestPage = 2_048
    private static let longestWant = 200

    /// `tekram:history`, `tekram:pay?page=…`, `tekram:want?what=…&gtin=…`, `tekram:relations`, `tekram:me`. No link pays,
    /// sends, accepts, unlocks or changes a setting.
    public init?(link: URL) {
        let text = link.absoluteString
        guard text.utf8.count <= Self.longestLink, link.scheme?.lowercased() == Self.scheme,
            let colon = text.firstIndex(of: ":")
        else { return nil }
        // tekram:want and tekram://want are the same.
        var rest = text[text.index(after: colon)...]
        if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let place = parts.first.map { $0.hasSuffix("/") ? $0.dropLast() : $0 } ?? ""
        guard let room = Room(rawValue: place.lowercased()) else { return nil }
        let fields = Self.fields(parts.count > 1 ? parts[1] : "")
        switch room {
        case .pay where fields["page"] != nil:
            guard let page = Self.page(fields["page"] ?? "") else { return nil }
            self = .payMaker(page: page)
        case .want where fields["what"] != nil || fields["gtin"] != nil:
            self.init(what: fields["what"] ?? "", gtin: fields["gtin"], page: nil)
        default:
            self = .room(room)
        }
    }

    /// A request that somebody began elsewhere; nothing when there is nothing in it that can be used.
    public init?(what: String, gtin: String?, page: URL?) {
        let said = what.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard said.count <= Self.longestWant else { return nil }
        let number = gtin.flatMap { Self.isGtin($0) ? $0 : nil }
        if said.isEmpty && number == nil && page == nil { return nil }
        self = .want(what: said, gtin: number, page: page)
    }

    /// A request by the code in a picture: goods by their barcode, a page, or a store's card. Nothing for another code.
    public init?(code: String) {
        let said = code.trimmingCharacters(in: .whitespacesAndNewlines)
        if Self.isGtin(said) {
            self = .want(what: "", gtin: said, page: nil)
        } else if let page = Self.page(said) {
            self = .want(what: "", gtin: nil, page: page)
        } else if let ask = URL(string: said).flatMap({ Ask(link: $0) }), ask.isWant {
            // The room takes a card apart: it also names the boards on which the store listens.
            self = .storeCard(said)
        } else {
            return nil
        }
    }

    private var isWant: Bool {
        switch self {
        case .want, .room(.want): true
        case .payMaker, .storeCard, .room: false
        }
    }

    /// A public page: http or https with a host, without a user name in it.
    public static func page(_ text: String) -> URL? {
        guard text.utf8.count <= longestPage, let url = URL(string: text),
            let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = url.host(), !host.isEmpty, url.user() == nil
        else { return nil }
        return url
    }

    /// Digits of a GTIN-8, -12, -13 or -14; the core checks the check digit.
    public static func isGtin(_ text: String) -> Bool {
        [8, 12, 13, 14].contains(text.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func fields(_ query: Substring) -> [String: String] {
        var found: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else { continue }
            let value = halves[1].replacingOccurrences(of: "+", with: " ")
            found[String(halves[0])] = value.removingPercentEncoding
        }
        return found
    }
}
