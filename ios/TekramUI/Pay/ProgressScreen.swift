// Paying a month: with which provider, the invoice that puts the money in, what happened to each line so far, and at the
// end what came of it. It can be stopped at any time; what was begun is continued the next time.
import SwiftUI
import TekramCore
import TekramKit

/// pay_progress.
struct ProgressScreen: View {
    @Bindable var model: PaymentModel

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "pay_loading", offline: "pay_offline_text", locked: "pay_locked_text",
            retry: { await model.load() }
        ) {
            if model.duty == .required {
                WordsFirst()
            } else if let statement = model.statement {
                list(statement).nextBar { bar(statement) }
            }
        } empty: {
            EmptyPane("pay_empty_title", text: "pay_empty_text", systemImage: "chart.pie")
        }
        .navigationTitle("pay_progress_title")
        .smallTitle()
        .task { await model.load() }
        .accessibilityIdentifier("pay_progress")
    }

    private func list(_ statement: Statement) -> some View {
        List {
            StandsSection(model: model, statement: statement)
            if let topUp = model.run.topUp { TopUpSection(topUp: topUp) }
            if !model.run.isRunning && !model.mints.isEmpty && statement.state == .committed { mints }
            Section {
                if !model.handOffs.isEmpty {
                    NavigationLink("pay_handoff_title", value: PayPlace.handOffs(model.month))
                }
                if !model.receipts.isEmpty {
                    NavigationLink("pay_receipts_title", value: PayPlace.receipts(model.month))
                }
            }
            Section {
                ForEach(statement.lines.filter { model.run.steps[$0.lineNo] != nil || $0.state != .draft }, id: \.key) {
                    StepRow(statement: statement, line: $0, step: model.run.steps[$0.lineNo])
                }
            }
        }
    }

    private var mints: some View {
        Section {
            Picker("pay_mint_choose", selection: $model.mint) {
                Text("pay_mint_any").tag(String?.none)
                ForEach(model.mints, id: \.mint) { mint in
                    VStack(alignment: .leading, spacing: 2) {
                        Text(verbatim: Addresses.host(mint.mint))
                        Text(Words.plural("pay_mint_takers", mint.takers.count)).font(.footnote)
                    }
                    .tag(String?.some(mint.mint))
                }
            }
            .pickerStyle(.inline)
            Text("pay_mint_holds").font(.footnote)
            Text("pay_confirm_mint_risk").font(.footnote)
        } footer: {
            Text("pay_mint_choose_text")
        }
    }

    @ViewBuilder private func bar(_ statement: Statement) -> some View {
        if model.run.isRunning {
            Button("pay_progress_stop", role: .cancel) { model.stop() }.controlSize(.large)
        } else if statement.state == .committed {
            MainButton(title: model.run.ended == nil ? "pay_now" : "pay_continue") { Task { await model.settle() } }
        } else {
            NextLink(title: "pay_receipts_title", place: .receipts(model.month))
        }
    }
}

/// How far it is, and how it ended.
private struct StandsSection: View {
    let model: PaymentModel
    let statement: Statement

    var body: some View {
        Section {
            if model.run.isRunning {
                let spoken = Words.text("pay_progress_a11y", model.run.done, model.run.planned)
                ProgressView(value: model.run.part) { Text(verbatim: spoken) }
                    .accessibilityAddTraits(.updatesFrequently)
                Text("pay_progress_text").font(.footnote)
            }
            if model.problem?.isOffline == true {
                Label("pay_offline_text", systemImage: "wifi.slash")
            } else {
                ProblemLine(problem: model.problem)
            }
            if let ended = model.run.ended { Text(Words.text(ended.key)).font(.headline) }
            if !model.run.isRunning {
                if open > 0 { Text(Words.plural("pay_problems", open)) }
                Sums(statement: statement)
            }
        }
    }

    private var open: Int { model.run.steps.values.filter { $0.why != nil }.count }
}

/// The invoice that puts money in.
private struct TopUpSection: View {
    let topUp: TopUp
    @State private var noApp = false
    @Environment(\.openURL) private var openURL

    var body: some View {
        Section(Words.text("pay_top_up_title", topUp.amount.text())) {
            Text(Words.text("pay_top_up_text", Addresses.provider(topUp.rail)))
            if let expires = topUp.expiresMs {
                Text(Words.text("pay_top_up_expires", Moments.dayAndTime(expires))).font(.footnote)
            }
            CodeView(text: topUp.invoice, spoken: Words.text("pay_top_up_qr_a11y", topUp.amount.text()))
            if noApp { Label("pay_handoff_no_app", systemImage: "exclamationmark.triangle") }
            if let link = URL(string: "lightning:\(topUp.invoice)") {
                MainButton(title: "pay_top_up_open") { openURL(link) { noApp = !$0 } }
            }
            CopyButton(title: "pay_top_up_copy", text: topUp.invoice)
        }
    }
}

/// One line while it is paid: the newest that happened to it, and why it went no further.
private struct StepRow: View {
    let statement: Statement
    let line: StatementLine
    let step: SettleProgress?

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            AmountRow(step?.text(line.title) ?? line.title, statement.money(line.amountMinor).text())
            if step == nil { Text(Words.text(line.stateKey)).font(.subheadline) }
            if let fees = step?.fees { AmountRow(Words.text("pay_fees"), fees.text()).font(.footnote) }
            if let why { Text(verbatim: why).font(.subheadline).foregroundStyle(.secondary) }
        }
        .accessibilityElement(children: .combine)
    }

    private var why: String? { step == nil ? line.why : step?.why }
}
