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
    /// Seconds until the next passphrase may be tried, after too many wrong ones.
    public private(set) var secondsToWait = 0

    /// The app around it.
    public let app: AppModel
    private let presence: (any Presence)?
    private let clock: AppClock
    private var waitsUntil: ContinuousClock.Instant?

    /// For `app`; `presence` is missing where the phone guards no keys. Begins with the profile that the person wants to
    /// switch to, else with the first; or with none, to make a new one.
    public init(
        app: AppModel, presence: (any Presence)? = nil, makesNew: Bool = false, clock: AppClock = .device
    ) {
        (self.app, self.presence, self.clock) = (app, presence, clock)
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
        (problem, absence, waitsUntil, secondsToWait) = (nil, nil, nil, 0)
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
        await open(isNew: true) {
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
        var key = try await app.agent.phoneKey(of: persona, presence: presence)
        defer { key.resetBytes(in: key.indices) }
        return try await app.agent.unlockWithKey(id: persona.id, key: key)
    }

    /// The chosen profile is an older state of itself than the one that was locked here last.
    public var isRolledBack: Bool { problem?.name == "rolled_back" }

    /// The files of the chosen profile are damaged; what is whole of them can be saved into a new one.
    public var isDamaged: Bool {
        [problem?.name, chosen?.problem].contains { $0.map(Self.damage.contains) ?? false }
    }

    private nonisolated static let damage: Set<String> = [
        "damaged", "truncated", "missing_file", "not_a_vault", "foreign_vault", "header_forged",
    ]

    /// Goes on with the older state, as the person confirmed it, in the way in which they tried to unlock.
    public func openRolledBack() async {
        guard let chosen, isRolledBack else { return }
        do {
            try app.agent.acceptRollback(id: chosen.id)
            problem = nil
        } catch {
            problem = Problem(error)
            return
        }
        await unlock()
    }

    /// Counts the seconds down until the next passphrase may be tried, and then takes away what was said.
    public func countDown() async {
        while let until = waitsUntil {
            let left = until - clock.now()
            secondsToWait = max(0, Int((left / .seconds(1)).rounded(.up)))
            guard secondsToWait > 0 else { break }
            do {
                try await clock.sleep(until - .seconds(secondsToWait - 1))
            } catch {
                return
            }
        }
        waitsUntil = nil
        if problem?.name == "wait" { problem = nil }
    }

    /// What the core said about waiting or about the end of the profile.
    private func heed(_ problem: Problem) {
        switch problem.name {
        case "wait":
            let left = problem.values["milliseconds"].flatMap { Int64($0) } ?? 0
            waitsUntil = clock.now() + .milliseconds(left)
            secondsToWait = Int((left + 999) / 1_000)
        case "wiped":
            if let chosen { app.hasWiped(chosen.id, name: chosen.shownName) }
        default: break
        }
    }

    private func open(isNew: Bool = false, _ call: () async throws -> Persona) async {
        guard !isBusy else { return }
        isBusy = true
        (problem, absence) = (nil, nil)
        defer { isBusy = false }
        do {
            let persona = try await call()
            forget()
            app.opened(persona, isNew: isNew)
        } catch let absent as NotPresent {
            absence = absent
        } catch {
            let problem = Problem(error)
            if way == .phone && problem.isOfKeyStore && !phoneGuards {
                // The core knows that the phone made no key; that it makes none at all, the phone alone can say.
                absence = .notSetUp
            } else if !problem.isCancelled {
                self.problem = problem
                heed(problem)
            }
        }
    }

    /// Wipes what was typed.
    public func forget() {
        (passphrase, passphraseAgain, recoveryWords) = ("", "", "")
    }
}

extension Agent {
    /// The key of `persona` that this phone guards, after the person showed that they are there. Wiped by whoever asked.
    func phoneKey(of persona: PersonaEntry, presence: (any Presence)?) async throws -> Data {
        for way in persona.ways {
            guard case .keyStore(let keyName) = way.kind, let presence else { continue }
            let wrapped = try wrappedKey(id: persona.id, way: way.name)
            let reason = Words.text("start_presence_text", persona.shownName)
            return try await presence.unwrap(way: keyName, reason: reason, wrapped: wrapped)
        }
        throw NotPresent.notSetUp
    }
}
