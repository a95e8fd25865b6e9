// A store's card, tapped or scanned at its counter: a link of this app that says what is to be had there and on which
// boards the store listens. Anybody can print one, so it fills in a request that the person still looks at and sends.
import Foundation

/// What a card says.
public struct StoreCard: Equatable, Sendable {
    /// What is to be had; may be empty.
    public let what: String
    /// Its barcode.
    public let gtin: String?
    /// Boards the store listens on.
    public let boards: [String]

    /// More than these nobody listens on at one counter.
    private static let mostBoards = 8
    private static let longestBoard = 200

    /// `tekram:want?what=…&gtin=…&board=wss://…`, where `board` may come more than once; nothing for anything else. One that
    /// names a board which is none does not hold up as a whole.
    public init?(_ text: String) {
        guard let link = URL(string: text.trimmingCharacters(in: .whitespacesAndNewlines)), let ask = Ask(link: link),
            let items = URLComponents(string: link.absoluteString)?.queryItems
        else { return nil }
        let named = items.filter { $0.name == "board" }.map { $0.value ?? "" }
        guard named.count <= Self.mostBoards, named.allSatisfy(Self.isBoard) else { return nil }
        switch ask {
        case .want(let what, let gtin, _):
            (self.what, self.gtin) = (what, gtin)
        case .room(.want) where !named.isEmpty:
            (what, gtin) = ("", nil)
        default:
            return nil
        }
        boards = named.reduce(into: []) { kept, board in if !kept.contains(board) { kept.append(board) } }
    }

    private static func isBoard(_ text: String) -> Bool {
        guard text.utf8.count <= longestBoard, !text.contains(where: \.isWhitespace), let url = URL(string: text),
            url.scheme?.lowercased() == "wss", let host = url.host(), !host.isEmpty, url.user() == nil
        else { return false }
        return true
    }
}
