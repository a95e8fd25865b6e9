// The whole app: which profile is open, and when it locks by itself. The rooms' view models are made for one open
// profile and dropped with it.
import Foundation
import Observation
import TekramCore

/// What the app shows at its root.
@MainActor
@Observable
public final class AppModel {
    /// Which of the three the app is at.
    public enum Phase {
        /// No profile yet.
        case firstRun
        /// Profiles, all locked.
        case locked([PersonaEntry])
        /// One profile is open.
        case open(Persona)
        /// The profiles cannot be read.
        case failed(Problem)
    }

    /// How long the app may be out of sight before it locks.
    public static let autoLock: Duration = .seconds(300)

    /// Where the app is.
    public private(set) var phase: Phase
    /// It locked by itself; the lock screen says so.
    public private(set) var lockedItself = false

    /// What was asked from outside and its room has not taken up yet; the room sets it to nothing.
    public var ask: Ask?

    /// The profile that the person wants to switch to.
    public private(set) var wanted: String?

    /// The device.
    public let agent: Agent
    /// What this app was built and started with.
    public let edition: Edition
    /// The profile that was open and could not be deleted, and why; the lock screen says so.
    public private(set) var undeleted: (name: String, problem: Problem)?
    private var hiddenSince: ContinuousClock.Instant?

    /// Looks at the profiles of `agent`; unlocks nothing. `edition` is what it was opened with.
    public init(agent: Agent, edition: Edition = Edition()) {
        (self.agent, self.edition) = (agent, edition)
        phase = AppModel.closedPhase(agent)
    }

    /// The open profile.
    public var persona: Persona? {
        if case .open(let persona) = phase { persona } else { nil }
    }

    /// The profiles of this phone.
    public func personas() throws -> [PersonaEntry] { try agent.personas() }

    /// A profile was created or unlocked. Another that was open is locked.
    public func opened(_ persona: Persona) {
        if let before = self.persona, before !== persona { try? before.lock() }
        (lockedItself, wanted, undeleted) = (false, nil, nil)
        phase = .open(persona)
    }

    /// Locks what is open and goes to the lock screen.
    public func lock() {
        if let persona {
            // Locking ends the calls and wipes the keys even when writing fails; the next unlocking reports it.
            try? persona.lock()
        }
        phase = AppModel.closedPhase(agent)
    }

    /// Locks what is open and goes to the lock screen of the profile with this id.
    public func switchTo(_ id: String) {
        wanted = id
        lock()
    }

    /// Deletes the open profile for good. It is locked first, so what becomes of it is said on the lock screen.
    public func deleteOpen() {
        guard let persona else { return }
        let (id, name) = (persona.id(), (try? persona.name()) ?? "")
        try? persona.lock()
        do {
            try agent.deletePersona(id: id)
            undeleted = nil
        } catch {
            undeleted = (name, Problem(error))
        }
        phase = AppModel.closedPhase(agent)
    }

    /// Reads the profiles again, when none is open.
    public func reload() {
        if persona == nil { phase = AppModel.closedPhase(agent) }
    }

    /// The app is no longer seen: calls that wait end, and the time to lock begins to run.
    public func hidden(at now: ContinuousClock.Instant = .now) {
        hiddenSince = now
        agent.pause()
    }

    /// The app is seen again; it locks if that took too long.
    public func shown(at now: ContinuousClock.Instant = .now) {
        agent.resume()
        if let since = hiddenSince, persona != nil, now - since >= AppModel.autoLock {
            lock()
            lockedItself = true
        }
        hiddenSince = nil
    }

    /// Locks everything for good; afterwards every call says `closed`.
    public func close() {
        try? agent.close()
        phase = AppModel.closedPhase(agent)
    }

    private static func closedPhase(_ agent: Agent) -> Phase {
        do {
            let personas = try agent.personas()
            return personas.isEmpty ? .firstRun : .locked(personas)
        } catch {
            return .failed(Problem(error))
        }
    }
}
