// Creating and unlocking a profile: by passphrase, by this phone's key after the person showed presence, or by recovery
// words. What was typed is wiped as soon as it was used.
import Foundation
import Observation
import TekramCore

/// First run and lock screen.
@MainActor
@Observable
public final class StartModel {
    /// How a profile is opened.
    public enum Way: Hashable, Sendable {
        /// By a key that this phone guards.
        case phone
        /// By words that the person chose.
        case passphrase
        /// By the 24 words on paper.
        case words
    }

    /// Name of the way in that this phone guards; the person reads the words of `me_way_key_store` instead.
    public static let phoneWay = "phone"

    /// Name of the profile to create.
    public var name = ""
    /// How the new profile will be unlocked, or the chosen one is.
    public var way: Way = .passphrase
    /// What the person types.
    public var passphrase = ""
    /// The same again, when choosing one.
    public var passphraseAgain = ""
    /// Recovery words, separated by spaces.
    public var recoveryWords = ""
    /// The profile to unlock.
    public private(set) var chosen: PersonaEntry?
    /// Something is being derived or asked for.
    public private(set) var isBusy = false
    /// Why the core refused.
    public private(set) var problem: Problem?
    /// Why the phone's key stayed closed.
    public private(set) var absence: NotPresent?

    private let app: AppModel
    private let presence: (any Presence)?

    /// For `app`; `presence` is missing where the phone guards no keys. Begins with the profile that the person wants to
    /// switch to, else with the first; or with none, to make a new one.
    public init(app: AppModel, presence: (any Presence)? = nil, makesNew: Bool = false) {
        self.app = app
        self.presence = presence
        if !makesNew, case .locked(let personas) = app.phase,
            let first = personas.first(where: { $0.id == app.wanted }) ?? personas.first
        {
            choose(first)
        } else {
            way = phoneGuards ? .phone : .passphrase
        }
    }

    /// To make another profile beside those there are.
    public func another() -> StartModel { StartModel(app: app, presence: presence, makesNew: true) }

    /// This phone can guard a key.
    public var phoneGuards: Bool { presence?.ready == true }

    /// Both passphrases were typed and are the same.
    public var passphraseFits: Bool { !passphrase.isEmpty && passphrase == passphraseAgain }

    /// How many recovery words were typed.
    public var recoveryWordCount: Int { recoveryWords.split(whereSeparator: \.isWhitespace).count }

    /// Turns to a profile, and to the way in that asks least of the person.
    public func choose(_ persona: PersonaEntry) {
        chosen = persona
        way = ways(of: persona).first ?? .words
        (problem, absence) = (nil, nil)
        forget()
    }

    /// The ways in of the chosen profile that can be used here.
    public var ways: [Way] { chosen.map(ways(of:)) ?? [] }

    private func ways(of persona: PersonaEntry) -> [Way] {
        var ways: [Way] = []
        if phoneGuards, persona.ways.contains(where: \.isKeyStore) { ways.append(.phone) }
        if persona.ways.contains(where: { $0.kind == .passphrase }) { ways.append(.passphrase) }
        if persona.ways.contains(where: { $0.kind == .recoveryPhrase }) { ways.append(.words) }
        return ways
    }

    /// Makes the profile and opens it.
    public func create() async {
        let (name, passphrase, agent) = (name, passphrase, app.agent)
        await open {
            switch way {
            case .phone: try await agent.createPersonaWithKeyStore(name: name, wayName: Self.phoneWay)
            case .passphrase, .words: try await agent.createPersona(name: name, passphrase: passphrase)
            }
        }
    }

    /// Opens the chosen profile.
    public func unlock() async {
        guard let chosen else { return }
        let (passphrase, words, agent) = (passphrase, recoveryWords, app.agent)
        await open {
            switch way {
            case .phone: try await unlockWithPhone(chosen)
            case .passphrase: try await agent.unlockWithPassphrase(id: chosen.id, passphrase: passphrase)
            case .words: try await agent.unlockWithRecoveryPhrase(id: chosen.id, words: words)
            }
        }
    }

    private func unlockWithPhone(_ persona: PersonaEntry) async throws -> Persona {
        for way in persona.ways {
            guard case .keyStore(let keyName) = way.kind, let presence else { continue }
            let wrapped = try app.agent.wrappedKey(id: persona.id, way: way.name)
            let reason = Words.text("start_presence_text", persona.name)
            var key = try await presence.unwrap(way: keyName, reason: reason, wrapped: wrapped)
            defer { key.resetBytes(in: key.indices) }
            return try await app.agent.unlockWithKey(id: persona.id, key: key)
        }
        throw NotPresent.notSetUp
    }

    private func open(_ call: () async throws -> Persona) async {
        guard !isBusy else { return }
        isBusy = true
        (problem, absence) = (nil, nil)
        defer { isBusy = false }
        do {
            let persona = try await call()
            forget()
            app.opened(persona)
        } catch let absent as NotPresent {
            absence = absent
        } catch {
            let problem = Problem(error)
            if way == .phone && problem.isOfKeyStore && !phoneGuards {
                // The core knows that the phone made no key; that it makes none at all, the phone alone can say.
                absence = .notSetUp
            } else if !problem.isCancelled {
                self.problem = problem
            }
        }
    }

    /// Wipes what was typed.
    public func forget() {
        (passphrase, passphraseAgain, recoveryWords) = ("", "", "")
    }
}
