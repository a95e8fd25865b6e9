// The one rule by which the open profile locks itself: nobody has touched it for as long as it says, seen or out of sight, by a
// clock that the tests turn, whether it is seen again, woken, or simply running; and what a profile leaves outside the core goes
// with it.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct AppLockTests {
    private let clock = HandClock()
    private let app: AppModel

    init() async throws {
        app = AppModel(agent: try TestProfile.device(in: TestProfile.newFolder()), clock: clock.clock)
        app.opened(
            try await app.agent.createPersona(name: "Home", passphrase: TestProfile.passphrase), isNew: true)
    }

    private var isLocked: Bool { if case .locked = app.phase { true } else { false } }

    /// Whether the core runs calls that take a while.
    private func runsCalls() async -> Bool {
        do {
            _ = try await app.agent.createPersona(name: UUID().uuidString, passphrase: TestProfile.passphrase)
            return true
        } catch {
            #expect(Problem(error).name == "paused")
            return false
        }
    }

    @Test func itLocksWhenItIsSeenAgainAfterFiveMinutes() {
        app.hidden()
        clock.turn(by: .seconds(299), rings: false)
        app.shown()
        #expect(app.persona != nil)
        app.hidden()
        clock.turn(by: .seconds(300), rings: false)
        app.shown()
        #expect(isLocked && app.lockedItself)
    }

    @Test func itLocksByItselfWhileNobodySeesIt() async throws {
        app.hidden()
        clock.turn(by: .seconds(299))
        // Coming back and leaving again begins anew.
        app.shown()
        app.hidden()
        clock.turn(by: .seconds(299))
        for _ in 0..<50 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(app.persona != nil)
        clock.turn(by: .seconds(1))
        try await within { @MainActor in while app.persona != nil { try await Task.sleep(for: .milliseconds(1)) } }
        #expect(isLocked && app.lockedItself)
    }

    @Test func leavingTwiceDoesNotBeginAnew() {
        app.hidden()
        clock.turn(by: .seconds(200), rings: false)
        app.hidden()
        clock.turn(by: .seconds(100), rings: false)
        app.lockIfOverdue()
        #expect(isLocked)
    }

    @Test func whatIsTouchedIsNotOverdue() {
        for _ in 0..<5 {
            clock.turn(by: .seconds(299), rings: false)
            app.touched()
        }
        #expect(app.persona != nil)
        clock.turn(by: .seconds(300), rings: false)
        app.touched()
        #expect(isLocked && app.lockedItself, "a touch that comes too late opens nothing")
    }

    @Test func aNewProfileLocksAfterFiveMinutesAndOneThatHasARuleKeepsIt() async throws {
        let home = try #require(app.persona)
        #expect(try home.autoLockS() == 300)
        try home.setAutoLock(seconds: 60)
        app.opened(home, isNew: true)
        #expect(try home.autoLockS() == 60)
        app.hidden()
        clock.turn(by: .seconds(60), rings: false)
        app.shown()
        #expect(isLocked)
    }

    @Test func whatNeverLocksByItselfStaysOpen() throws {
        try #require(app.persona).setAutoLock(seconds: nil)
        app.hidden()
        clock.turn(by: .seconds(100_000))
        app.shown()
        #expect(app.persona != nil)
    }

    @Test func theVaultsOwnClockEndsAtTheLockScreenToo() async throws {
        let home = try #require(app.persona)
        try home.setAutoLock(seconds: 1)
        // Nobody touches it, and the app's clock stands still.
        try await within { @MainActor in while app.persona != nil { try await Task.sleep(for: .milliseconds(20)) } }
        #expect(home.isLocked())
        #expect(isLocked && app.lockedItself)
    }

    @Test func aWakeUpWorksUntilTheLockAndRestsAfterwards() async throws {
        app.hidden()
        clock.turn(by: .seconds(240), rings: false)
        let listens = try await app.whileAwake { try $0.holdings().listens }
        #expect(listens == 0)
        #expect(app.persona != nil)
        #expect(await !runsCalls())
    }

    @Test func aWakeUpThatComesTooLateLocksAndDoesNothing() async throws {
        app.hidden()
        clock.turn(by: .seconds(300), rings: false)
        var worked = false
        let answer: Bool? = await app.whileAwake { _ in
            worked = true
            return true
        }
        #expect(answer == nil && !worked)
        #expect(isLocked && app.lockedItself)
    }

    @Test func aWakeUpThatTakesTooLongEndsLocked() async throws {
        app.hidden()
        clock.turn(by: .seconds(299), rings: false)
        _ = await app.whileAwake { [clock] _ in clock.turn(by: .seconds(1), rings: false) }
        #expect(isLocked)
    }

    @Test func aWakeUpEndsNoCallsOfAnAppThatIsSeenMeanwhile() async throws {
        app.hidden()
        _ = await app.whileAwake { [app] _ in app.shown() }
        #expect(!app.isHidden)
        #expect(await runsCalls())
    }

    @Test func lockingIsSaidOnceAndDeletingNamesTheProfile() throws {
        var (locks, deleted) = (0, [String]())
        app.whenLocked = { locks += 1 }
        app.whenDeleted = { deleted.append($0) }
        let id = try #require(app.persona).id()
        app.lock()
        app.lock()
        #expect(locks == 1)
        #expect(throws: TekramError.self) { try app.delete("nobody") }
        #expect(deleted.isEmpty, "what is still there is not forgotten")
        try app.delete(id)
        #expect(deleted == [id])
    }

    @Test func theOpenProfileAndAnotherAreForgottenWhenTheyAreDeleted() async throws {
        var deleted: [String] = []
        app.whenDeleted = { deleted.append($0) }
        let first = try #require(app.persona).id()
        app.opened(try await app.agent.createPersona(name: "Work", passphrase: TestProfile.passphrase))
        let second = try #require(app.persona)
        let me = MeModel(app: app, persona: second)
        me.load()
        me.delete(try #require(me.others.first))
        #expect(me.problem == nil)
        #expect(deleted == [first])
        app.deleteOpen()
        #expect(deleted == [first, second.id()])
        #expect(app.undeleted == nil)
        guard case .firstRun = app.phase else {
            Issue.record("\(app.phase)")
            return
        }
    }

    @Test func aCardReadInOneProfileIsNotForTheNext() throws {
        app.ask = .storeCard("tekram:want?what=tea")
        app.lock()
        #expect(app.ask == nil)
        let page = try #require(URL(string: "https://example.org"))
        app.ask = .payMaker(page: page)
        app.lock()
        #expect(app.ask == .payMaker(page: page), "what was shared is not lost")
    }
}

@MainActor
@Suite struct PhoneSettingsTests {
    private let name = "tekram-tests-\(UUID().uuidString)"
    private let defaults: UserDefaults
    private let settings: PhoneSettings

    init() throws {
        defaults = try #require(UserDefaults(suiteName: name))
        settings = PhoneSettings(defaults: defaults)
    }

    @Test func aDeletedProfileLeavesNoTrace() {
        defer { defaults.removePersistentDomain(forName: name) }
        settings.musicPersona = "gone"
        settings.musicLibraryRead = .now
        settings.remindsOfSplit = true
        #expect(settings.hasSplit(true, profile: "gone"))
        #expect(!settings.hasSplit(true, profile: "stays"))
        #expect(settings.splitPersonas == ["gone", "stays"])
        settings.forget("gone")
        #expect(settings.musicPersona == nil)
        #expect(settings.musicLibraryRead == nil)
        #expect(settings.splitPersonas == ["stays"])
        let kept = defaults.dictionaryRepresentation().values.map { "\($0)" }
        #expect(!kept.contains { $0.contains("gone") })
    }

    @Test func anotherProfileGoesOnBeingListenedFor() {
        defer { defaults.removePersistentDomain(forName: name) }
        settings.musicPersona = "stays"
        settings.forget("gone")
        #expect(settings.musicPersona == "stays")
    }

    @Test func aReminderIsDueWhenItIsWantedAndTrue() {
        defer { defaults.removePersistentDomain(forName: name) }
        #expect(!settings.hasSplit(true, profile: "a"), "nobody wants it")
        settings.remindsOfSplit = true
        #expect(settings.isReminderDue)
        #expect(settings.hasSplit(false, profile: "a"))
        #expect(!settings.isReminderDue)
    }
}

/// A clock that a test turns.
final class HandClock: @unchecked Sendable {
    private let lock = NSLock()
    private var time = ContinuousClock.now
    /// Up to when its alarms ring.
    private var rung = ContinuousClock.now

    var clock: AppClock {
        AppClock(
            now: { self.lock.withLock { self.time } },
            sleep: { until in
                while self.lock.withLock({ self.rung < until }) { try await Task.sleep(for: .milliseconds(1)) }
            })
    }

    /// Time passes. Without `rings` the app rests meanwhile and no alarm reaches it.
    func turn(by passed: Duration, rings: Bool = true) {
        lock.withLock {
            time += passed
            if rings { rung = time }
        }
    }
}
