// Creating, locking and unlocking a profile, as the first screens do it, against the real core.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct StartTests {
    private let folder: URL
    private let app: AppModel

    init() throws {
        folder = try TestProfile.newFolder()
        app = AppModel(agent: try TestProfile.device(in: folder))
    }

    private func created() async -> StartModel {
        let model = StartModel(app: app)
        model.name = "Home"
        model.passphrase = TestProfile.passphrase
        model.passphraseAgain = TestProfile.passphrase
        await model.create()
        return model
    }

    @Test func aNewDeviceIsAtFirstRun() {
        guard case .firstRun = app.phase else {
            Issue.record("\(app.phase)")
            return
        }
        #expect(app.persona == nil)
    }

    @Test func aProfileIsCreatedAndOpenAndNothingTypedIsKept() async throws {
        let model = await created()
        #expect(model.problem == nil)
        #expect(model.passphrase.isEmpty)
        #expect(model.passphraseAgain.isEmpty)
        #expect(try app.persona?.name() == "Home")
        #expect(try app.personas().map(\.name) == ["Home"])
    }

    @Test func twoPassphrasesThatDifferDoNotFit() {
        let model = StartModel(app: app)
        model.passphrase = "a"
        model.passphraseAgain = "b"
        #expect(!model.passphraseFits)
        model.passphraseAgain = "a"
        #expect(model.passphraseFits)
    }

    @Test func aLockedProfileOpensWithItsPassphraseAlone() async throws {
        _ = await created()
        let before = try #require(app.persona)
        app.lock()
        guard case .locked(let personas) = app.phase else {
            Issue.record("\(app.phase)")
            return
        }
        #expect(personas.count == 1)
        #expect(throws: TekramError.self) { try before.holdings() }

        let model = StartModel(app: app)
        #expect(model.chosen?.name == "Home")
        model.passphrase = "something else"
        await model.unlock()
        #expect(model.problem?.name == "wrong_passphrase")
        #expect(model.problem?.text == Words.text("error_wrong_passphrase"))
        #expect(app.persona == nil)

        model.passphrase = TestProfile.passphrase
        await model.unlock()
        #expect(model.problem == nil)
        #expect(try app.persona?.holdings().listens == 0)
    }

    @Test func switchingLocksTheOneAndAsksForTheOther() async throws {
        _ = await created()
        let second = StartModel(app: app).another()
        #expect(second.chosen == nil)
        second.name = "Work"
        second.passphrase = TestProfile.passphrase
        await second.create()
        #expect(try app.persona?.name() == "Work")
        let home = try #require(app.personas().first { $0.name == "Home" })
        app.switchTo(home.id)
        #expect(app.persona == nil)
        let model = StartModel(app: app)
        #expect(model.chosen?.name == "Home")
        model.passphrase = TestProfile.passphrase
        await model.unlock()
        #expect(try app.persona?.name() == "Home")
    }

    @Test func whileItIsNotSeenNothingNewWaits() async {
        _ = await created()
        app.lock()
        let model = StartModel(app: app)
        model.passphrase = TestProfile.passphrase
        app.hidden()
        await model.unlock()
        #expect(model.problem?.name == "paused")
        app.shown()
        await model.unlock()
        #expect(app.persona != nil)
    }

    @Test func afterClosingEveryCallSaysSo() async throws {
        _ = await created()
        let persona = try #require(app.persona)
        app.close()
        #expect(throws: TekramError.self) { try persona.holdings() }
        do {
            _ = try await persona.statement(month: nil)
            Issue.record("a closed profile answered")
        } catch {
            #expect(Problem(error).isLocked)
        }
        guard case .failed(let problem) = app.phase else {
            Issue.record("\(app.phase)")
            return
        }
        #expect(problem.name == "closed")
    }
}
