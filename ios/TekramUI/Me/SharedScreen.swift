// What left this profile: each request, acceptance and payment, and exactly what the other side can read of it.
import SwiftUI
import TekramCore
import TekramKit

/// me_shared.
struct SharedScreen: View {
    private let persona: Persona
    @State private var model: SharedModel

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: SharedModel(persona: persona))
    }

    var body: some View {
        PhasePane(
            phase: model.items.phase, loading: "me_loading", locked: "me_locked_text",
            retry: { await model.items.reload() }
        ) {
            List {
                Section {
                    PagedSection(list: model.items, id: \.record) { item in
                        NavigationLink {
                            SharedDetail(persona: persona, item: item)
                        } label: {
                            SharedRow(item: item)
                        }
                    }
                } header: {
                    Text("me_shared_text").textCase(nil)
                }
            }
        } empty: {
            EmptyPane("me_shared_title", text: "me_shared_empty", systemImage: "paperplane")
        }
        .navigationTitle("me_shared_title")
        .smallTitle()
        .task { await model.items.reload() }
        .accessibilityIdentifier("me_shared")
    }
}

private struct SharedRow: View {
    let item: SharedItem

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Label(title(item.kind), systemImage: image(item.kind)).font(.headline)
            if !item.what.isEmpty { Text(verbatim: item.what) }
            if let amount = item.amount { Text(amount.text()).monospacedDigit() }
            Text(Moments.dayAndTime(item.atMs)).font(.footnote).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }

    private func image(_ kind: SharedKind) -> String {
        switch kind {
        case .request: "megaphone"
        case .acceptance: "checkmark.seal"
        case .payment: "creditcard"
        case .handOff: "arrow.up.forward.app"
        }
    }
}

/// One thing that left, in full.
private struct SharedDetail: View {
    let persona: Persona
    let item: SharedItem

    var body: some View {
        List {
            Section {
                Text(title(item.kind))
                Text(Moments.dayAndTime(item.atMs))
                if !item.what.isEmpty { Text(verbatim: item.what) }
                if let amount = item.amount { Text(amount.text()) }
                ForEach(item.to, id: \.self) { to in Text(Words.text("me_shared_to", to)) }
                Text(item.confirmed ? "me_shared_confirmed" : "me_shared_unconfirmed")
                if let terms = item.terms {
                    Text(Words.text("me_shared_under", TermsWords.title(terms, otherwise: nil)))
                } else {
                    Text("me_shared_no_terms")
                }
            }
            Section("me_shared_open_record") {
                Text(item.content != nil ? "me_shared_public" : "me_shared_sealed")
                if let content = item.content { Exactly(text: content) }
                LabeledContent("relations_record_id") { Exactly(text: item.record) }
            }
            if let party = item.party {
                NavigationLink("history_relation_open") { PartyScreen(persona: persona, party: party) }
            }
        }
        .navigationTitle("me_shared_title")
        .smallTitle()
    }
}

/// Bytes as they are; always from left to right.
private struct Exactly: View {
    let text: String

    var body: some View {
        Text(verbatim: text)
            .font(.footnote)
            .monospaced()
            .textSelection(.enabled)
            .environment(\.layoutDirection, .leftToRight)
    }
}

private func title(_ kind: SharedKind) -> LocalizedStringKey {
    switch kind {
    case .request: "me_shared_request"
    case .acceptance: "me_shared_acceptance"
    case .payment: "me_shared_payment"
    case .handOff: "me_shared_hand_off"
    }
}
