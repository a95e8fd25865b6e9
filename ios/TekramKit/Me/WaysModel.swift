// How the open profile can be unlocked: adding, changing and removing ways in. The last one is protected by the core.
import Foundation
import Observation
import TekramCore

/// me_ways.
@MainActor
@Observable
public final class WaysModel {
    /// Whether the ways could be read.
    public private(set) var phase: Phase = .loading
    /// The ways in, in the order in which they were added.
    public private(set) var ways: [WayIn] = []
    /// What the person types as the passphrase until now.
    public var oldPassphrase = ""
    /// What the person types as the new passphrase.
    public var newPassphrase = ""
    /// The new one once more.
    public var newPassphraseAgain = ""
    /// A key is being derived.
    public private(set) var isBusy = false
    /// Key of the word that says what was done.
    public private(set) var done: String?
    /// Why the last change did not work.
    public private(set) var problem: Problem?
    /// Why this phone's key was not made.
    public private(set) var absence: NotPresent?

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Both new passphrases were typed and are the same.
    public var passphraseFits: Bool { !newPassphrase.isEmpty && newPassphrase == newPassphraseAgain }

    /// There is a passphrase to change.
    public var hasPassphrase: Bool { ways.contains { $0.kind == .passphrase } }

    /// This phone can be added: it can guard a key and does not do so yet.
    public func mayAddPhone(phoneGuards: Bool) -> Bool {
        phoneGuards && !ways.contains(where: \.isKeyStore)
    }

    /// Reads the ways in.
    public func load() {
        do {
            ways = try persona.ways()
            phase = .loaded(ways.isEmpty)
        } catch {
            phase = .ended(error)
        }
    }

    /// Adds this phone's key store under `name`, which the person reads in the list. `presence` says whether the phone can
    /// guard a key at all.
    public func addPhone(name: String, presence: (any Presence)?) async {
        let persona = persona
        await change("me_way_added_done") { _ = try await persona.addKeyStoreWay(name: name) }
        if problem?.isOfKeyStore == true && presence?.ready != true { (problem, absence) = (nil, .notSetUp) }
    }

    /// Adds the passphrase that was typed.
    public func addPassphrase() async {
        let (persona, new) = (persona, newPassphrase)
        await change("me_way_added_done") { _ = try await persona.addPassphrase(passphrase: new) }
    }

    /// Puts the new passphrase in the place of the old one.
    public func changePassphrase() async {
        let (persona, old, new) = (persona, oldPassphrase, newPassphrase)
        await change("me_passphrase_changed") { _ = try await persona.changePassphrase(old: old, new: new) }
    }

    /// Removes a way in.
    public func remove(_ way: WayIn) async {
        let persona = persona
        await change("me_way_removed_done") { try persona.removeWay(name: way.name) }
    }

    private func change(_ word: String, _ call: () async throws -> Void) async {
        guard !isBusy else { return }
        isBusy = true
        (done, problem, absence) = (nil, nil, nil)
        defer { isBusy = false }
        do {
            try await call()
            forget()
            done = word
        } catch {
            problem = Problem(error)
        }
        load()
    }

    /// Wipes what was typed: when it was used, and when the screen is left.
    public func forget() {
        (oldPassphrase, newPassphrase, newPassphraseAgain) = ("", "", "")
    }
}

extension WayIn {
    /// A key that a phone guards.
    var isKeyStore: Bool {
        if case .keyStore = kind { true } else { false }
    }
}
