// What is fixed when the app is built or started and a person may want to know: which payment methods a store's rules
// took out, the proxy, whose work it is built on, and the diagnostic log.
import Foundation
import TekramCore

/// This edition of the app.
public struct Edition: Sendable {
    /// Payment methods that this edition leaves out.
    public let railsOff: [RailKind]
    /// The proxy that everything goes through, if any.
    public let proxy: String?
    /// The page of licences, as packaging wrote it; nothing where it was not packaged.
    public let licences: URL?
    /// Where errors are noted, for the person alone.
    public let log: DiagnosticLog?

    /// An edition as it was built and started.
    public init(
        railsOff: [RailKind] = [], proxy: String? = nil, licences: URL? = nil, log: DiagnosticLog? = nil
    ) {
        self.railsOff = railsOff
        self.proxy = proxy
        self.licences = licences
        self.log = log
    }

    /// Every payment method there is, in the order in which they are shown.
    public static let rails: [RailKind] = [.cashu, .handOff]

    /// Payment methods by the names that a build setting has for them, with spaces or commas between. A name that is not
    /// known takes all of them out: a store's build must not offer what its setting meant to leave out.
    public static func railsOff(named names: String) -> [RailKind] {
        let named = names.split(whereSeparator: { $0.isWhitespace || $0 == "," })
        let known = named.compactMap { name -> RailKind? in
            switch name {
            case "cashu": .cashu
            case "hand_off": .handOff
            default: nil
            }
        }
        return known.count == named.count ? rails.filter(known.contains) : rails
    }

    /// A proxy's address as a person types it; nothing when it is not one. The core says the last word when it opens.
    public static func proxy(typed: String) -> String? {
        let text = typed.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(),
            ["socks5", "socks5h", "http"].contains(scheme), let host = url.host(), !host.isEmpty
        else { return nil }
        return text
    }
}
