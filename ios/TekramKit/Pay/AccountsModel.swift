// The account book and the e-cash on hand. The balances are on this phone; what a provider holds is asked there only when
// the person wants to know.
import Foundation
import Observation
import TekramCore

/// pay_ledger.
@MainActor
@Observable
public final class AccountsModel {
    /// E-cash at one provider.
    public struct Purse: Equatable, Sendable {
        /// The provider's address.
        public let mint: String
        /// What is there; nothing while it is not known.
        public internal(set) var balances: [Money]?
        /// Why it could not be asked.
        public internal(set) var problem: Problem?
        /// It is being asked.
        public internal(set) var isAsking = false
    }

    /// Whether the book could be read.
    public private(set) var phase: Phase = .loading
    /// Its balances.
    public private(set) var balances: [Balance] = []
    /// The providers that e-cash is or was at.
    public private(set) var purses: [Purse] = []
    private var names: [String: String] = [:]

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Reads the book.
    public func load() {
        do {
            balances = try persona.ledger().balances
            names = Dictionary(try persona.payees().map { ($0.payee, $0.name) }) { first, _ in first }
            for mint in balances.compactMap({ Account($0.account).mint })
            where !purses.contains(where: { $0.mint == mint }) {
                purses.append(Purse(mint: mint))
            }
            phase = .loaded(balances.isEmpty)
        } catch {
            phase = .ended(error)
        }
    }

    /// The account of a balance in words.
    public func title(_ balance: Balance) -> String { Account(balance.account).text(names) }

    /// Asks a provider what it holds.
    public func ask(_ mint: String) async {
        change(mint) { ($0.isAsking, $0.problem) = (true, nil) }
        do {
            let balances = try await persona.wallet(mint: mint)
            change(mint) { ($0.isAsking, $0.balances) = (false, balances) }
        } catch {
            change(mint) { ($0.isAsking, $0.problem) = (false, Problem(error)) }
        }
    }

    private func change(_ mint: String, _ change: (inout Purse) -> Void) {
        guard let index = purses.firstIndex(where: { $0.mint == mint }) else { return }
        change(&purses[index])
    }
}

/// An account of the book, taken apart: what it is, and whose.
struct Account: Equatable {
    let kind: String
    private let whose: String

    /// The account with this name, as `carried:main:PAYEE` or `rail:cashu:https://mint.example`.
    init(_ name: String) {
        let halves = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        kind = String(halves[0])
        let rest = halves.count > 1 ? halves[1] : ""
        if kind == "committed" || kind == "carried", let colon = rest.firstIndex(of: ":") {
            whose = String(rest[rest.index(after: colon)...])
        } else {
            whose = String(rest)
        }
    }

    /// The provider whose e-cash this account holds.
    var mint: String? {
        kind == "rail" && whose.hasPrefix("cashu:") ? String(whose.dropFirst("cashu:".count)) : nil
    }

    /// In words, with the names of payees by their id.
    func text(_ names: [String: String]) -> String {
        let key = "pay_account_\(kind)"
        if kind == "carried" && whose == "waiting" { return Words.text("pay_account_waiting") }
        if let mint { return Words.text(key, Addresses.host(mint)) }
        if !Words.has(key) { return Words.text("pay_account_other") }
        return Words.text(key, names[whose] ?? Words.text("common_unknown"))
    }
}
