// The phone's own page: noting what Music plays, notices, amounts outside the app, the proxy; and what Me's tab says.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct PhonePageTests {
    private let app: AppModel
    private let phone = MemoryPhone()

    init() async throws {
        app = AppModel(agent: try TestProfile.device(in: TestProfile.newFolder()))
        app.opened(try await app.agent.createPersona(name: "Home", passphrase: TestProfile.passphrase))
    }

    private func persona() throws -> Persona { try #require(app.persona) }

    private func page() async throws -> PhoneModel {
        let model = PhoneModel(app: app, persona: try persona(), phone: phone)
        await model.load()
        return model
    }

    private func allowed() throws -> [String] { try persona().captureApps().filter(\.allowed).map(\.app) }

    @Test func nothingIsNotedUntilThePersonSaysSo() async throws {
        let model = try await page()
        #expect(!model.notesMusic && !model.tellsOfOffers && !model.remindsOfSplit && !model.showsAmounts)
        #expect(try allowed().isEmpty)
    }

    @Test func musicIsNotedByTheProfileAndThePhoneAndNoLonger() async throws {
        let model = try await page()
        await model.noteMusic(true)
        #expect(model.notesMusic)
        #expect(model.problem == nil)
        #expect(try phone.musicProfile == persona().id())
        #expect(try allowed() == [PhoneModel.player])
        await model.noteMusic(false)
        #expect(!model.notesMusic)
        #expect(phone.musicProfile == nil)
        #expect(try allowed().isEmpty)
    }

    @Test func whoRefusesMusicIsNotFollowed() async throws {
        phone.answer = .refused
        let model = try await page()
        await model.noteMusic(true)
        #expect(model.musicLeave == .refused)
        #expect(!model.notesMusic)
        #expect(phone.musicProfile == nil)
        #expect(try allowed().isEmpty)
        model.openSettings()
        #expect(phone.settingsOpened == 1)
    }

    @Test func anotherProfileThatNotesMusicIsNamed() async throws {
        await (try page()).noteMusic(true)
        app.lock()
        app.opened(try await app.agent.createPersona(name: "Work", passphrase: TestProfile.passphrase))
        let model = try await page()
        #expect(model.otherNotes == "Home")
        #expect(!model.notesMusic)
        await model.noteMusic(true)
        #expect(model.otherNotes == nil)
        #expect(model.notesMusic)
    }

    @Test func aLockedProfileChangesNothing() async throws {
        let model = try await page()
        app.lock()
        await model.noteMusic(true)
        #expect(model.problem?.isLocked == true)
        #expect(phone.musicProfile == nil)
    }

    @Test func historiesThatShouldBeReadyAreSpokenOfWhenThePersonLetsThem() async throws {
        let model = try await page()
        #expect(!model.remindsOfHistories, "the system did not ask yet")
        await model.remindOfHistories(true)
        #expect(model.remindsOfHistories && phone.noticeLeave == .given)
        await model.remindOfHistories(false)
        #expect(!model.remindsOfHistories && !phone.remindsOfHistories)
    }

    @Test func noticesAreAskedForWhenOneIsSwitchedOn() async throws {
        let model = try await page()
        #expect(model.noticeLeave == .notAsked)
        await model.remindOfSplit(true)
        #expect(model.noticeLeave == .given)
        #expect(model.remindsOfSplit)
        await model.tellOfOffers(true)
        #expect(model.tellsOfOffers)
        await model.tellOfOffers(false)
        #expect(!model.tellsOfOffers && !phone.tellsOfOffers)
    }

    @Test func refusedNoticesStayOff() async throws {
        phone.answer = .refused
        let model = try await page()
        await model.tellOfOffers(true)
        await model.remindOfSplit(true)
        #expect(model.noticeLeave == .refused)
        #expect(!model.tellsOfOffers && !model.remindsOfSplit)
    }

    @Test func amountsStandOutsideTheAppOnlyWhenThePersonAllowsIt() async throws {
        let model = try await page()
        phone.isWidgetAllowed = true
        phone.showOnWidget(WidgetSplit(month: "September", total: "10", lines: []))
        await model.showAmounts(false)
        #expect(!model.showsAmounts && phone.widget == nil)
        await model.showAmounts(true)
        #expect(model.showsAmounts && phone.widget == nil, "there is nothing to divide yet")
        #expect(phone.splitProfiles.isEmpty)
    }

    @Test func aProxyHoldsFromTheNextStartOn() async throws {
        let model = try await page()
        model.typedProxy = "nonsense"
        model.keepProxy()
        #expect(model.isProxyWrong)
        #expect(phone.proxyOfNextStart == nil)
        model.typedProxy = "socks5://127.0.0.1:9050"
        #expect(!model.isProxyWrong)
        model.keepProxy()
        #expect(model.isProxyKept)
        #expect(phone.proxyOfNextStart == "socks5://127.0.0.1:9050")
        let again = try await page()
        #expect(again.typedProxy == "socks5://127.0.0.1:9050")
        model.stopProxy()
        #expect(phone.proxyOfNextStart == nil)
    }

    @Test func wordsThatAreDueAreSeenOnTheTab() throws {
        let real = DutyModel(persona: try persona())
        real.load()
        #expect(!real.isDue)
        let answers = Answers([.none, .ask, .required])
        let model = DutyModel(persona: try persona()) { try answers.next() }
        for due in [false, true, true, false] {
            model.load()
            #expect(model.isDue == due)
        }
    }

    @Test func aChangeAsksAgainWhatIsDue() async throws {
        let persona = try persona()
        let answers = Answers([.none, .ask])
        let model = DutyModel(persona: persona) { try answers.next() }
        let following = Task { await model.follow() }
        try await within { @MainActor in while answers.asked < 1 { await Task.yield() } }
        #expect(!model.isDue)
        try persona.rename(name: "Elsewhere")
        try await within { @MainActor in while !model.isDue { try await Task.sleep(for: .milliseconds(10)) } }
        following.cancel()
        await following.value
    }
}

/// What the core says is due, one answer after another; then it is locked.
private final class Answers: @unchecked Sendable {
    private let lock = NSLock()
    private var left: [RecoveryDuty]
    private var count = 0

    init(_ answers: [RecoveryDuty]) { left = answers }

    var asked: Int { lock.withLock { count } }

    func next() throws -> RecoveryDuty {
        try lock.withLock {
            count += 1
            guard !left.isEmpty else { throw Problem(name: "locked") }
            return left.removeFirst()
        }
    }
}
