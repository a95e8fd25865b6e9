// What arrived: the receipts of a month, signed by those who were paid or shown by the provider, and the month's sums.
import SwiftUI
import TekramCore
import TekramKit

/// pay_receipts.
struct ReceiptsScreen: View {
    let model: PaymentModel

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "pay_loading", offline: "pay_offline_text", locked: "pay_locked_text",
            retry: { await model.load() }
        ) {
            if let statement = model.statement {
                List {
                    Section(Moments.month(model.month)) { Sums(statement: statement) }
                    Section {
                        if model.receipts.isEmpty { Text("pay_receipts_empty").foregroundStyle(.secondary) }
                        ForEach(model.receipts, id: \.commitment) { receipt in
                            ReceiptRow(
                                receipt: receipt, statement: statement,
                                line: statement.lines.first { $0.commitment == receipt.commitment })
                        }
                    }
                    Section {
                        if !model.handOffs.isEmpty {
                            NavigationLink("pay_handoff_title", value: PayPlace.handOffs(model.month))
                        }
                        NavigationLink(value: PayPlace.ledger) { Label("pay_ledger", systemImage: "book") }
                    }
                }
            }
        } empty: {
            EmptyPane("pay_receipts_title", text: "pay_receipts_empty", systemImage: "doc.text")
        }
        .navigationTitle("pay_receipts_title")
        .smallTitle()
        .task { await model.load() }
        .accessibilityIdentifier("pay_receipts")
    }
}

private struct ReceiptRow: View {
    let receipt: Receipt
    let statement: Statement
    let line: StatementLine?

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            AmountRow(name, line.map { statement.money($0.paidMinor).text() } ?? "")
            if receipt.signed { Text(Words.text("pay_receipt_signed", name)).font(.subheadline) }
            if receipt.railEvidence != nil { Text("pay_receipt_rail").font(.subheadline) }
            Text(Words.text("pay_receipt_received", Moments.dayAndTime(receipt.receivedMs)))
                .font(.footnote).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }

    private var name: String { line?.name ?? Words.text("common_unknown") }
}
