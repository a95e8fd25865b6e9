// Who can be paid and how one found out; looking for more, feed by feed; and payment details that changed, old beside
// new, until the person decides.
import SwiftUI
import TekramCore
import TekramKit

/// pay_payees.
struct PayeesScreen: View {
    let model: PayeesModel
    /// Look into this page alone.
    var page: String?

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "common_loading", offline: "pay_offline_text", locked: "pay_locked_text",
            retry: { model.load() }
        ) {
            List {
                SearchSection(model: model, page: page)
                if !model.changes.isEmpty {
                    NavigationLink(value: PayPlace.changes) {
                        Label(
                            Words.plural("pay_changes_count", model.changes.count),
                            systemImage: "exclamationmark.triangle")
                    }
                }
                if model.payees.isEmpty { Text("pay_payees_empty").foregroundStyle(.secondary) }
                ForEach(model.payees, id: \.payee) { payee in
                    Section(payee.name) {
                        ForEach(Array(payee.methods.enumerated()), id: \.offset) { MethodRow(method: $1) }
                        if let newest = payee.evidence.last { FoundRow(evidence: newest) }
                    }
                }
            }
        } empty: {
            EmptyPane("pay_payees_title", text: "pay_payees_empty", systemImage: "person.2")
        }
        .navigationTitle("pay_payees_title")
        .smallTitle()
        .task { model.load() }
        .accessibilityIdentifier("pay_payees")
    }
}

/// The search, and what each feed told.
private struct SearchSection: View {
    let model: PayeesModel
    let page: String?

    var body: some View {
        Section {
            if let page { Text(verbatim: page).lineLimit(3).font(.subheadline) }
            if model.isSearching {
                ProgressView { Text("pay_discovering") }
                Button("common_stop", role: .cancel) { model.stop() }
            } else {
                Button("pay_discover", systemImage: "magnifyingglass") {
                    Task { await model.discover(page.map { [$0] } ?? []) }
                }
            }
            if model.problem?.isOffline == true {
                Label("pay_offline_text", systemImage: "wifi.slash")
            } else {
                ProblemLine(problem: model.problem)
            }
            if let looks = model.looks { told(looks) }
        } footer: {
            Text("pay_discover_text")
        }
    }

    @ViewBuilder private func told(_ looks: [FeedLook]) -> some View {
        if model.feedsThatNamed > 0 {
            Text(Words.plural("pay_discovered", model.feedsThatNamed)).font(.headline)
        } else if !model.isSearching && model.problem == nil {
            Text("pay_discover_none").font(.headline)
        }
        ForEach(looks, id: \.feed) { look in
            Label {
                VStack(alignment: .leading, spacing: 2) {
                    Text(verbatim: look.name)
                    Text(verbatim: look.text).font(.footnote).foregroundStyle(.secondary)
                }
            } icon: {
                Image(systemName: image(look)).accessibilityHidden(true)
            }
            .accessibilityElement(children: .combine)
        }
    }

    private func image(_ look: FeedLook) -> String {
        look.problem != nil ? "exclamationmark.triangle" : look.payees > 0 ? "checkmark" : "minus"
    }
}

/// pay_changes.
struct ChangesScreen: View {
    let model: PayeesModel

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "common_loading", offline: "pay_offline_text", locked: "pay_locked_text",
            retry: { model.load() }
        ) {
            if model.changes.isEmpty {
                nothing
            } else {
                List {
                    ProblemLine(problem: model.problem)
                    ForEach(model.changes, id: \.id) { ChangeSection(model: model, change: $0) }
                }
            }
        } empty: {
            nothing
        }
        .navigationTitle("pay_changes_title")
        .smallTitle()
        .task { model.load() }
        .accessibilityIdentifier("pay_changes")
    }

    private var nothing: some View {
        EmptyPane("pay_changes_title", text: "pay_changes_none", systemImage: "checkmark")
    }
}

/// One change: what is used, what is new, and the decision.
private struct ChangeSection: View {
    let model: PayeesModel
    let change: PayeeChange

    var body: some View {
        Section {
            switch change {
            case .methods(_, let payee, let used, let held):
                Text(Words.text("pay_changes_text", model.name(payee)))
                heading("pay_changes_used")
                ForEach(Array(used.enumerated()), id: \.offset) { MethodRow(method: $1) }
                heading("pay_changes_held")
                ForEach(Array(held.enumerated()), id: \.offset) { MethodRow(method: $1) }
            case .recipients(_, let source, _, let used, let held):
                Text(Words.text("pay_changes_recipients", source))
                heading("pay_changes_used")
                ForEach(Array(used.enumerated()), id: \.offset) { AmountRow(model.name($1.payee), $1.text) }
                heading("pay_changes_held")
                ForEach(Array(held.enumerated()), id: \.offset) { AmountRow(model.name($1.payee), $1.text) }
            }
            Button("pay_changes_take") { model.decide(change, take: true) }
            Button("pay_changes_keep") { model.decide(change, take: false) }
        }
    }

    private func heading(_ key: LocalizedStringKey) -> some View {
        Text(key).font(.subheadline).foregroundStyle(.secondary).accessibilityAddTraits(.isHeader)
    }
}
