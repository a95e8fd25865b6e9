// Pay against the real core: the sample log is divided, tried out, promised and paid, with feeds served by this machine.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

/// Says whether there is a connection, as the test wants it.
private final class Line: Connectivity, @unchecked Sendable {
    private let lock = NSLock()
    private var now = ConnectivityState.unmetered

    func become(_ state: ConnectivityState) { lock.withLock { now = state } }

    func state() throws -> ConnectivityState { lock.withLock { now } }
}

/// A profile with the sample log in it, whose podcasts lie on this machine.
private final class Listener: Sendable {
    let folder: URL
    let agent: Agent
    let persona: Persona
    let feeds: PayFeedServer
    let line = Line()

    /// The sample log has this month.
    static let month = "2026-09"

    init(railsOff: [RailKind] = []) async throws {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../tests/fixtures")
        folder = try TestProfile.newFolder()
        let served = folder.appending(path: "feeds")
        try FileManager.default.copyItem(at: fixtures.appending(path: "feeds").standardized, to: served)
        feeds = try PayFeedServer(files: served)
        let settings = AgentSettings(
            dataFolder: folder.appending(path: "vaults").path, allow: [feeds.host], proxy: nil, railsOff: railsOff,
            zone: "Europe/Berlin")
        agent = try Agent.open(settings: settings, keyStore: nil, location: nil, connectivity: line)
        persona = try await agent.createPersona(name: "Home", passphrase: TestProfile.passphrase)
        let sittings = try String(contentsOf: fixtures.appending(path: "listens/episode-actions.json"), encoding: .utf8)
        let here = folder.appending(path: "episode-actions.json")
        try sittings.replacingOccurrences(of: "https://feeds.example", with: "http://\(feeds.host)")
            .write(to: here, atomically: true, encoding: .utf8)
        for file in [here, fixtures.appending(path: "listens/listenbrainz.zip")] {
            let report = try await persona.startImport(path: file.standardized.path).run { _ in }
            _ = try await persona.acceptBatch(batch: report.batch)
        }
    }

    deinit {
        try? agent.close()
        try? FileManager.default.removeItem(at: folder)
    }

    func feed(_ name: String) -> String { "http://\(feeds.host)/\(name)" }

    /// The maker of a feed publishes something else from now on.
    func publish(_ name: String, replacing old: String, with new: String) throws {
        let file = folder.appending(path: "feeds/\(name)")
        let text = try String(contentsOf: file, encoding: .utf8)
        try #require(text.contains(old))
        try text.replacingOccurrences(of: old, with: new).write(to: file, atomically: true, encoding: .utf8)
    }

    /// Makers that can be paid, and a budget of ten euros.
    @MainActor func plan() async throws -> PayModel {
        let payees = PayeesModel(persona: persona)
        await payees.discover(["nachtzug.xml", "the-long-table.xml", "small-press-radio.xml"].map(feed))
        try #require(payees.problem == nil && payees.payees.count >= 2)
        let model = PayModel(persona: persona, pause: .zero)
        await model.load()
        await model.show(Listener.month)
        model.setBudget(Money(amountMinor: 1000, currency: "EUR"))
        await model.shown()
        await model.apply()
        try #require(model.problem == nil && model.draft == nil && model.statement != nil)
        return model
    }

    /// The recovery words are on paper.
    @MainActor func keepWords() throws {
        let words = try persona.newRecoveryPhrase().words()
        let positions = try persona.recoveryQuestions()
        _ = try persona.checkRecoveryPhrase(positions: positions, words: positions.map { words[Int($0) - 1] })
    }
}

@MainActor
@Suite struct PayTests {
    @Test("an empty log has nothing to divide, and a log without a budget asks for one")
    func nothingToDivide() async throws {
        let nobody = try await TestProfile.make()
        let empty = PayModel(persona: nobody.persona)
        #expect(empty.phase == .loading)
        await empty.load()
        #expect(empty.phase == .empty)

        let listener = try await Listener()
        let model = PayModel(persona: listener.persona, pause: .zero)
        await model.load()
        #expect(model.phase == .ready && model.rules == nil && model.statement == nil)
        #expect(!model.sources.isEmpty && model.newer == nil)
        let newest = model.month
        await model.show(try #require(model.older))
        #expect(model.newer == newest)
    }

    @Test("a budget is tried out, and is in force only when it is applied")
    func budgetIsTriedOut() async throws {
        let listener = try await Listener()
        let model = PayModel(persona: listener.persona, pause: .zero)
        await model.load()
        model.setBudget(Money(amountMinor: 0, currency: "EUR"))
        await model.shown()
        #expect(model.problem?.name == "zero_budget")
        model.setBudget(Money(amountMinor: 1000, currency: "EUR"))
        await model.shown()
        #expect(model.problem == nil)
        #expect(model.statement?.lines.reduce(0) { $0 + $1.amountMinor } == 1000)
        #expect(try listener.persona.rules() == nil)
        #expect(try listener.persona.statements().isEmpty)
        await model.apply()
        #expect(model.draft == nil)
        #expect(try listener.persona.rules()?.budget.amountMinor == 1000)
    }

    @Test("a slider shows at once what it does, keeps the sum, and stores nothing before it is applied")
    func sliderIsAPreview() async throws {
        let listener = try await Listener()
        let model = try await listener.plan()
        let before = try #require(model.statement)
        let line = try #require(before.lines.first { $0.payee != nil })
        let source = try #require(line.because.first?.source)
        #expect(model.amount(of: source) != nil)
        // Many moves in a row, as a finger makes them: the last one counts.
        for permille in stride(from: 1000.0, through: 0, by: -10) {
            model[factorOf: source] = permille
            await Task.yield()
        }
        await model.shown()
        #expect(model.factor(source) == 0)
        #expect(model.statement?.lines.contains { $0.because.contains { $0.source == source } } == false)
        #expect(model.statement?.lines.reduce(0) { $0 + $1.amountMinor } == 1000)
        #expect(try listener.persona.rules()?.factors == [])
        await model.cancel()
        #expect(model.draft == nil && model.statement == before && model.factor(source) == Factor.asHeard)

        model[factorOf: source] = 2000
        await model.shown()
        #expect(try #require(model.line(line.key)).amountMinor > line.amountMinor)
        await model.apply()
        #expect(try listener.persona.rules()?.factors == [SourceFactor(source: source, permille: 2000)])
        model.resetFactors()
        await model.apply()
        #expect(try listener.persona.rules()?.factors == [])
    }

    @Test("another weight divides the same budget anew, and a larger minimum saves what is small")
    func weightDividesAnew() async throws {
        let listener = try await Listener()
        let model = try await listener.plan()
        let before = try #require(model.statement)
        model.weight = .equal
        await model.shown()
        #expect(model.statement?.lines != before.lines && model.statement?.total == before.total)
        model.setMinimum(Money(amountMinor: 900, currency: "EUR"))
        await model.shown()
        let small = try #require(model.statement?.lines.first { $0.reason == "too_small" })
        #expect(small.why == Words.text("pay_reason_too_small"))
    }

    @Test("nothing is promised before the recovery words are kept")
    func wordsComeFirst() async throws {
        let listener = try await Listener()
        let plan = try await listener.plan()
        let model = plan.payment(of: Listener.month)
        #expect(model === plan.payment(of: Listener.month))
        await model.load()
        #expect(model.duty == .required)
        await model.confirm()
        await model.settle(receiptsWithin: .zero)
        #expect(!model.isConfirmed && model.run == SettleRun())
        try listener.keepWords()
        await model.load()
        #expect(model.duty == .none && model.canConfirm)
        await model.confirm()
        #expect(model.problem == nil && model.isConfirmed)
        #expect(model.statement?.state == .committed)
        let promised = model.statement?.lines
        await model.load()
        #expect(model.statement?.lines == promised)
    }

    @Test("paying hands over what it cannot pay itself, and says for each line what became of it")
    func payingHandsOver() async throws {
        let listener = try await Listener()
        let plan = try await listener.plan()
        try listener.keepWords()
        let model = plan.payment(of: Listener.month)
        await model.load()
        await model.confirm()
        await model.settle(receiptsWithin: .zero)
        #expect(model.problem == nil && model.run.ended == .done && !model.run.isRunning)
        let statement = try #require(model.statement)
        let handed = statement.lines.filter { $0.outcome == .handOff }
        #expect(!handed.isEmpty && handed.allSatisfy { $0.state == .handedOff && $0.paidMinor == 0 })
        #expect(Set(handed.map(\.lineNo)) == Set(model.handOffs.map(\.lineNo)))
        let step = try #require(model.run.steps[handed[0].lineNo])
        #expect(step.isLast && step.why == nil && step.text("Ada").contains("Ada"))
        let summary = statement.summary
        #expect(
            summary.paidMinor + summary.handedOffMinor + summary.carriedMinor + summary.feesMinor
                == statement.total.amountMinor)
        let transfer = try #require(model.handOffs.first { $0.kind == .payto })
        #expect(transfer.amountFilled && transfer.epc?.hasPrefix("BCD") == true)
        #expect(try qrCode(text: try #require(transfer.epc)).side > 20)
        await plan.load()
        #expect(plan.statement?.state != .draft)

        let book = AccountsModel(persona: listener.persona)
        book.load()
        #expect(book.phase == .ready)
        #expect(book.balances.reduce(0) { $0 + $1.balance.amountMinor } == 0)
        #expect(!book.balances.map(book.title).contains(Words.text("pay_account_other")))
    }

    @Test("without a connection planning goes on, and paying says why it waits")
    func offlineIsNamed() async throws {
        let listener = try await Listener()
        let plan = try await listener.plan()
        try listener.keepWords()
        listener.line.become(.offline)
        plan.setBudget(Money(amountMinor: 2000, currency: "EUR"))
        await plan.shown()
        #expect(plan.statement?.total.amountMinor == 2000)
        await plan.cancel()
        let model = plan.payment(of: Listener.month)
        await model.load()
        await model.confirm()
        #expect(model.isConfirmed)
        await model.settle(receiptsWithin: .zero)
        #expect(model.problem?.name == "offline" && model.problem?.isOffline == true)
        #expect(!model.run.isRunning && model.run.ended == nil)
        listener.line.become(.unmetered)
        await model.settle(receiptsWithin: .zero)
        #expect(model.problem == nil && model.run.ended == .done)
    }

    @Test("a feed that is gone is named and the others are read")
    func missingFeedIsNamed() async throws {
        let listener = try await Listener()
        let model = PayeesModel(persona: listener.persona)
        model.load()
        #expect(model.phase == .ready && model.payees.isEmpty && model.looks == nil)
        await model.discover([listener.feed("nachtzug.xml"), listener.feed("no-such-feed.xml")])
        let looks = try #require(model.looks)
        #expect(looks.count == 2 && model.feedsThatNamed == 1 && !model.isSearching)
        #expect(looks.first { $0.feed.hasSuffix("no-such-feed.xml") }?.problem != nil)
        #expect(looks.allSatisfy { !$0.text.isEmpty && !$0.name.isEmpty })
        #expect(model.changes.isEmpty)
        #expect(model.payees.first?.evidence.isEmpty == false)
    }

    @Test("a search that is stopped ends at once and keeps what was found")
    func searchIsStopped() async throws {
        let listener = try await Listener()
        let model = PayeesModel(persona: listener.persona)
        await model.discover([listener.feed("nachtzug.xml")])
        let searching = Task { await model.discover([listener.feed("silent.xml")]) }
        while !model.isSearching { await Task.yield() }
        model.stop()
        try await within { await searching.value }
        #expect(!model.isSearching && model.problem == nil && model.payees.count == 1)
    }

    @Test("changed payment details wait, and are used once the person says so")
    func changesWait() async throws {
        let listener = try await Listener()
        let plan = try await listener.plan()
        try listener.publish("nachtzug.xml", replacing: "DE89370400440532013000", with: "GB82WEST12345698765432")
        let model = PayeesModel(persona: listener.persona)
        await model.discover([listener.feed("nachtzug.xml")])
        #expect(model.looks?.first?.held == true)
        let change = try #require(model.changes.first)
        guard case .methods(_, let payee, let used, let held) = change else {
            Issue.record("\(change)")
            return
        }
        #expect(used.map(\.target).joined().contains("DE89 3704 0044 0532 0130 00"))
        #expect(held.map(\.target).joined().contains("GB82 WEST 1234 5698 7654 32"))
        #expect(model.name(payee) != Words.text("common_unknown"))
        await plan.load()
        #expect(plan.heldChanges == 1)
        model.decide(change, take: true)
        #expect(model.problem == nil && model.changes.isEmpty)
        #expect(model.payees.first { $0.payee == payee }?.methods == held)
        model.decide(change, take: false)
        #expect(model.problem?.name == "no_such_change")
    }

    @Test("what an edition leaves out is said, and its amounts are saved")
    func railsOffAreSaid() async throws {
        let listener = try await Listener(railsOff: [.cashu, .handOff])
        let model = try await listener.plan()
        let statement = try #require(model.statement)
        #expect(statement.hasRailOff && statement.summary.payableMinor == 0)
        #expect(statement.lines.allSatisfy { $0.outcome == .carry })
        let payment = model.payment(of: Listener.month)
        await payment.load()
        #expect(!payment.canConfirm)
    }

    @Test("a profile that was locked is a state of each screen")
    func lockedIsAState() async throws {
        let profile = try await TestProfile.make()
        let (plan, payees, book) = (
            PayModel(persona: profile.persona), PayeesModel(persona: profile.persona),
            AccountsModel(persona: profile.persona)
        )
        try profile.persona.lock()
        await plan.load()
        payees.load()
        book.load()
        let payment = plan.payment(of: "2026-09")
        await payment.load()
        #expect([plan.phase, payees.phase, book.phase, payment.phase].allSatisfy { $0 == .locked })
    }

    @Test("an amount counts when the whole of it can be read in one way")
    func typedAmounts() {
        let (english, german) = (Locale(identifier: "en_GB"), Locale(identifier: "de_DE"))
        #expect(AmountText.money(" 10.50 ", currency: "EUR", locale: english)?.amountMinor == 1050)
        #expect(AmountText.money("10,5", currency: "EUR", locale: german)?.amountMinor == 1050)
        #expect(AmountText.money("10.50", currency: "EUR", locale: german) == nil)
        #expect(AmountText.money("10.505", currency: "EUR", locale: english) == nil)
        #expect(AmountText.money("2100", currency: "SAT", locale: english)?.amountMinor == 2100)
        #expect(AmountText.money("1.5", currency: "SAT", locale: english) == nil)
        for wrong in ["", "-1", "ten", "1 000", "1.2.3", "10€"] {
            #expect(AmountText.money(wrong, currency: "EUR", locale: english) == nil)
        }
        #expect(AmountText.typed(Money(amountMinor: 123_450, currency: "EUR"), locale: german) == "1234,5")
        #expect(AmountText.currencies(locale: english).first == "GBP")
    }

    @Test("the ring is the whole of the split, and the widget shows its largest shares")
    func ringIsTheWhole() async throws {
        let listener = try await Listener()
        let statement = try #require(try await listener.plan().statement)
        let parts = SplitPart.parts(of: statement.lines)
        #expect(abs(parts.reduce(0) { $0 + $1.part } - 1) < 0.001)
        #expect(parts.last?.color == nil, "what waits comes last, in grey")
        #expect(SplitPart.parts(of: []).isEmpty)
        let widget = WidgetSplit(statement)
        #expect(widget.lines.count == statement.lines.filter { $0.payee != nil }.count)
        #expect(widget.total == statement.total.text())
    }

    @Test("the widget follows the split, stays as it is over a lock, and is another profile's no longer")
    func widgetFollowsTheSplit() async throws {
        let listener = try await Listener()
        let persona = listener.persona
        let phone = MemoryPhone()
        let follower = SplitFollower(persona: persona, phone: phone)
        await follower.show()
        #expect(phone.splitProfiles.isEmpty, "without rules there is nothing to remind of")
        let model = try await listener.plan()
        await follower.show()
        #expect(phone.splitProfiles == [persona.id()])
        #expect(phone.widget == nil, "nobody allowed it")

        phone.isWidgetAllowed = true
        let following = Task { await follower.follow() }
        try await within { @MainActor in while phone.widget == nil { try await Task.sleep(for: .milliseconds(5)) } }
        let newest = try #require(model.months.first)
        #expect(phone.widget?.month == Moments.month(newest))
        let before = try #require(phone.widget?.total)

        model.setBudget(Money(amountMinor: 2_000, currency: "EUR"))
        await model.shown()
        #expect(phone.widget?.total == before, "what is tried out is not in force")
        await model.apply()
        try await within { @MainActor in
            while phone.widget?.total == before { try await Task.sleep(for: .milliseconds(5)) }
        }
        let shown = phone.widget
        try persona.lock()
        following.cancel()
        await following.value
        await follower.show()
        #expect(shown != nil && phone.widget == shown)

        let other = try await TestProfile.make()
        await SplitFollower(persona: other.persona, phone: phone).show()
        #expect(phone.widget == nil)
    }

    @Test("a slider stops at how it was heard")
    func sliderSnaps() {
        #expect([0, 20, 30, 950, 1060, 1070, 2999].map(Factor.snapped) == [0, 0, 50, 1000, 1000, 1050, 3000])
    }

    @Test("an invoice is shown until it is paid")
    func topUpIsShown() {
        var run = SettleRun(isRunning: true)
        let amount = Money(amountMinor: 2_100, currency: "SAT")
        run.hear(.planned(rail: "cashu:https://mint.example", lines: 2, amount: amount))
        #expect(run.part == 0)
        run.hear(.topUpNeeded(rail: "cashu:https://mint.example", invoice: "lnbc1", amount: amount, expiresMs: nil))
        #expect(run.topUp?.invoice == "lnbc1")
        run.hear(.funded(rail: "cashu:https://mint.example", toppedUp: amount))
        #expect(run.topUp == nil)
        run.hear(.begun(lineNo: 0))
        run.hear(.paid(lineNo: 0))
        run.hear(.delayed(lineNo: 1, reason: "rail_unreachable"))
        #expect(run.part == 1 && run.done == 2)
        #expect(run.steps[1]?.why == Words.text("pay_reason_rail_unreachable"))
        #expect(Addresses.provider("cashu:https://mint.example:3338") == "mint.example:3338")
    }
}
