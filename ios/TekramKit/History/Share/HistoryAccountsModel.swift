// The accounts that a history is fetched from: adding one, fetching what is new, watching a music server, and forgetting it. The
// password passes through once, on the way from the screen to the core.
import Foundation
import Observation
import TekramCore

/// What came of asking an account, so far or in all.
public struct AccountSaid: Equatable, Sendable {
    /// Which account.
    public let account: Int64
    /// What was fetched.
    public internal(set) var pulled: Pulled?
    /// What was heard at a music server.
    public internal(set) var watched: Watched?
    /// Why it ended before its time.
    public internal(set) var problem: Problem?
}

extension HistoryAccountKind {
    /// In the order in which they are offered.
    public static let all: [HistoryAccountKind] = [.listenbrainz, .gpodder, .nextcloud, .subsonic]

    /// Its name in the keys of its words.
    public var word: String {
        switch self {
        case .listenbrainz: "listenbrainz"
        case .gpodder: "gpodder"
        case .nextcloud: "nextcloud"
        case .subsonic: "subsonic"
        }
    }

    /// Whether it needs a password; listens at ListenBrainz are public.
    public var needsSecret: Bool { self != .listenbrainz }
}

/// history_accounts.
@MainActor
@Observable
public final class HistoryAccountsModel {
    /// Whether the accounts could be read.
    public private(set) var phase: Phase = .loading
    /// The accounts, oldest first.
    public private(set) var accounts: [HistoryAccount] = []
    /// The account that is being asked or watched.
    public private(set) var working: Int64?
    /// What was said the last time that one was asked.
    public private(set) var said: AccountSaid?
    /// An account is being added.
    public private(set) var isAdding = false
    /// Why one was not added or removed.
    public private(set) var problem: Problem?

    /// Which service the typed account is at.
    public var kind = HistoryAccountKind.listenbrainz
    /// The typed address; empty for the usual server.
    public var url = ""
    /// Who the person is there.
    public var user = ""
    /// The typed password or token.
    public var secret = ""
    /// The person says that the server is in their own network.
    public var inHomeNetwork = false

    /// Seconds between two looks at a music server.
    public nonisolated static let lookEvery: UInt32 = 30

    private let persona: Persona
    private let lookEvery: UInt32
    @ObservationIgnored private var work: Task<Void, Never>?

    /// For `persona`; a music server is looked at every `lookEvery` seconds.
    public init(persona: Persona, lookEvery: UInt32 = HistoryAccountsModel.lookEvery) {
        (self.persona, self.lookEvery) = (persona, lookEvery)
    }

    /// Where such an account is when no server is typed; empty for what everybody runs themselves.
    public var usualUrl: String { usualServer(kind: kind) }

    /// Everything that is needed was typed.
    public var mayAdd: Bool {
        !trimmed(user).isEmpty && (!trimmed(url).isEmpty || !usualUrl.isEmpty) && (!secret.isEmpty || !kind.needsSecret)
    }

    /// Reads the accounts.
    public func load() {
        do {
            accounts = try persona.historyAccounts()
            phase = .loaded(accounts.isEmpty)
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads now, and again after each change, until the task ends.
    public func follow() async { await persona.follow { load() } }

    /// Adds the typed account; nothing is asked yet. True when it is there.
    public func add() async -> Bool {
        guard !isAdding, mayAdd else { return false }
        (isAdding, problem) = (true, nil)
        defer { isAdding = false }
        do {
            _ = try await persona.addHistoryAccount(
                kind: kind, url: trimmed(url), user: trimmed(user), secret: secret, inHomeNetwork: inHomeNetwork)
            forget()
            load()
            return true
        } catch {
            problem = Problem(error)
            return false
        }
    }

    /// Wipes what was typed: when it was used, and when the form is left.
    public func forget() {
        (url, user, secret, inHomeNetwork, problem) = ("", "", "", false, nil)
    }

    /// Forgets an account with its password.
    public func remove(_ account: Int64) {
        problem = nil
        do {
            try persona.removeHistoryAccount(account: account)
            if said?.account == account { said = nil }
        } catch {
            problem = Problem(error)
        }
        load()
    }

    /// Fetches what is new, or watches a music server until it is stopped. One account at a time.
    public func fetch(_ account: HistoryAccount) async {
        guard working == nil else { return }
        (working, said) = (account.account, AccountSaid(account: account.account))
        let work = Task { await ask(account) }
        self.work = work
        await work.value
        (working, self.work) = (nil, nil)
        load()
    }

    /// Stops what runs; what came stays, and the next time goes on there.
    public func stop() { work?.cancel() }

    /// The screen is left: nobody sees any more that a music server is being watched.
    public func left() {
        if accounts.contains(where: { $0.account == working && $0.kind == .subsonic }) { stop() }
    }

    private func ask(_ account: HistoryAccount) async {
        do {
            if account.kind == .subsonic {
                let task = try persona.startWatch(account: account.account, everySeconds: lookEvery, seconds: nil)
                let report = try await task.run { said?.watched = $0 }
                said?.watched = report
            } else {
                let task = try persona.startPull(account: account.account)
                let report = try await task.run { said?.pulled = $0 }
                said?.pulled = report
            }
        } catch {
            let problem = Problem(error)
            if !problem.isCancelled { said?.problem = problem }
        }
    }

    private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}
