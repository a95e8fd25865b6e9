// A payment link taken apart for the eye: what it opens, whom it names, and the account or page. Two links that differ in
// anything that decides where money goes read differently. Whether a link holds up is the core's to say.
import Foundation
import TekramCore

/// What a link says.
public struct PaymentLink: Equatable, Sendable {
    /// What it opens.
    public let kind: LinkKind
    /// The receiver, as the link itself names them.
    public let name: String?
    /// An IBAN in groups of four, another account's number, or a page without what all pages begin with.
    public let account: String

    private static let group = 4

    /// Reads a link as it was published; one that cannot be taken apart is shown as it is.
    public init(_ link: String) {
        let parts = link.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let rest = parts.count > 1 ? parts[1] : ""
        let halves = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let path = Self.trimmed(halves.first ?? "")
        let query = halves.count > 1 ? halves[1] : ""
        switch parts.count > 1 ? parts[0].lowercased() : "" {
        case "payto":
            (kind, name, account) = (.payto, Self.field(query, "receiver-name"), Self.bankAccount(path) ?? link)
        case "upi": (kind, name, account) = (.upi, Self.field(query, "pn"), Self.field(query, "pa") ?? link)
        case "taler": (kind, name, account) = (.taler, nil, path.isEmpty ? link : path)
        case "lightning": (kind, name, account) = (.lightning, nil, path.isEmpty ? link : path)
        case "https":
            let page = Self.trimmed(rest)
            (kind, name, account) = (.web, nil, page.isEmpty ? link : page)
        // A page that is not encrypted on the way is told apart.
        default: (kind, name, account) = (.web, nil, link)
        }
    }

    /// The name and the account, as they stand one below the other.
    public var lines: [String] { [name, account].compactMap { $0 } }

    /// `iban/[BIC/]IBAN` of RFC 8905; other kinds of accounts are shown part by part.
    private static func bankAccount(_ path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map { decoded(String($0)) }
        let account = parts.dropFirst()
        guard let type = parts.first, let number = account.last else { return nil }
        guard type.lowercased() == "iban" else { return account.joined(separator: " ") }
        return (account.dropLast() + groups(number.uppercased())).joined(separator: " ")
    }

    private static func groups(_ number: String) -> [String] {
        var (left, groups) = (number[...], [String]())
        while !left.isEmpty {
            groups.append(String(left.prefix(group)))
            left = left.dropFirst(group)
        }
        return groups
    }

    private static func field(_ query: String, _ name: String) -> String? {
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, halves[0] == name else { continue }
            let value = decoded(String(halves[1]).replacingOccurrences(of: "+", with: " "))
            return value.allSatisfy(\.isWhitespace) ? nil : value
        }
        return nil
    }

    private static func decoded(_ text: String) -> String { text.removingPercentEncoding ?? text }

    private static func trimmed(_ text: String) -> String {
        text.trimmingCharacters(in: CharacterSet(charactersIn: "/"))
    }
}
