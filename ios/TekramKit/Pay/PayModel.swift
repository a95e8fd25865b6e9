// The split of a month: the rules and what they make of what was heard. A change of a rule is shown at once and stored
// only when the person applies it; of several changes in a row the newest is the one that is shown.
import Foundation
import Observation
import TekramCore

/// pay_split, pay_why and pay_months.
@MainActor
@Observable
public final class PayModel {
    /// Whether the month could be read.
    public private(set) var phase: Phase = .loading
    /// Months that something was heard in or that have a split, newest first.
    public private(set) var months: [String] = []
    /// The month that is shown, as `2026-10`.
    public private(set) var month: String?
    /// The rules in force; nothing before the first budget.
    public private(set) var rules: Rules?
    /// Everything heard in the month, longest first.
    public private(set) var sources: [MonthSource] = []
    /// The split of the month: by the rules in force, or by what is tried out.
    public private(set) var statement: Statement? {
        didSet { sourceAmounts = PayModel.amounts(statement) }
    }
    /// Splits that were made, newest month first.
    public private(set) var rows: [StatementRow] = []
    /// Those who can be paid, by id.
    public private(set) var payees: [String: Payee] = [:]
    /// Rules as they are being tried out.
    public private(set) var draft: DraftRules?
    /// Why there is no split, or why the rules were not taken.
    public private(set) var problem: Problem?
    /// Rules are being put in force.
    public private(set) var isBusy = false
    /// Changed payment details that wait for the person.
    public private(set) var heldChanges = 0
    /// Counts how often what was typed stopped counting; fields begin anew with it.
    public private(set) var edition = 0

    private let persona: Persona
    private let pause: Duration
    private var sourceAmounts: [String: Money] = [:]
    private var asksForPreview = false
    private var previewing: Task<Void, Never>?
    @ObservationIgnored private var newest = Newest()
    @ObservationIgnored private var payments: [String: PaymentModel] = [:]

    /// For `persona`; a preview waits for `pause`, so that a moving slider does not ask for every step.
    public init(persona: Persona, pause: Duration = .milliseconds(40)) {
        self.persona = persona
        self.pause = pause
    }

    /// The budget on the screen.
    public var budget: Money? { draft?.budget ?? rules?.budget }

    /// The smallest payment on the screen.
    public var minimum: Money? {
        draft?.minimum ?? rules?.minimum ?? budget.map { Money(amountMinor: 0, currency: $0.currency) }
    }

    /// What a share goes by on the screen. Setting it tries it out.
    public var weight: Weight {
        get { draft?.weight ?? rules?.weight ?? .seconds }
        set { if newValue != weight { change { $0.weight = newValue } } }
    }

    /// How much a source counts on the screen, in thousandths. Setting it tries it out.
    public subscript(factorOf source: String) -> Double {
        get { Double(factor(source)) }
        set {
            let permille = Factor.snapped(newValue)
            if permille != factor(source) { change { $0.factors[source] = permille } }
        }
    }

    /// How much a source counts on the screen, in thousandths.
    public func factor(_ source: String) -> UInt32 {
        draft?.factors[source] ?? sources.first { $0.source == source }?.permille ?? Factor.asHeard
    }

    /// What a source gets of the budget; nothing where nobody payable is known.
    public func amount(of source: String) -> Money? { sourceAmounts[source] }

    /// The month after the one shown.
    public var newer: String? { neighbour(-1) }

    /// The month before the one shown.
    public var older: String? { neighbour(1) }

    /// The line of a payee, or what waits; nothing when the split does not have it any more.
    public func line(_ key: String) -> StatementLine? { statement?.lines.first { $0.key == key } }

    /// The payment of a month. It goes on while its screen is left and is found again by coming back.
    public func payment(of month: String) -> PaymentModel {
        if let known = payments[month] { return known }
        let made = PaymentModel(persona: persona, month: month)
        payments[month] = made
        return made
    }

    /// Asks for everything again.
    public func load() async {
        let (asked, number) = (month, newest.begin())
        do {
            let read = try await read(asked)
            guard asked == month, newest.takes(number) else { return }
            take(read)
        } catch {
            if asked == month, !Problem(error).isCancelled, newest.takes(number) { phase = .ended(error) }
        }
    }

    /// Reads everything, and again whenever something was heard or paid, until the task ends.
    public func follow() async { await persona.follow("listen", "pay") { await load() } }

    /// Turns to another month; what was tried out on this one is dropped.
    public func show(_ month: String) async {
        guard month != self.month else { return }
        (self.month, draft, problem, statement, sources) = (month, nil, nil, nil, [])
        phase = .loading
        edition += 1
        await load()
    }

    /// Tries another budget.
    public func setBudget(_ budget: Money) { if budget != self.budget { change { $0.budget = budget } } }

    /// Tries another least amount that is sent.
    public func setMinimum(_ minimum: Money) { if minimum != self.minimum { change { $0.minimum = minimum } } }

    /// Tries all sources of the month as they were heard.
    public func resetFactors() {
        change { $0.factors = Dictionary(sources.map { ($0.source, Factor.asHeard) }) { first, _ in first } }
    }

    /// Drops what was tried out.
    public func cancel() async {
        (draft, problem) = (nil, nil)
        edition += 1
        await load()
    }

    /// Puts in force what was tried out.
    public func apply() async {
        guard let draft, !isBusy else { return }
        (isBusy, problem) = (true, nil)
        do {
            _ = try persona.changeRules(change: draft.change)
            if self.draft == draft { self.draft = nil }
            await load()
        } catch {
            problem = Problem(error)
        }
        isBusy = false
    }

    /// Waits until the newest change is shown.
    public func shown() async { await previewing?.value }

    private func change(_ change: (inout DraftRules) -> Void) {
        var tried = draft ?? DraftRules()
        change(&tried)
        (draft, problem, asksForPreview) = (tried, nil, true)
        guard previewing == nil else { return }
        // One preview at a time: a slider that moves on is asked about when the answer is there. Ending the one under
        // way instead would show nothing as long as the finger moves.
        previewing = Task {
            while asksForPreview {
                try? await Task.sleep(for: pause)
                asksForPreview = false
                await preview()
            }
            previewing = nil
        }
    }

    /// Shows what the month would be by the rules on the screen. Nothing is stored.
    private func preview() async {
        guard let tried = draft else { return }
        let asked = month
        do {
            let statement = try await persona.previewStatement(month: asked, change: tried.change)
            guard draft != nil, asked == month else { return }
            (self.statement, problem) = (statement, nil)
        } catch {
            if draft != nil, asked == month { problem = Problem(error) }
        }
    }

    private func neighbour(_ step: Int) -> String? {
        guard let month, let index = months.firstIndex(of: month), months.indices.contains(index + step) else {
            return nil
        }
        return months[index + step]
    }

    private static func amounts(_ statement: Statement?) -> [String: Money] {
        var amounts: [String: Money] = [:]
        for part in statement?.lines.flatMap(\.because) ?? [] {
            amounts[part.source] = statement?.money(part.sourceMinor)
        }
        return amounts
    }
}

extension PayModel {
    /// What the core says of a month.
    private struct Month {
        var rows: [StatementRow]
        var months: [String]
        var month: String?
        var rules: Rules?
        var payees: [Payee]
        var heldChanges: Int
        var sources: [MonthSource] = []
        var statement: Statement?
        var problem: Problem?
    }

    /// The split is asked for without storing it, so that looking changes nothing.
    private func read(_ month: String?) async throws -> Month {
        let rows = try persona.statements()
        let heard = try await persona.months().map(\.month)
        let months = Set(heard + rows.map(\.month)).sorted(by: >)
        var read = Month(
            rows: rows, months: months, month: month ?? months.first, rules: try persona.rules(),
            payees: try persona.payees(), heldChanges: try persona.changes().count)
        guard let shown = read.month else { return read }
        read.sources = try await persona.monthSources(month: shown)
        guard read.rules != nil else { return read }
        do {
            read.statement = try await persona.previewStatement(month: shown, change: DraftRules().change)
        } catch  where Problem(error).isLocked == false {
            // A month that cannot be divided is still a month to turn away from.
            read.problem = Problem(error)
        }
        return read
    }

    private func take(_ read: Month) {
        (rows, months, month, rules) = (read.rows, read.months, read.month, read.rules)
        (sources, heldChanges) = (read.sources, read.heldChanges)
        payees = Dictionary(read.payees.map { ($0.payee, $0) }) { first, _ in first }
        phase = .loaded(read.month == nil)
        if draft == nil {
            (statement, problem) = (read.statement, read.problem)
        } else {
            change { _ in }
        }
    }
}
