// How a profile looks, locks and gets a new key, what its lock screen says, and who saw what, against the real core.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct VaultTests {
    private let folder: URL
    private let app: AppModel

    init() async throws {
        folder = try TestProfile.newFolder()
        app = AppModel(agent: try TestProfile.device(in: folder))
        app.opened(try await app.agent.createPersona(name: "Home", passphrase: TestProfile.passphrase), isNew: true)
    }

    private func persona() throws -> Persona { try #require(app.persona) }

    // MARK: How it looks

    @Test func whatIsSeenWhileLockedIsWhatThePersonAllows() async throws {
        let model = FaceModel(persona: try persona())
        model.load()
        #expect(model.showsName && !model.showsColour && !model.showsPicture)
        model.colour = 0x1D5FBF
        let phone = MemoryPhone()
        let picture = Data([0xFF, 0xD8, 0xFF, 1, 2, 3])
        phone.picture = .success(picture)
        await model.choosePicture(on: phone)
        #expect(model.problem == nil)
        #expect(model.face?.avatar == picture)
        // Nothing but the name so far.
        var entry = try #require(app.personas().first)
        #expect(entry.name == "Home" && entry.colour == nil && entry.avatar == nil)

        model.showsColour = true
        model.showsPicture = true
        model.showsName = false
        entry = try #require(app.personas().first)
        #expect(entry.name.isEmpty && entry.colour == 0x1D5FBF && entry.avatar == picture)
        #expect(entry.shownName == Words.text("start_profile_unnamed"))

        app.lock()
        let start = StartModel(app: app)
        start.passphrase = TestProfile.passphrase
        await start.unlock()
        let again = FaceModel(persona: try persona())
        again.load()
        #expect(again.face?.name == "Home" && !again.showsName)
        again.removePicture()
        again.colour = nil
        #expect(again.face?.avatar == nil && again.face?.colour == nil)
    }

    @Test func aPictureThatCannotBeUsedChangesNothing() async throws {
        let model = FaceModel(persona: try persona())
        model.load()
        let phone = MemoryPhone()
        await model.choosePicture(on: phone)
        #expect(!model.isPictureUnusable && model.face?.avatar == nil, "turning away is no problem")
        phone.picture = .failure(TookTooLong())
        await model.choosePicture(on: phone)
        #expect(model.isPictureUnusable && model.face?.avatar == nil)
        phone.picture = .success(Data(count: FaceModel.mostPictureBytes + 1))
        await model.choosePicture(on: phone)
        #expect(model.problem?.name == "avatar_too_large")
        #expect(model.problem.map { Words.has("error_\($0.name)") } == true)
        phone.picture = .success(Data(count: FaceModel.mostPictureBytes))
        await model.choosePicture(on: phone)
        #expect(model.problem == nil && model.face?.avatar?.count == FaceModel.mostPictureBytes)
    }

    @Test func aHiddenNameIsNotAnEmptyNameToDeleteBy() async throws {
        try persona().showWhileLocked(name: false, colour: false, avatar: false)
        let second = try await app.agent.createPersona(name: "Work", passphrase: TestProfile.passphrase)
        app.opened(second, isNew: true)
        let me = MeModel(app: app, persona: second)
        me.load()
        let hidden = try #require(me.others.first)
        #expect(hidden.name.isEmpty)
        #expect(!me.mayDelete(hidden, typed: "") && !me.mayDelete(hidden, typed: " "))
        #expect(me.mayDelete(hidden, typed: Words.text("start_profile_unnamed")))
        try second.showWhileLocked(name: false, colour: false, avatar: false)
        me.load()
        let own = try #require(me.personas.first { $0.id == me.id })
        #expect(me.mayDelete(own, typed: "Work") && !me.mayDelete(own, typed: ""))
    }

    // MARK: Rules of the lock

    @Test func theRuleForLockingIsKeptInTheProfile() throws {
        let model = LockRulesModel(persona: try persona())
        model.load()
        #expect(model.lockAfter == AppModel.autoLockOfNewSeconds)
        #expect(model.lockChoices == LockRulesModel.lockChoices)
        model.lockAfter = nil
        #expect(try persona().autoLockS() == nil)
        model.lockAfter = 900
        #expect(try persona().autoLockS() == 900)
        try persona().setAutoLock(seconds: 42)
        model.load()
        #expect(model.lockChoices.contains(42), "what was chosen elsewhere can be seen")
    }

    @Test func destroyingAfterWrongPassphrasesIsAskedAboutFirst() throws {
        let model = LockRulesModel(persona: try persona())
        model.load()
        #expect(model.wipeAfter == nil && model.hasPassphrase)
        model.wipeAfter = 10
        #expect(model.isAsking && model.wipeAfter == nil)
        #expect(try persona().wipeAfter() == nil)
        model.isAsking = false
        #expect(try persona().wipeAfter() == nil)
        model.wipeAfter = 10
        model.confirmWipe()
        #expect(try persona().wipeAfter() == 10)
        #expect(model.wipeAfter == 10 && !model.isAsking)
        model.wipeAfter = nil
        #expect(try persona().wipeAfter() == nil)
    }

    // MARK: The lock screen

    @Test func afterWrongPassphrasesTheWaitCountsDown() async throws {
        app.lock()
        let clock = HandClock()
        let model = StartModel(app: app, clock: clock.clock)
        for _ in 0..<4 {
            model.passphrase = "wrong"
            await model.unlock()
            #expect(model.problem?.name == "wrong_passphrase")
        }
        model.passphrase = "wrong"
        await model.unlock()
        #expect(model.problem?.name == "wait")
        let first = model.secondsToWait
        #expect((1...2).contains(first))
        let counting = Task { await model.countDown() }
        try await Task.sleep(for: .milliseconds(20))
        #expect(model.secondsToWait == first)
        clock.turn(by: .seconds(first))
        await counting.value
        #expect(model.secondsToWait == 0 && model.problem == nil)
    }

    @Test func aProfileThatDestroyedItselfIsSaidAfterwards() async throws {
        var deleted: [String] = []
        app.whenDeleted = { deleted.append($0) }
        try persona().setWipeAfter(wrong: 5)
        let id = try persona().id()
        app.lock()
        let model = StartModel(app: app)
        for _ in 0..<10 where app.wiped == nil {
            model.passphrase = "wrong"
            await model.unlock()
            if model.problem?.name == "wait" { try await Task.sleep(for: .milliseconds(2_100)) }
        }
        #expect(app.wiped == "Home")
        #expect(deleted == [id])
        guard case .firstRun = app.phase else {
            Issue.record("\(app.phase)")
            return
        }
    }

    @Test func anOlderStateIsSaidAndOpenedOnlyAfterItWasConfirmed() async throws {
        let keys = NumberKeys()
        let place = try TestProfile.newFolder()
        let (vaults, copy) = (place.appending(path: "vaults"), place.appending(path: "copy"))
        let before = try TestProfile.device(in: vaults, keyStore: keys)
        let persona = try await before.createPersona(name: "Home", passphrase: TestProfile.passphrase)
        _ = try await persona.addKeyStoreWay(name: "phone")
        try persona.lock()
        try before.close()
        try FileManager.default.copyItem(at: vaults, to: copy)
        let between = AppModel(agent: try TestProfile.device(in: vaults, keyStore: keys))
        let opening = StartModel(app: between)
        opening.passphrase = TestProfile.passphrase
        await opening.unlock()
        try #require(between.persona).rename(name: "Newer")
        between.close()
        try FileManager.default.removeItem(at: vaults)
        try FileManager.default.moveItem(at: copy, to: vaults)

        let after = AppModel(agent: try TestProfile.device(in: vaults, keyStore: keys))
        let model = StartModel(app: after)
        model.passphrase = TestProfile.passphrase
        await model.unlock()
        #expect(model.isRolledBack)
        #expect(after.persona == nil)
        #expect(model.passphrase == TestProfile.passphrase, "it need not be typed again")
        await model.openRolledBack()
        #expect(model.problem == nil)
        #expect(try after.persona?.name() == "Home")
    }

    @Test func aDamagedProfileIsKnownAsOne() async throws {
        app.lock()
        let name = try #require(
            FileManager.default.subpathsOfDirectory(atPath: folder.path).first { $0.hasSuffix(".db") })
        let file = folder.appending(path: name)
        var bytes = try Data(contentsOf: file)
        for place in stride(from: 2_000, to: bytes.count, by: 4_096) { bytes[place] ^= 0xFF }
        try bytes.write(to: file)
        let model = StartModel(app: app)
        #expect(!model.isDamaged)
        model.passphrase = TestProfile.passphrase
        await model.unlock()
        #expect(app.persona == nil)
        #expect(model.isDamaged, "\(model.problem?.name ?? "opened")")
    }

    // MARK: A new key

    @Test func aNewKeyDropsTheWaysThatGo() async throws {
        let persona = try persona()
        let ways = WaysModel(persona: persona)
        ways.newPassphrase = "another one, just as long"
        await ways.addPassphrase()
        #expect(ways.problem == nil)
        let model = KeyChangeModel(persona: persona)
        model.load()
        #expect(model.ways.count == 2 && model.mayChange)
        for way in model.ways { model[keeps: way] = false }
        #expect(!model.mayChange)
        let kept = try #require(model.ways.last)
        model[keeps: kept] = true
        #expect(model.mayChange)
        await model.change()
        #expect(model.work.problem == nil && !model.work.isRunning)
        #expect(model.changed?.ways.count == 1)
        #expect(model.changed?.gone.count == 1)
        #expect(model.ways.map(\.name) == [kept.name])
        app.lock()
        let start = StartModel(app: app)
        start.passphrase = TestProfile.passphrase
        await start.unlock()
        #expect(app.persona == nil)
        start.passphrase = "another one, just as long"
        await start.unlock()
        #expect(app.persona != nil)
    }

    // MARK: Who saw what

    @Test func whoSawWhatIsReadSearchedAndDestroyed() async throws {
        let model = AuditModel(persona: try persona(), folder: folder.appending(path: "audit"))
        try persona().rename(name: "Zuhause")
        await model.items.reload()
        #expect(model.items.phase == .ready)
        let days = model.days
        #expect(days.flatMap(\.items).map(\.number) == model.items.rows.map(\.number))
        #expect(model.items.rows.map(\.number) == model.items.rows.map(\.number).sorted(by: >), "newest first")
        #expect(model.items.rows.allSatisfy { Words.has("me_audit_kind_\($0.kind)") && !$0.title.isEmpty })

        model.group = .unlocks
        await model.items.reload()
        #expect(model.items.rows.allSatisfy { $0.kind == "unlock" })
        model.group = .all
        model.text = "no such text"
        await model.items.reload()
        #expect(model.items.phase == .empty && !model.isWhole)
        model.text = ""
        await model.items.reload()

        let doomed = try #require(model.items.rows.first { $0.hasTexts })
        await model.destroyTexts(of: doomed)
        #expect(model.problem == nil)
        let gone = try #require(model.items.rows.first { $0.number == doomed.number })
        #expect(gone.destroyed && !gone.hasTexts)
        #expect(model.items.rows.first?.kind == "content_destroyed")
        await model.destroyTexts(of: gone)
        #expect(model.problem?.name == "no_such_audit_entry")
    }

    @Test func whoSawWhatLeavesAsAFileAndIsChecked() async throws {
        let model = AuditModel(persona: try persona(), folder: folder.appending(path: "audit"))
        await model.export()
        #expect(model.problem == nil)
        let file = try #require(model.exported)
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count >= Int(model.exportedEntries) && model.exportedEntries > 0)
        #expect(model.items.rows.first?.kind == "export", "that it left is noted")
        await model.verify()
        #expect(model.report?.breaks.isEmpty == true)
        #expect(model.report.map { $0.entries > model.exportedEntries } == true)
        model.forget()
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test func eachFaultOfTheRecordHasItsWords() {
        for fault in ["missing", "gap", "chain", "content", "content_missing", "content_without_entry", "head"] {
            #expect(Words.has("me_audit_fault_\(fault)"))
            #expect(AuditBreak(number: 7, fault: fault).text != AuditBreak(number: 7, fault: "new").text)
        }
        #expect(AuditBreak(number: 7, fault: "new").text.contains("7"))
        for group in AuditGroup.allCases { #expect(Words.has(group.wordKey)) }
        for colour in FaceModel.colours { #expect(Words.has(colour.wordKey)) }
    }
}

/// A key store that keeps numbers as a phone does; its keys need no presence.
private final class NumberKeys: KeyStore, @unchecked Sendable {
    private let lock = NSLock()
    private var pads: [String: [UInt8]] = [:]
    private var numbers: [String: UInt64] = [:]

    func wrap(name: String, key: Data) throws -> Data {
        lock.withLock {
            let pad = pads[name] ?? key.map { _ in UInt8.random(in: 0...255) }
            pads[name] = pad
            return Data(zip(key, pad).map { $0 ^ $1 })
        }
    }

    func unwrap(name: String, wrapped: Data) throws -> Data {
        try lock.withLock {
            guard let pad = pads[name] else { throw HostError.KeyGone }
            return Data(zip(wrapped, pad).map { $0 ^ $1 })
        }
    }

    func remove(name: String) throws { lock.withLock { pads[name] = nil } }
    func exists(name: String) throws -> Bool { lock.withLock { pads[name] != nil } }
    func keepNumber(name: String, number: UInt64) throws { lock.withLock { numbers[name] = number } }
    func keptNumber(name: String) throws -> UInt64? { lock.withLock { numbers[name] } }
}
