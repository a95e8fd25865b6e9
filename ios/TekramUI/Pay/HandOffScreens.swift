// What the person finishes in another app: a list of transfers, and for each its code, its link and what to type there.
// Opening one is never called paying.
import SwiftUI
import TekramCore
import TekramKit

/// pay_handoff, all of a month.
struct HandOffsScreen: View {
    let model: PaymentModel

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "pay_loading", offline: "pay_offline_text", locked: "pay_locked_text",
            retry: { await model.load() }
        ) {
            if model.handOffs.isEmpty {
                nothing
            } else {
                List {
                    Text(LocalizedStringKey(kind?.textKey ?? "pay_handoff_text"))
                    ForEach(model.handOffs, id: \.lineNo) { handOff in
                        NavigationLink(value: PayPlace.handOff(month: model.month, line: handOff.lineNo)) {
                            VStack(alignment: .leading, spacing: 2) {
                                AmountRow(handOff.name, handOff.amount.text())
                                Text(Words.text(handOff.kind.key)).font(.subheadline).foregroundStyle(.secondary)
                            }
                            .accessibilityElement(children: .combine)
                        }
                    }
                }
            }
        } empty: {
            nothing
        }
        .navigationTitle(LocalizedStringKey(kind?.titleKey ?? "pay_handoff_title"))
        .smallTitle()
        .task { await model.load() }
        .accessibilityIdentifier("pay_handoff")
    }

    /// The kind of all there are; several kinds are finished in other apps.
    private var kind: LinkKind? {
        let kinds = Set(model.handOffs.map(\.kind))
        return kinds.count == 1 ? kinds.first : nil
    }

    private var nothing: some View {
        EmptyPane("pay_handoff_title", text: "pay_handoff_empty", systemImage: "link")
    }
}

/// pay_handoff, one payment to finish in another app.
struct HandOffScreen: View {
    let model: PaymentModel
    let line: Int64
    @State private var noApp = false
    @Environment(\.openURL) private var openURL

    var body: some View {
        Group {
            if let handOff {
                list(handOff)
            } else {
                EmptyPane("pay_handoff_title", text: "pay_handoff_empty", systemImage: "link") {
                    Button("common_refresh") { Task { await model.load() } }
                }
            }
        }
        .navigationTitle(LocalizedStringKey(handOff?.kind.titleKey ?? "pay_handoff_title"))
        .smallTitle()
        .accessibilityIdentifier("pay_handoff")
    }

    private var handOff: HandOff? { model.handOffs.first { $0.lineNo == line } }

    private func list(_ handOff: HandOff) -> some View {
        List {
            Section {
                Text(Words.text("pay_receipt_amount", handOff.amount.text(), handOff.name)).font(.title3)
                Text(Words.text(handOff.kind.key)).foregroundStyle(.secondary)
                Text(verbatim: PaymentLink(handOff.link).account).textSelection(.enabled)
                CodeView(
                    text: handOff.epc ?? handOff.link,
                    spoken: Words.text("pay_handoff_qr_a11y", handOff.amount.text(), handOff.name))
                if handOff.epc != nil { Text("pay_handoff_qr_hint").font(.footnote) }
                if !handOff.amountFilled {
                    Text(Words.text("pay_handoff_enter_amount", handOff.amount.text())).font(.headline)
                }
            }
            Section {
                if noApp { Label("pay_handoff_no_app", systemImage: "exclamationmark.triangle") }
                if let link = URL(string: handOff.link) {
                    MainButton(title: LocalizedStringKey(handOff.kind.openKey)) { openURL(link) { noApp = !$0 } }
                }
                CopyButton(title: "common_copy", text: handOff.link)
            } footer: {
                Text(LocalizedStringKey(handOff.kind.textKey))
            }
        }
    }
}
