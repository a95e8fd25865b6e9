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

    /// Seconds without a touch after which a profile that is made here locks, until the person chooses otherwise.
    public nonisolated static let autoLockOfNewSeconds: UInt32 = 300

    /// Where the app is.
    public private(set) var phase: Phase
    /// It locked by itself; the lock screen says so.
    public private(set) var lockedItself = false
    /// The profile that destroyed itself after wrong passphrases, as the person had set it; the next screen says so.
    public private(set) var wiped: String?

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
    /// Called after everything was locked, by the person or by itself: what is outside the screens ends with it.
    @ObservationIgnored public var whenLocked: (@MainActor () -> Void)?
    /// Called with the id of a profile that was deleted: what the device keeps beside the core must not name it any longer.
    @ObservationIgnored public var whenDeleted: (@MainActor (String) -> Void)?

    private let clock: AppClock
    private var isOutOfSight = false
    @ObservationIgnored private var touchedAt: ContinuousClock.Instant
    @ObservationIgnored private var lockTimer: Task<Void, Never>?
    @ObservationIgnored private var lockWatch: Task<Void, Never>?

    /// Looks at the profiles of `agent`; unlocks nothing. `edition` is what it was opened with.
    public init(agent: Agent, edition: Edition = Edition(), clock: AppClock = .device) {
        (self.agent, self.edition, self.clock) = (agent, edition, clock)
        touchedAt = clock.now()
        phase = AppModel.closedPhase(agent)
    }

    /// The open profile.
    public var persona: Persona? {
        if case .open(let persona) = phase { persona } else { nil }
    }

    /// The profiles of this phone.
    public func personas() throws -> [PersonaEntry] { try agent.personas() }

    /// A profile was created or unlocked. Another that was open is locked. One that `isNew` here and has no rule
    /// for locking by itself gets one.
    public func opened(_ persona: Persona, isNew: Bool = false) {
        if let before = self.persona, before !== persona { try? before.lock() }
        if isNew, (try? persona.autoLockS()) == nil {
            // Where even this cannot be kept, the profile's screens say that it does not lock.
            try? persona.setAutoLock(seconds: Self.autoLockOfNewSeconds)
        }
        (lockedItself, wanted, undeleted, wiped) = (false, nil, nil, nil)
        touchedAt = clock.now()
        phase = .open(persona)
        watchLock(of: persona)
    }

    /// The person is there: they touched the screen or typed.
    public func touched() {
        lockIfOverdue()
        guard let persona else { return }
        touchedAt = clock.now()
        persona.touch()
    }

    /// Locks what is open and goes to the lock screen.
    public func lock() {
        if let persona {
            // Locking ends the calls and wipes the keys even when writing fails; the next unlocking reports it.
            try? persona.lock()
        }
        showLocked()
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
        lock()
        do {
            try delete(id)
            undeleted = nil
        } catch {
            undeleted = (name, Problem(error))
        }
        phase = AppModel.closedPhase(agent)
    }

    /// Deletes the profile with this id, which is not open, and what the device knows of it.
    public func delete(_ id: String) throws {
        try agent.deletePersona(id: id)
        whenDeleted?(id)
    }

    /// The profile called `name` destroyed itself after too many wrong passphrases.
    public func hasWiped(_ id: String, name: String) {
        whenDeleted?(id)
        wiped = name
        reload()
    }

    /// Reads the profiles again, when none is open.
    public func reload() {
        if persona == nil { phase = AppModel.closedPhase(agent) }
    }

    /// Whether the app is out of sight.
    public var isHidden: Bool { isOutOfSight }

    /// The app is no longer seen: calls that wait end. It locks when its time is over, as when it is seen and nobody touches it.
    public func hidden() {
        guard !isHidden else { return }
        touched()
        isOutOfSight = true
        agent.pause()
        guard let limit else { return }
        let (sleep, until) = (clock.sleep, touchedAt + limit)
        // The vault's own clock may rest when the app does; this one tells the time that passed.
        lockTimer = Task { [weak self] in
            guard (try? await sleep(until)) != nil else { return }
            self?.lockIfOverdue()
        }
    }

    /// The app is seen again; it locks if that took too long.
    public func shown() {
        lockIfOverdue()
        lockTimer?.cancel()
        (lockTimer, isOutOfSight) = (nil, false)
        touched()
        agent.resume()
    }

    /// Locks when nobody has touched the open profile for as long as it says. The system may have let the app rest when the time
    /// was up, so whatever runs first afterwards asks for this before anything else.
    public func lockIfOverdue() {
        guard let persona else { return }
        let overdue = limit.map { clock.now() - touchedAt >= $0 } ?? false
        if overdue || persona.isLocked() { lockItself() }
    }

    /// How long nobody may touch the open profile before it locks; nothing: for ever.
    private var limit: Duration? {
        persona.flatMap { try? $0.autoLockS() }.map { .seconds(Int64($0)) }
    }

    private func lockItself() {
        lock()
        lockedItself = true
    }

    /// Follows `persona` until it is locked: the vault has a clock of its own, and goes by the same rule.
    private func watchLock(of persona: Persona) {
        lockWatch?.cancel()
        guard let changes = try? ChangeStream(persona) else { return }
        lockWatch = Task { [weak self] in
            for await scopes in changes where scopes.contains(Self.lockedScope) {
                guard let self, self.persona === persona else { return }
                self.lockItself()
            }
        }
    }

    /// What the core says changed when a vault has locked by itself.
    private nonisolated static let lockedScope = "locked"

    /// Does what the system woke the app for, with the open profile. Nothing when none is open, or none any more. Calls
    /// rest again afterwards, unless the app has been opened meanwhile.
    public func whileAwake<Answer>(_ work: @MainActor (Persona) async throws -> Answer) async rethrows -> Answer? {
        lockIfOverdue()
        guard let persona else { return nil }
        agent.resume()
        defer {
            lockIfOverdue()
            if isHidden { agent.pause() }
        }
        return try await work(persona)
    }

    /// Locks everything for good; afterwards every call says `closed`.
    public func close() {
        lockTimer?.cancel()
        try? agent.close()
        showLocked()
    }

    private func showLocked() {
        let wasOpen = persona != nil
        lockWatch?.cancel()
        lockWatch = nil
        // What was read in one profile's rooms is not for another's; what came from outside is.
        if case .storeCard = ask { ask = nil }
        phase = AppModel.closedPhase(agent)
        if wasOpen { whenLocked?() }
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
