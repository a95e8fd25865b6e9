// What the screens of Pay share: a name with its amount, the sums of a month, codes, and the bar with what comes next.
import SwiftUI
import TekramCore
import TekramKit

/// A name and, at the other side, an amount.
struct AmountRow: View {
    let name: String
    let amount: String

    init(_ name: String, _ amount: String) {
        (self.name, self.amount) = (name, amount)
    }

    var body: some View {
        LabeledContent {
            Text(verbatim: amount).monospacedDigit()
        } label: {
            Text(verbatim: name)
        }
        .accessibilityElement(children: .combine)
    }
}

/// What has become of a month, in sums that the core made; what is nothing is left out, except what was paid.
struct Sums: View {
    let statement: Statement

    var body: some View {
        let summary = statement.summary
        row("pay_paid", summary.paidMinor)
        if summary.handedOffMinor != 0 { row("pay_handed_off", summary.handedOffMinor) }
        if summary.feesMinor != 0 { row("pay_fees", summary.feesMinor) }
        if summary.carriedMinor != 0 { row(waits ? "pay_not_left" : "pay_carried", summary.carriedMinor) }
        // Parts of the one before.
        if summary.payableMinor != 0 { row("pay_to_pay", summary.payableMinor).padding(.leading) }
        if summary.inFlightMinor != 0 { row("pay_in_flight", summary.inFlightMinor).padding(.leading) }
        AmountRow(Words.text("pay_total"), statement.total.text()).fontWeight(.semibold)
    }

    private var waits: Bool { statement.summary.payableMinor != 0 || statement.summary.inFlightMinor != 0 }

    private func row(_ key: String, _ minor: Int64) -> some View {
        AmountRow(Words.text(key), statement.money(minor).text())
    }
}

/// A QR code of a text, when it is short enough for one.
struct CodeView: View {
    let text: String
    let spoken: String

    var body: some View {
        if let code = try? qrCode(text: text) {
            QrView(code: code, spoken: spoken).frame(maxWidth: .infinity)
        }
    }
}

/// Copies a text, and says below that it did.
struct CopyButton: View {
    let title: LocalizedStringKey
    let text: String
    @State private var copied: String?

    var body: some View {
        Button(title, systemImage: "doc.on.doc") {
            copyHere(text)
            copied = text
        }
        if copied == text { Text("common_copied").font(.footnote).foregroundStyle(.secondary) }
    }
}

/// A payment method: what it is, and what it names.
struct MethodRow: View {
    let method: PaymentMethod

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(Words.text(method.key))
            Text(verbatim: method.target).font(.footnote).foregroundStyle(.secondary).textSelection(.enabled)
        }
        .accessibilityElement(children: .combine)
    }
}

/// A place where payment details were read.
struct FoundRow: View {
    let evidence: TekramCore.Evidence

    var body: some View {
        Text(Words.text("pay_why_found_at", evidence.url, Moments.day(evidence.fetchedMs))).font(.footnote)
    }
}

/// The link to the screen that comes next, across its width.
struct NextLink: View {
    let title: LocalizedStringKey
    let place: PayPlace

    var body: some View {
        NavigationLink(value: place) {
            Text(title).fontWeight(.semibold).frame(maxWidth: .infinity)
        }
        .buttonStyle(.borderedProminent)
        .controlSize(.large)
    }
}

extension View {
    /// The one thing that comes next, below the list, when there is one.
    func nextBar<Bar: View>(isShown: Bool = true, @ViewBuilder _ bar: () -> Bar) -> some View {
        safeAreaInset(edge: .bottom) {
            if isShown {
                VStack(spacing: Theme.near) { bar() }
                    .readable()
                    .padding(.vertical, Theme.near)
                    .background(.bar)
            }
        }
    }
}

/// The recovery words come before the first money.
struct WordsFirst: View {
    var body: some View {
        EmptyPane("pay_words_required_title", text: "pay_words_required_text", systemImage: "list.number") {
            NavigationLink("pay_words_go", value: PayPlace.words).buttonStyle(.borderedProminent)
        }
    }
}
