// Why somebody gets what they get: every number that the core made the line from, and where their payment details come
// from. What waits says what it waits for.
import SwiftUI
import TekramCore
import TekramKit

/// pay_why.
struct WhyScreen: View {
    let model: PayModel
    let key: String

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "pay_loading", offline: "pay_offline_text", locked: "pay_locked_text",
            retry: { await model.load() }
        ) {
            if let statement = model.statement, let line = model.line(key) {
                List {
                    Section(title(statement, line)) { Heard(line: line) }
                    ForEach(line.because, id: \.source) { part in
                        BecauseSection(model: model, statement: statement, payee: line.title, part: part)
                    }
                    SumSection(statement: statement, line: line)
                    if line.payee == nil { NavigationLink("pay_discover", value: PayPlace.payees) }
                    if let payee = line.payee.flatMap({ model.payees[$0] }) { DetailSections(payee: payee) }
                }
            } else {
                gone
            }
        } empty: {
            gone
        }
        .navigationTitle("pay_open_why")
        .smallTitle()
        .accessibilityIdentifier("pay_why")
    }

    private var gone: some View {
        EmptyPane("pay_open_why", text: "pay_why_gone", systemImage: "chart.pie")
    }

    private func title(_ statement: Statement, _ line: StatementLine) -> String {
        line.payee == nil
            ? line.title : Words.text("pay_why_title", line.name, statement.money(line.amountMinor).text())
    }
}

private struct Heard: View {
    let line: StatementLine

    var body: some View {
        // Of a single source, the section below says the same.
        if line.because.count != 1 {
            if line.playedMs > 0 { Text(Words.text("pay_why_heard", Durations.text(Int64(line.playedMs)))) }
            if line.plays > 0 { Text(Words.plural("pay_why_plays", line.plays)) }
        }
        Text(Words.text(line.stateKey)).fontWeight(.medium)
        if let why = line.why { Text(verbatim: why) }
    }
}

/// The calculation of one source.
private struct BecauseSection: View {
    let model: PayModel
    let statement: Statement
    let payee: String
    let part: Contribution

    var body: some View {
        Section(Words.text("pay_why_source", part.name, statement.money(part.sourceMinor).text())) {
            if part.playedMs > 0 { Text(Words.text("pay_why_heard", Durations.text(Int64(part.playedMs)))) }
            Text(Words.plural("pay_why_plays", part.plays))
            if model.factor(part.source) != Factor.asHeard {
                AmountRow(
                    Words.text("pay_factor"), Percent.text(permille: Int64(model.factor(part.source))))
            }
            AmountRow(split, statement.money(part.amountMinor).text())
        }
    }

    private var split: String {
        part.fee
            ? Words.text("pay_why_fee", part.split, payee)
            : Words.text("pay_why_split", part.split, part.splitTotal, payee)
    }
}

private struct SumSection: View {
    let statement: Statement
    let line: StatementLine

    var body: some View {
        Section {
            if line.carryInMinor != 0 { Text(Words.text("pay_why_carry", statement.money(line.carryInMinor).text())) }
            Text(Words.text("pay_why_sum", statement.money(line.amountMinor).text())).fontWeight(.semibold)
            row("pay_paid", line.paidMinor)
            row("pay_handed_off", line.handedOffMinor)
            row("pay_in_flight", line.inFlightMinor)
            row("pay_fees", line.feesMinor)
            row("pay_carried", line.carryOutMinor)
        }
    }

    @ViewBuilder private func row(_ key: String, _ minor: Int64) -> some View {
        if minor != 0 { AmountRow(Words.text(key), statement.money(minor).text()) }
    }
}

/// How somebody can be paid, and how one knows.
private struct DetailSections: View {
    let payee: Payee

    var body: some View {
        Section("pay_why_method") {
            ForEach(Array(payee.methods.enumerated()), id: \.offset) { MethodRow(method: $1) }
        }
        Section("pay_why_found") {
            ForEach(Array(payee.evidence.enumerated()), id: \.offset) { FoundRow(evidence: $1) }
        }
    }
}
