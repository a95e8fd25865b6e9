// Creating and unlocking a profile: by passphrase, by this phone's key store after the person showed presence, or by
// recovery words. What was typed is wiped as soon as it was used.
import Foundation
import Observation
import TekramCore

/// First run and lock screen.
@MainActor
@Observable
public final class StartModel {
    /// How the new profile will be unlocked.
    public enum Way: Hashable, Sendable {
        /// By a key that this phone guards.
        case phone
        /// By words that the person types.
        case passphrase
    }

    /// Name of the profile to create.
    public var name = ""
    /// How it will be unlocked.
    public var way: Way
    /// What the person types.
    public var passphrase = ""
    /// The same again, when choosing one.
    public var passphraseAgain = ""
    /// Recovery words, separated by spaces.
    public var recoveryWords = ""
    /// The profile to unlock.
    public var chosen: PersonaEntry?
    /// Something is being derived or asked for.
    public private(set) var isBusy = false
    /// Why the last try did not work.
    public private(set) var problem: Problem?

    private let app: AppModel
    private let presence: (any Presence)?

    /// For `app`; `presence` is missing where the phone guards no keys.
    public init(app: AppModel, presence: (any Presence)? = nil) {
        self.app = app
        self.presence = presence
        way = presence?.ready == true ? .phone : .passphrase
        if case .locked(let personas) = app.phase { chosen = personas.first }
    }

    /// This phone can guard a key.
    public var phoneGuards: Bool { presence?.ready == true }

    /// Both passphrases were typed and are the same.
    public var passphraseFits: Bool { !passphrase.isEmpty && passphrase == passphraseAgain }

    /// How many recovery words were typed.
    public var recoveryWordCount: Int { recoveryWords.split(whereSeparator: \.isWhitespace).count }

    /// Makes the profile and opens it.
    public func create() async {
        let (name, passphrase, agent) = (name, passphrase, app.agent)
        await open { try await agent.createPersona(name: name, passphrase: passphrase) }
    }

    /// Opens the chosen profile by its passphrase.
    public func unlock() async {
        guard let chosen else { return }
        let (passphrase, agent) = (passphrase, app.agent)
        await open { try await agent.unlockWithPassphrase(id: chosen.id, passphrase: passphrase) }
    }

    private func open(_ call: () async throws -> Persona) async {
        guard !isBusy else { return }
        isBusy = true
        problem = nil
        defer { isBusy = false }
        do {
            let persona = try await call()
            forget()
            app.opened(persona)
        } catch {
            let problem = Problem(error)
            self.problem = problem.isCancelled ? nil : problem
        }
    }

    private func forget() {
        passphrase = ""
        passphraseAgain = ""
        recoveryWords = ""
    }
}
