// Backups into a folder of the picker, restoring them on another device, what is left of damaged ones and of damaged profiles, and
// leaving with everything in one file, against the real core.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct BackupTests {
    private let folder: URL
    private let backups: URL
    private let app: AppModel

    init() async throws {
        folder = try TestProfile.newFolder()
        backups = try TestProfile.newFolder()
        app = AppModel(agent: try TestProfile.device(in: folder))
        app.opened(try await app.agent.createPersona(name: "Home", passphrase: TestProfile.passphrase), isNew: true)
    }

    private func persona() throws -> Persona { try #require(app.persona) }

    /// The 24 words, checked.
    private func words() throws -> String {
        let model = RecoveryModel(persona: try persona())
        model.show()
        let words = model.words
        model.written()
        for position in model.questions { model[answerTo: position] = words[Int(position) - 1] }
        model.check()
        #expect(model.step == .done)
        return words.joined(separator: " ")
    }

    /// A backup of the open profile, made by its screen.
    private func backedUp() async throws -> BackupModel {
        let model = BackupModel(persona: try persona())
        model.use(backups)
        await model.backUp()
        #expect(model.problem == nil && model.work.problem == nil)
        return model
    }

    /// Another device.
    private func elsewhere() throws -> AppModel {
        AppModel(agent: try TestProfile.device(in: TestProfile.newFolder()))
    }

    private func backupFile() throws -> URL {
        let files = try FileManager.default.contentsOfDirectory(at: backups, includingPropertiesForKeys: nil)
        #expect(files.count == 1)
        return try #require(files.first)
    }

    // MARK: Backing up

    @Test func withoutAPlaceThereIsNoBackup() throws {
        let model = BackupModel(persona: try persona())
        model.load()
        #expect(model.phase == .empty)
        #expect(model.plan == nil && !model.hasWords)
        #expect(model.age() == Words.text("me_backup_never"))
    }

    @Test func aBackupIsMadeIntoTheChosenFolderAndItsAgeIsShown() async throws {
        let model = BackupModel(persona: try persona())
        model.use(backups)
        #expect(model.plan?.kind == .folder)
        #expect(model.plan?.place == backups.lastPathComponent)
        #expect(model.isDaily && model.plan?.due == true)
        #expect(model.plan?.lastText == nil)
        await model.backUp()
        #expect(model.problem == nil && model.work.problem == nil)
        #expect(model.made?.newFile == true)
        #expect(model.plan?.lastMs == model.made?.madeMs)
        #expect(model.plan?.due == false)
        #expect(model.age() == Words.text("me_backup_now_ago"))
        #expect(try backupFile().lastPathComponent == model.made?.name)

        await model.backUp()
        #expect(model.made?.newFile == false, "the second is added to the first")
        _ = try backupFile()

        let made = try #require(model.plan?.lastMs)
        let days = { (days: Double) in Moments.date(made).addingTimeInterval(days * 86_400) }
        #expect(model.age(now: days(1)) == Words.plural("me_backup_days_ago", 1))
        #expect(model.age(now: days(9)) == Words.plural("me_backup_days_ago", 9))
        #expect(!model.isOld(now: days(6)) && model.isOld(now: days(8)))

        model.isDaily = false
        #expect(model.plan?.daily == false)
        model.forgetPlace()
        #expect(model.phase == .empty)
        #expect(FileManager.default.fileExists(atPath: try backupFile().path), "what was made stays")
    }

    @Test func aFolderThatIsGoneIsSaid() async throws {
        let model = try await backedUp()
        try FileManager.default.removeItem(at: backups)
        await model.backUp()
        #expect(model.made == nil)
        #expect(model.mustChooseFolderAnew)
        try FileManager.default.createDirectory(at: backups, withIntermediateDirectories: true)
        model.use(backups)
        #expect(!model.mustChooseFolderAnew)
        await model.backUp()
        #expect(model.made?.newFile == true)
    }

    @Test func aServerThatCannotBeReachedIsNotUsed() async throws {
        let model = BackupModel(persona: try persona())
        model.isTypingServer = true
        model.serverAddress = " https://127.0.0.1:9/backups "
        model.serverUser = "ada"
        model.serverPassword = "secret"
        #expect(model.mayTryServer)
        await model.useServer()
        #expect(model.problem != nil)
        #expect(model.plan == nil && model.isTypingServer)
        #expect(model.serverPassword == "secret", "it can be tried again")
        model.forget()
        #expect(model.serverPassword.isEmpty)
    }

    @Test func theDailyBackupIsMadeWhenItIsDueAndOnlyThen() async throws {
        let daily = DailyBackup(persona: try persona())
        #expect(await !daily.backUpIfDue(), "there is no place for it")
        let model = BackupModel(persona: try persona())
        model.use(backups)
        #expect(await daily.backUpIfDue())
        #expect(await !daily.backUpIfDue(), "it was made just now")
        model.load()
        #expect(model.plan?.lastMs != nil && model.plan?.lastProblem == nil)
        model.isDaily = false
        #expect(await !daily.backUpIfDue())
    }

    @Test func aDailyBackupThatDoesNotWorkIsQuietAndRemembered() async throws {
        let model = BackupModel(persona: try persona())
        model.use(backups)
        try FileManager.default.removeItem(at: backups)
        #expect(await !DailyBackup(persona: try persona()).backUpIfDue())
        model.load()
        #expect(model.mustChooseFolderAnew)
        #expect(model.plan?.due == true)
        #expect(!FileManager.default.fileExists(atPath: backups.path), "no other folder takes its place unseen")
    }

    // MARK: Restoring

    @Test func aBackupComesBackOnAnotherDeviceByTheWordsAlone() async throws {
        let words = try words()
        _ = try await backedUp()
        let there = try elsewhere()
        let model = RestoreModel(app: there)
        await model.look(in: backups)
        #expect(model.phase == .ready)
        let file = try backupFile().lastPathComponent
        #expect(model.chosen?.name == file, "there is but one")
        #expect(Set(model.keys) == [.words, .passphrase] && !model.isHere)
        #expect(!model.mayRestore)
        model.key = .words
        model.words = words
        #expect(model.wordCount == 24 && model.mayRestore)
        await model.restore()
        #expect(model.work.problem == nil)
        #expect(model.restored?.name == "Home")
        #expect(model.restored?.damage.isEmpty == true)
        #expect(model.words.isEmpty, "nothing typed is kept")
        #expect(there.persona == nil)
        model.open()
        #expect(try there.persona?.name() == "Home")
        #expect(try there.persona?.id() == persona().id())
    }

    @Test func whatIsNotOpenedIsLockedWhenTheScreenIsLeft() async throws {
        _ = try await backedUp()
        let there = try elsewhere()
        let model = RestoreModel(app: there)
        await model.look(in: backups)
        model.key = .passphrase
        model.passphrase = TestProfile.passphrase
        await model.restore()
        #expect(model.restored != nil)
        model.leave()
        guard case .locked(let personas) = there.phase else {
            Issue.record("\(there.phase)")
            return
        }
        #expect(personas.map(\.name) == ["Home"])
        let start = StartModel(app: there)
        start.passphrase = TestProfile.passphrase
        await start.unlock()
        #expect(there.persona != nil, "\(start.problem?.name ?? "")")
    }

    @Test func aWrongPassphraseRestoresNothing() async throws {
        _ = try await backedUp()
        let model = RestoreModel(app: try elsewhere())
        await model.look(in: backups)
        model.key = .passphrase
        model.passphrase = "wrong"
        await model.restore()
        #expect(model.work.problem?.name == "wrong_passphrase")
        #expect(model.restored == nil && !model.isDamaged && !model.isNameTaken)
    }

    @Test func anOlderStateCanBeChosen() async throws {
        let model = try await backedUp()
        try persona().rename(name: "Later")
        await model.backUp()
        let there = RestoreModel(app: try elsewhere())
        await there.look(in: backups)
        let states = try #require(there.chosen?.states)
        #expect(states.count == 2)
        there.state = states.first?.number
        there.key = .passphrase
        there.passphrase = TestProfile.passphrase
        await there.restore()
        #expect(there.work.problem == nil)
        #expect(there.restored?.name == "Home")
        #expect(there.restored?.madeMs == states.first?.madeMs)
    }

    @Test func aNameThatIsTakenNeedsAnother() async throws {
        _ = try await backedUp()
        let there = try elsewhere()
        _ = try await there.agent.createPersona(name: "Home", passphrase: TestProfile.passphrase)
        let model = RestoreModel(app: there)
        await model.look(in: backups)
        model.key = .passphrase
        model.passphrase = TestProfile.passphrase
        await model.restore()
        #expect(model.isNameTaken && !model.isHere && model.restored == nil)
        #expect(!model.mayRestore)
        model.newName = " Home of before "
        #expect(model.mayRestore)
        await model.restore()
        #expect(model.restored?.name == "Home of before")
    }

    @Test func aProfileThatIsHereIsReplacedOnlyWhenThatIsSaid() async throws {
        _ = try await backedUp()
        let open = RestoreModel(app: app)
        await open.look(in: backups)
        #expect(open.isHere && open.isOpenHere)
        open.key = .passphrase
        open.passphrase = TestProfile.passphrase
        open.replaces = true
        #expect(!open.mayRestore, "an open one is locked first")

        try persona().rename(name: "Since then")
        app.lock()
        let model = RestoreModel(app: app)
        await model.look(in: backups)
        model.key = .passphrase
        model.passphrase = TestProfile.passphrase
        #expect(model.isHere && !model.isOpenHere && !model.mayRestore)
        model.replaces = true
        #expect(model.mayRestore)
        await model.restore()
        #expect(model.work.problem == nil)
        model.open()
        #expect(try app.persona?.name() == "Home")
    }

    @Test func aSingleFileOfThePickerIsEnough() async throws {
        _ = try await backedUp()
        try Data("something else".utf8).write(to: backups.appending(path: "notes.txt"))
        let file = try #require(
            FileManager.default.contentsOfDirectory(at: backups, includingPropertiesForKeys: nil)
                .first { $0.lastPathComponent != "notes.txt" })
        let model = RestoreModel(app: try elsewhere())
        await model.look(in: file)
        #expect(model.chosen?.name == file.lastPathComponent)
        model.key = .passphrase
        model.passphrase = TestProfile.passphrase
        await model.restore()
        #expect(model.restored?.name == "Home")
    }

    @Test func aPlaceWithoutBackupsIsEmptyAndOneThatIsGoneFails() async throws {
        let model = RestoreModel(app: try elsewhere())
        await model.look(in: backups)
        #expect(model.phase == .empty)
        model.anotherPlace()
        #expect(model.phase == nil)
        await model.look(in: backups.appending(path: "not here"))
        guard case .failed(let problem) = model.phase else {
            Issue.record("\(String(describing: model.phase))")
            return
        }
        #expect(Words.has(problem.wordKey))
    }

    @Test func whatCanBeReadOfADamagedBackupIsSaved() async throws {
        try persona().rename(name: "Home at the lake")
        _ = try await backedUp()
        let file = try backupFile()
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count / 2] ^= 0xFF
        try bytes.write(to: file)
        let there = try elsewhere()
        let model = RestoreModel(app: there)
        await model.look(in: backups)
        model.key = .passphrase
        model.passphrase = TestProfile.passphrase
        await model.restore()
        #expect(model.restored == nil)
        #expect(model.isDamaged, "\(model.work.problem?.name ?? "")")
        #expect(!model.maySalvage)
        model.newName = "Saved"
        model.newPassphrase = "a passphrase of its own"
        model.newPassphraseAgain = "a passphrase of its own"
        #expect(model.maySalvage)
        await model.salvage()
        #expect(model.work.problem == nil)
        let rescued = try #require(model.rescued)
        #expect(!rescued.damage.isEmpty)
        #expect(rescued.damage.allSatisfy { $0.text.contains("1") })
        #expect(rescued.parts.allSatisfy { Words.has($0.wordKey) })
        model.open()
        #expect(try there.persona?.name() == "Saved")
        #expect(try there.persona?.autoLockS() == AppModel.autoLockOfNewSeconds)
    }

    // MARK: Rescue and looking whether everything is whole

    @Test func everythingIsWholeUntilItIsNot() async throws {
        let model = CheckModel(persona: try persona())
        #expect(model.faults == nil)
        await model.check()
        #expect(model.work.problem == nil)
        #expect(model.faults?.isEmpty == true)
        for kind in ["header", "pages", "identity", "order", "dangling", "audit"] {
            #expect(Words.has("me_check_fault_\(kind)"))
            #expect(!CheckFault(kind: kind, count: 3).text.isEmpty)
        }
        #expect(CheckFault(kind: "pages", count: 3).text.contains("3"))
        #expect(CheckFault(kind: "new", count: 3).text == Words.text("me_check_fault_other"))
    }

    @Test func whatIsWholeOfADamagedProfileIsSaved() async throws {
        let persona = try persona()
        _ = try await persona.startImport(path: history()).run { _ in }
        app.lock()
        let entry = try #require(app.personas().first)
        let path = try #require(
            FileManager.default.subpathsOfDirectory(atPath: folder.path).first { $0.hasSuffix(".db") })
        let file = folder.appending(path: path)
        var bytes = try Data(contentsOf: file)
        let page = 4_096
        bytes[(bytes.count / page / 2) * page + 100] ^= 0xFF
        try bytes.write(to: file)

        let model = RescueModel(app: app, entry: entry)
        #expect(model.keys == [.passphrase] && model.key == .passphrase)
        #expect(model.name == "Home" && !model.mayRescue)
        model.passphrase = TestProfile.passphrase
        model.newName = "Home again"
        model.newPassphrase = "a passphrase of its own"
        model.newPassphraseAgain = "a passphrase of its own"
        #expect(model.mayRescue)
        await model.rescue()
        #expect(model.work.problem == nil)
        let rescued = try #require(model.rescued)
        #expect(!rescued.parts.isEmpty && rescued.parts.allSatisfy { Words.has($0.wordKey) })
        #expect(model.passphrase.isEmpty && model.newPassphrase.isEmpty)
        model.open()
        #expect(try app.persona?.name() == "Home again")
        #expect(Set(try app.personas().map(\.name)) == ["Home", "Home again"], "the damaged one stays")
    }

    private func history() throws -> String {
        let lines = (0..<400).map { number in
            #"{"listened_at":\#(1_700_000_000 + number * 300),"track_metadata":{"artist_name":"A \#(number)","#
                + #""track_name":"T \#(number)","additional_info":{"duration_ms":200000}}}"#
        }
        let file = folder.appending(path: "listens.jsonl")
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    @Test func partsOfAProfileAreNamedAsPeopleKnowThem() {
        let table = { RescuedTable(table: $0, saved: 2, lost: 1, lostPages: 0) }
        let rescued = Rescued(
            personaId: "",
            tables: ["pay_line", "listen_play", "listen_work", "vault_audit_entry", "vault_blob"].map(table),
            lost: 5, complete: false, sameKeys: true, inboxItems: 0, madeMs: nil, damage: [])
        #expect(
            rescued.parts.map(\.wordKey)
                == ["history", "pay", "holdings", "audit"].map { "start_rescue_part_\($0)" })
        #expect(rescued.parts.first?.saved == 4 && rescued.parts.first?.lost == 2)
    }

    // MARK: Leaving and moving in

    @Test func everythingLeavesInOneFileAndMovesInElsewhere() async throws {
        let place = folder.appending(path: "leave")
        let model = LeaveModel(persona: try persona(), folder: place)
        model.passphrase = "for the file"
        #expect(!model.passphraseFits)
        model.passphraseAgain = "for the file"
        await model.writeSealed()
        #expect(model.work.problem == nil && model.passphrase.isEmpty)
        let file = try #require(model.file)
        #expect(model.exported.map { $0.tables > 0 } == true)
        let head = try Data(contentsOf: file).prefix(22)
        #expect(String(decoding: head, as: UTF8.self).hasPrefix("age-encryption.org/v1"))

        let there = try elsewhere()
        let moving = MoveInModel(app: there)
        #expect(!moving.mayMoveIn)
        moving.choose(file)
        moving.passphrase = "something else"
        await moving.moveIn()
        #expect(moving.work.problem?.name == "wrong_passphrase")
        moving.passphrase = "for the file"
        await moving.moveIn()
        #expect(moving.work.problem == nil)
        #expect(moving.movedIn?.name == "Home")
        moving.open()
        #expect(try there.persona?.id() == persona().id())

        model.leave()
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test func anOpenFileHoldsNoProfile() async throws {
        let model = LeaveModel(persona: try persona(), folder: folder.appending(path: "leave"))
        await model.writeOpen()
        #expect(model.work.problem == nil)
        let file = try #require(model.file)
        let moving = MoveInModel(app: try elsewhere())
        moving.choose(file)
        moving.passphrase = "anything"
        await moving.moveIn()
        #expect(moving.work.problem?.name == "export_is_partial")
        #expect(moving.movedIn == nil)
    }
}

/// A folder of the picker, as the core uses it.
@Suite struct DeviceFolderTests {
    private let place: URL
    private let folder: DeviceFolder

    init() throws {
        place = try TestProfile.newFolder()
        folder = try DeviceFolder(picked: place)
    }

    @Test func aFileIsCutWhereItIsWrittenAndReadInPieces() throws {
        try folder.write(name: "a", offset: 0, bytes: Data("hello world".utf8))
        try folder.write(name: "a", offset: 6, bytes: Data("you".utf8))
        try folder.sync(name: "a")
        #expect(try folder.read(name: "a", offset: 0, length: 100) == Data("hello you".utf8))
        #expect(try folder.read(name: "a", offset: 6, length: 2) == Data("yo".utf8))
        #expect(try folder.read(name: "a", offset: 9, length: 2).isEmpty)
        try folder.write(name: "a", offset: 5, bytes: Data())
        let listed = try folder.list()
        #expect(listed.map(\.name) == ["a"] && listed.map(\.bytes) == [5])
        #expect(listed.first?.changedMs != nil)
    }

    @Test func aNewNameTakesThePlaceOfTheOld() throws {
        try folder.write(name: "old", offset: 0, bytes: Data([1]))
        try folder.write(name: "new", offset: 0, bytes: Data([2]))
        try folder.rename(from: "new", to: "old")
        #expect(try folder.list().map(\.name) == ["old"])
        #expect(try folder.read(name: "old", offset: 0, length: 9) == Data([2]))
        try folder.remove(name: "old")
        try folder.remove(name: "old")
        #expect(try folder.list().isEmpty)
    }

    @Test func nothingOutsideTheFolderIsReached() throws {
        for name in ["../a", "a/b", "..", ".", ""] {
            #expect(throws: HostError.self) { try folder.write(name: name, offset: 0, bytes: Data([1])) }
            #expect(throws: HostError.self) { try folder.remove(name: name) }
        }
        #expect(throws: HostError.self) { try folder.read(name: "none", offset: 0, length: 1) }
    }

    @Test func ofASingleFileNothingBesideItIsSeen() throws {
        try folder.write(name: "one", offset: 0, bytes: Data([1]))
        try folder.write(name: "two", offset: 0, bytes: Data([2]))
        let file = try DeviceFolder(picked: place.appending(path: "one"))
        #expect(try file.list().map(\.name) == ["one"])
        #expect(throws: HostError.self) { try file.read(name: "two", offset: 0, length: 1) }
    }

    @Test func itIsFoundAgainByItsReference() throws {
        let again = try DeviceFolder(reference: folder.reference)
        try folder.write(name: "a", offset: 0, bytes: Data([1]))
        #expect(try again.list().map(\.name) == ["a"])
        try FileManager.default.removeItem(at: place)
        #expect(throws: (any Error).self) { try DeviceFolder(reference: folder.reference) }
    }
}

@MainActor
@Suite struct LongWorkTests {
    @Test func itTellsHowFarItIsAndIsStopped() async throws {
        let (work, task) = (LongWork(), HeldWork())
        let running = Task {
            await work.run({ task }, done: { _, _ in Issue.record("it was stopped") })
        }
        try await within { @MainActor in while work.progress == nil { await Task.yield() } }
        #expect(work.isRunning && work.part == 0.25)
        await work.run({ HeldWork() }, done: { _, _ in Issue.record("two at once") })
        work.stop()
        await running.value
        #expect(!work.isRunning && work.isStopped && work.problem == nil && work.progress == nil)
        work.forget()
        #expect(!work.isStopped)
    }

    @Test func whyItDidNotWorkIsKeptUntilTheNextTry() async {
        let work = LongWork()
        await work.run({ throw Problem(name: "busy") }, done: { (_: HeldWork, _) in })
        #expect(work.problem?.name == "busy" && !work.isStopped && !work.isRunning)
    }
}

/// Work that tells of one step and then waits until it is stopped.
private final class HeldWork: CoreTask, @unchecked Sendable {
    private let lock = NSLock()
    private var told = false
    private var isCancelled = false

    func next() async -> WorkProgress? {
        let first = lock.withLock {
            defer { told = true }
            return !told
        }
        if first { return WorkProgress(doneBytes: 1, totalBytes: 4) }
        while !lock.withLock({ isCancelled }) { try? await Task.sleep(for: .milliseconds(1)) }
        return nil
    }

    func finish() async throws -> UInt32 {
        while !lock.withLock({ isCancelled }) { try? await Task.sleep(for: .milliseconds(1)) }
        throw CancellationError()
    }

    func cancel() { lock.withLock { isCancelled = true } }
}
