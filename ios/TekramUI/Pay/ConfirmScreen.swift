// Exactly what confirming does, before it is done: who gets how much by which way, who holds the money meanwhile, what it
// may cost, what waits and why. Where the recovery words are still owed, they come first.
import SwiftUI
import TekramCore
import TekramKit

/// pay_confirm.
struct ConfirmScreen: View {
    let model: PaymentModel

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "pay_loading", offline: "pay_offline_text", locked: "pay_locked_text",
            retry: { await model.load() }
        ) {
            if model.duty == .required {
                WordsFirst()
            } else if let statement = model.statement {
                list(statement).nextBar { bar }
            }
        } empty: {
            EmptyPane("pay_empty_title", text: "pay_empty_text", systemImage: "chart.pie")
        }
        .navigationTitle(Text(Words.text("pay_confirm_title", Moments.month(model.month))))
        .smallTitle()
        .task { await model.load() }
        .accessibilityIdentifier("pay_confirm")
    }

    private func list(_ statement: Statement) -> some View {
        List {
            Section {
                Text(promise(statement)).fontWeight(.medium)
                Text("pay_confirm_next")
            }
            ForEach([Outcome.pay, .handOff, .carry], id: \.self) { outcome in
                WaySection(model: model, statement: statement, outcome: outcome)
            }
            if statement.lines.contains(where: { $0.outcome == .pay }) {
                Section("pay_confirm_cost_title") {
                    ForEach(model.mints, id: \.mint) { mint in
                        Text(Words.text("pay_confirm_mint", Addresses.host(mint.mint)))
                    }
                    Text("pay_confirm_mint_risk")
                    Text("pay_confirm_fees")
                }
            }
            Section("pay_confirm_seen_title") { Text("pay_confirm_seen") }
        }
    }

    @ViewBuilder private var bar: some View {
        ProblemLine(problem: model.problem)
        if model.isConfirmed {
            Text("pay_confirmed")
            NextLink(title: "common_next", place: .progress(model.month))
        } else {
            MainButton(title: "pay_confirm", isBusy: model.isBusy) { Task { await model.confirm() } }
                .disabled(!model.canConfirm)
        }
    }

    private func promise(_ statement: Statement) -> String {
        let promised = statement.lines.filter { $0.outcome != .carry }.count
        return Words.plural("pay_confirm_text", promised, statement.money(statement.summary.payableMinor).text())
    }
}

/// Those who are paid in one way, in the core's order.
private struct WaySection: View {
    let model: PaymentModel
    let statement: Statement
    let outcome: Outcome

    var body: some View {
        let lines = statement.lines.filter { $0.outcome == outcome }
        if !lines.isEmpty {
            Section(Words.text(outcome.key)) {
                ForEach(lines, id: \.key) { line in
                    VStack(alignment: .leading, spacing: 2) {
                        AmountRow(line.title, statement.money(leaves(line)).text())
                        if let way = line.payee.flatMap({ model.payees[$0]?.way(outcome) }) {
                            Text(verbatim: way).font(.subheadline).foregroundStyle(.secondary)
                        }
                        if let why = line.why { Text(verbatim: why).font(.subheadline).foregroundStyle(.secondary) }
                    }
                    .accessibilityElement(children: .combine)
                }
            }
        }
    }

    private func leaves(_ line: StatementLine) -> Int64 { outcome == .carry ? line.carryOutMinor : line.dueMinor }
}
