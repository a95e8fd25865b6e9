// The profile and its ways in, recovery words, what left, which hosts were asked, and taking everything along.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct MeTests {
    private let folder: URL
    private let app: AppModel

    init() async throws {
        folder = try TestProfile.newFolder()
        app = AppModel(agent: try TestProfile.device(in: folder))
        app.opened(try await app.agent.createPersona(name: "Home", passphrase: TestProfile.passphrase))
    }

    private func persona() throws -> Persona { try #require(app.persona) }

    private func unlocked(_ passphrase: String) async throws -> Persona {
        let id = try #require(app.personas().first?.id)
        return try await app.agent.unlockWithPassphrase(id: id, passphrase: passphrase)
    }

    @Test func aNewProfileHoldsNothingAndOwesNoWordsYet() throws {
        let model = MeModel(app: app, persona: try persona())
        #expect(model.phase == .loading)
        model.load()
        #expect(model.phase == .ready)
        #expect(model.name == "Home")
        #expect(model.holdings?.listens == 0)
        #expect(model.others.isEmpty)
        #expect(model.recoveryDuty == .none)
    }

    @Test func renamingIsSeenInTheListOfProfiles() throws {
        let model = MeModel(app: app, persona: try persona())
        model.rename("Work")
        #expect(model.problem == nil)
        #expect(model.name == "Work")
        #expect(try app.personas().map(\.name) == ["Work"])
    }

    @Test func anEmptyNameIsRefusedAndTheOldOneStays() throws {
        let model = MeModel(app: app, persona: try persona())
        model.rename("")
        #expect(model.problem != nil)
        #expect(model.name == "Home")
    }

    @Test func deletingTheOpenProfileLocksItFirstAndEndsAtFirstRun() throws {
        let model = MeModel(app: app, persona: try persona())
        model.load()
        let entry = try #require(model.personas.first)
        #expect(!model.mayDelete(entry, typed: "home"))
        #expect(model.mayDelete(entry, typed: "Home"))
        model.delete(entry)
        #expect(model.problem == nil)
        guard case .firstRun = app.phase else {
            Issue.record("\(app.phase)")
            return
        }
    }

    @Test func aProfileThatCannotBeDeletedIsSaidOnTheLockScreen() throws {
        let model = MeModel(app: app, persona: try persona())
        model.load()
        let entry = try #require(model.personas.first)
        // Somebody took the vault away behind the app's back, so there is nothing left to delete.
        let files = FileManager.default
        let vault = try #require(try files.subpathsOfDirectory(atPath: folder.path).first { $0.hasSuffix(entry.id) })
        try files.removeItem(at: folder.appending(path: vault))
        model.delete(entry)
        #expect(app.persona == nil)
        #expect(app.undeleted?.name == "Home")
        #expect(app.undeleted?.problem.text.isEmpty == false)
    }

    @Test func aNameOfSpacesAloneIsNone() throws {
        let model = MeModel(app: app, persona: try persona())
        #expect(model.isBlank(" ") && model.isBlank("") && !model.isBlank(" a "))
        model.rename("  Work ")
        #expect(model.name == "Work")
    }

    @Test func aLockedProfileIsAStateOfItsScreen() throws {
        let model = MeModel(app: app, persona: try persona())
        app.lock()
        model.load()
        #expect(model.phase == .locked)
    }

    @Test func aChangeSomewhereElseIsFollowed() async throws {
        let persona = try persona()
        let model = MeModel(app: app, persona: persona)
        let following = Task { await model.follow() }
        while model.phase != .ready { await Task.yield() }
        try persona.rename(name: "Elsewhere")
        try await within { @MainActor in
            while model.name != "Elsewhere" { try await Task.sleep(for: .milliseconds(10)) }
        }
        following.cancel()
        await following.value
    }

    @Test func thePassphraseIsChangedAndTheOldOneOpensNothing() async throws {
        let model = WaysModel(persona: try persona())
        model.load()
        #expect(model.ways.count == 1)
        #expect(model.hasPassphrase)
        model.oldPassphrase = "wrong"
        model.newPassphrase = "another horse another battery"
        await model.changePassphrase()
        #expect(model.problem?.name == "wrong_passphrase")
        model.oldPassphrase = TestProfile.passphrase
        await model.changePassphrase()
        #expect(model.problem == nil)
        #expect(model.done == "me_passphrase_changed")
        #expect(model.newPassphrase.isEmpty)

        app.lock()
        await #expect(throws: TekramError.self) { try await self.unlocked(TestProfile.passphrase) }
        _ = try await unlocked("another horse another battery")
    }

    @Test func theLastWayInStays() async throws {
        let model = WaysModel(persona: try persona())
        model.load()
        await model.remove(try #require(model.ways.first))
        #expect(model.problem?.name == "last_way_in")
        #expect(model.ways.count == 1)
    }

    @Test func wordsOpenTheProfileOnceTheyWereChecked() async throws {
        let model = RecoveryModel(persona: try persona())
        model.load()
        #expect(!model.hasWords)
        model.show()
        let words = model.words
        #expect(words.count == 24)
        model.written()
        #expect(model.step == .checking)
        #expect(model.words.isEmpty)
        #expect(!model.isAnswered)

        for position in model.questions { model[answerTo: position] = "zebra" }
        model.check()
        #expect(model.problem != nil)
        #expect(!model.hasWords)
        model.showAgain()
        #expect(model.words == words)
        model.written()
        for position in model.questions { model[answerTo: position] = words[Int(position) - 1] }
        #expect(model.isAnswered)
        model.check()
        #expect(model.problem == nil)
        #expect(model.step == .done)

        app.lock()
        let start = StartModel(app: app)
        #expect(start.ways == [.passphrase, .words])
        start.way = .words
        start.recoveryWords = words.joined(separator: "\n")
        #expect(start.recoveryWordCount == 24)
        await start.unlock()
        #expect(start.problem == nil)
        #expect(start.recoveryWords.isEmpty)
        #expect(app.persona != nil)
    }

    @Test func wordsOnPaperStayRightUntilTheyWereChecked() throws {
        let model = RecoveryModel(persona: try persona())
        model.show()
        let words = model.words
        model.forget()
        model.show()
        #expect(model.words == words)
        model.written()
        for position in model.questions { model[answerTo: position] = words[Int(position) - 1] }
        let wrong = try #require(model.questions.last)
        model[answerTo: wrong] = words[Int(wrong) - 1] == "zebra" ? "zoo" : "zebra"
        model.check()
        #expect(model.wrongPosition == wrong)
        model[answerTo: wrong] = " \(words[Int(wrong) - 1].uppercased()) "
        model.check()
        #expect(model.step == .done)
        // Once they are in use, the next ones are new.
        model.show()
        #expect(model.words != words)
    }

    @Test func leavingTheWordsWipesThem() throws {
        let model = RecoveryModel(persona: try persona())
        model.show()
        model.forget()
        #expect(model.words.isEmpty)
        #expect(model.step == .intro)
    }

    @Test func nothingHasLeftANewProfile() async throws {
        let shared = SharedModel(persona: try persona())
        await shared.items.reload()
        #expect(shared.items.phase == .empty)
        let networks = NetworksModel(persona: try persona())
        networks.load()
        #expect(networks.phase == .empty)
    }

    @Test func theHistoryLeavesAsAFileAndGoesWithTheScreen() async throws {
        let model = ExportModel(persona: try persona(), folder: folder.appending(path: "export"))
        await model.writeHistory()
        #expect(model.problem == nil)
        let file = try #require(model.history)
        #expect(FileManager.default.fileExists(atPath: file.path))
        await model.writeAgreements()
        #expect(model.agreements.isEmpty)
        model.forget()
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }
}
