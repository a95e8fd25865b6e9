// Profiles from a backup, on this device and on another, and what is left of damaged backups. Against the real core.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct RestoreTests {
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

    @Test func aServerInTheHomeNetworkIsLookedThroughOnlyWhenThePersonSaysThatItIsThere() async throws {
        let server = try HomeServer()
        let model = RestoreModel(app: try elsewhere())
        (model.serverAddress, model.serverUser, model.serverPassword) = (server.url, "ada", "secret")
        await model.lookOnServer()
        guard case .failed(let problem) = model.phase else {
            Issue.record("\(String(describing: model.phase))")
            return
        }
        #expect(problem.name == "insecure_server")
        model.anotherPlace()
        model.serverPassword = "secret"
        model.serverInHomeNetwork = true
        await model.lookOnServer()
        #expect(model.phase == .empty, "there is nothing in it")
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
}
