// The account book with the e-cash on hand, and the splits of all months.
import SwiftUI
import TekramCore
import TekramKit

/// pay_ledger.
struct LedgerScreen: View {
    let model: AccountsModel

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "common_loading", offline: "pay_offline_text", locked: "pay_locked_text",
            retry: { model.load() }
        ) {
            List {
                Text("pay_ledger_text").font(.subheadline)
                ForEach(model.purses, id: \.mint) { PurseSection(model: model, purse: $0) }
                Section {
                    ForEach(model.balances, id: \.self) { balance in
                        AmountRow(model.title(balance), balance.balance.text())
                    }
                }
            }
        } empty: {
            EmptyPane("pay_ledger_empty", text: "pay_ledger_empty_text", systemImage: "book")
        }
        .navigationTitle("pay_ledger")
        .smallTitle()
        .task { model.load() }
        .accessibilityIdentifier("pay_ledger")
    }
}

/// The e-cash at one provider, who holds it and what that means.
private struct PurseSection: View {
    let model: AccountsModel
    let purse: AccountsModel.Purse

    var body: some View {
        Section("pay_wallet") {
            Text(Words.text("pay_mint_holds_now", Addresses.host(purse.mint))).font(.subheadline)
            ForEach(purse.balances ?? [], id: \.self) { balance in
                Text(Words.text("pay_wallet_at", balance.text(), Addresses.host(purse.mint))).font(.headline)
            }
            if purse.balances?.isEmpty == true { Text("pay_wallet_empty") }
            ProblemLine(problem: purse.problem)
            if purse.isAsking {
                ProgressView().accessibilityLabel("common_working_a11y")
            } else {
                Button("pay_wallet_ask") { Task { await model.ask(purse.mint) } }
            }
        }
    }
}

/// pay_months.
struct MonthsScreen: View {
    let model: PayModel
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        List {
            ForEach(model.months, id: \.self) { month in
                MonthRows(month: month, row: model.rows.first { $0.month == month }, isShown: month == model.month) {
                    dismiss()
                    Task { await model.show(month) }
                }
            }
            NavigationLink(value: PayPlace.ledger) { Label("pay_ledger", systemImage: "book") }
        }
        .navigationTitle("pay_months")
        .smallTitle()
        .accessibilityIdentifier("pay_months")
    }
}

/// A month: the split that was made for it, and its receipts.
private struct MonthRows: View {
    let month: String
    let row: StatementRow?
    let isShown: Bool
    let choose: @MainActor () -> Void

    var body: some View {
        Section {
            Button(action: choose) {
                VStack(alignment: .leading, spacing: 2) {
                    AmountRow(Moments.month(month), row?.total.text() ?? "")
                    if let row { Text(Words.text(row.state.key)).font(.footnote).foregroundStyle(.secondary) }
                }
            }
            .accessibilityAddTraits(isShown ? .isSelected : [])
            if let row, row.summary.paidMinor + row.summary.handedOffMinor > 0 {
                NavigationLink("pay_receipts_title", value: PayPlace.receipts(month))
            }
        }
    }
}
