// From the split of a month to its receipts: confirming, paying, what came of it, and what the person finishes in another
// app. Paying goes on when its screen is left; stopping it says afterwards what it did.
import Foundation
import Observation
import TekramCore

/// pay_confirm, pay_progress, pay_receipts and pay_handoff of one month.
@MainActor
@Observable
public final class PaymentModel {
    /// Whether the month's split could be read.
    public private(set) var phase: Phase = .loading
    /// Which month.
    public let month: String
    /// Its split.
    public private(set) var statement: Statement?
    /// Whether recovery words are due before the first money.
    public private(set) var duty: RecoveryDuty = .none
    /// Those who can be paid, by id.
    public private(set) var payees: [String: Payee] = [:]
    /// E-cash providers that those who get something take, the most taken first.
    public private(set) var mints: [MintTakers] = []
    /// The provider that the person chose; nothing lets the core choose.
    public var mint: String?
    /// What the person finishes in another app.
    public private(set) var handOffs: [HandOff] = []
    /// What arrived, with its evidence.
    public private(set) var receipts: [Receipt] = []
    /// The newest run of paying, as far as it has been told.
    public private(set) var run = SettleRun()
    /// A confirmation or a payment that was refused.
    public private(set) var problem: Problem?
    /// The promise is being made.
    public private(set) var isBusy = false

    private let persona: Persona
    private var work: Task<SettleReport, any Error>?
    @ObservationIgnored private var newest = Newest()

    /// The payment of `month` by `persona`.
    public init(persona: Persona, month: String) {
        self.persona = persona
        self.month = month
    }

    /// Whether the month is promised, so that it can be paid.
    public var isConfirmed: Bool { statement.map { $0.state != .draft } ?? false }

    /// Whether there is something to promise.
    public var canConfirm: Bool { (statement?.summary.payableMinor ?? 0) > 0 }

    /// Asks for everything again, also whether the recovery words were written down meanwhile.
    public func load() async {
        let number = newest.begin()
        do {
            let statement = try await persona.statement(month: month)
            guard newest.takes(number) else { return }
            duty = try persona.recoveryDuty(aboutToPay: true)
            payees = Dictionary(try persona.payees().map { ($0.payee, $0) }) { first, _ in first }
            mints = try persona.mints(month: month)
            handOffs = try persona.handOffs(month: month)
            receipts = try persona.receipts(month: month)
            if let mint, !mints.contains(where: { $0.mint == mint }) { self.mint = nil }
            self.statement = statement
            phase = .ready
        } catch {
            if !Problem(error).isCancelled, newest.takes(number) { phase = .ended(error) }
        }
    }

    /// Promises the amounts of the month. Nothing is paid by it. Not before the recovery words are known to be kept.
    public func confirm() async {
        guard !isBusy else { return }
        (isBusy, problem) = (true, nil)
        do {
            if try persona.recoveryDuty(aboutToPay: true) != .required { _ = try await persona.commit(month: month) }
        } catch {
            problem = Problem(error)
        }
        await load()
        isBusy = false
    }

    /// Pays what was promised, as far as it goes now, and waits at most so long for receipts; later ones are found the
    /// next time. Called again it continues; nothing is paid twice.
    public func settle(receiptsWithin wait: Duration = .seconds(20)) async {
        guard !run.isRunning, duty != .required else { return }
        (run, problem) = (SettleRun(isRunning: true), nil)
        let (month, mint, waitMs) = (month, mint, UInt64(wait / .milliseconds(1)))
        let work = Task {
            try await persona.settle(month: month, mint: mint, waitMs: waitMs).run { run.hear($0) }
        }
        self.work = work
        do {
            run.end(try await work.value.ended)
        } catch {
            let problem = Problem(error)
            run.end(problem.isCancelled ? .stopped : nil)
            if !problem.isCancelled { self.problem = problem }
        }
        self.work = nil
        await load()
    }

    /// Stops paying. What was begun is kept and continued by the next run.
    public func stop() { work?.cancel() }
}

/// One run of paying.
public struct SettleRun: Equatable, Sendable {
    /// It has not ended yet.
    public private(set) var isRunning = false
    /// The newest that was told of each line, by its number.
    public private(set) var steps: [Int64: SettleProgress] = [:]
    /// How many lines were planned.
    public private(set) var planned: UInt32 = 0
    /// The invoice that waits to be paid.
    public private(set) var topUp: TopUp?
    /// How it ended; nothing while it runs, or when it could not.
    public private(set) var ended: SettleEnd?

    init(isRunning: Bool = false) { self.isRunning = isRunning }

    /// Lines that nothing more happens to in this run.
    public var done: Int { steps.values.filter(\.isLast).count }

    /// From 0 to 1; nothing before anything was planned.
    public var part: Double? {
        planned == 0 ? nil : Double(done) / Double(max(Int(planned), done))
    }

    mutating func hear(_ step: SettleProgress) {
        switch step {
        case .planned(_, let lines, _): planned += lines
        case .topUpNeeded(let rail, let invoice, let amount, let expiresMs):
            topUp = TopUp(rail: rail, invoice: invoice, amount: amount, expiresMs: expiresMs)
        case .funded: topUp = nil
        default: if let line = step.lineNo { steps[line] = step }
        }
    }

    mutating func end(_ how: SettleEnd?) {
        (isRunning, ended) = (false, how)
        if how != .topUpNotPaid { topUp = nil }
    }
}

/// An invoice that puts money in.
public struct TopUp: Equatable, Sendable {
    /// The rail that it fills.
    public let rail: String
    /// BOLT11.
    public let invoice: String
    /// What arrives.
    public let amount: Money
    /// When it expires, if that is known.
    public let expiresMs: Int64?
}
