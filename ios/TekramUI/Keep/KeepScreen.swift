// What the person keeps: its kinds with how much there is of each, and what waits to be looked at.
import SwiftUI
import TekramCore
import TekramKit

/// keep_home.
struct KeepScreen: View {
    private let persona: Persona
    @State private var model: KeepModel

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: KeepModel(persona: persona))
    }

    var body: some View {
        KeptPane(kept: model.counts) { counts in
            List {
                if counts.waiting > 0 {
                    Section {
                        NavigationLink {
                            HeldScreen(persona: persona)
                        } label: {
                            Label("keep_pen_title", systemImage: "tray.full")
                            Text(Words.plural("keep_waiting", counts.waiting)).font(.callout)
                        }
                    }
                }
                Section {
                    kind("keep_about_title", "person.text.rectangle", counts.attributes) {
                        AttributesScreen(persona: persona)
                    }
                    kind("keep_proofs_title", "checkmark.seal", counts.proofs) { ProofsScreen(persona: persona) }
                    kind("keep_purchases_title", "bag", counts.purchases) { PurchasesScreen(persona: persona) }
                    kind("keep_memberships_title", "creditcard", counts.memberships) {
                        MembershipsScreen(persona: persona)
                    }
                    kind("keep_preferences_title", "hand.thumbsup", counts.preferences) {
                        PreferencesScreen(persona: persona)
                    }
                    if counts.waiting == 0 { kind("keep_pen_title", "tray", nil) { HeldScreen(persona: persona) } }
                } header: {
                    Text("keep_text").textCase(nil)
                }
            }
        } empty: {
            EmptyView()
        }
        .navigationTitle("keep_title")
        .smallTitle()
        .accessibilityIdentifier("keep_home")
    }

    private func kind<Place: View>(
        _ title: LocalizedStringKey, _ systemImage: String, _ count: Int?, @ViewBuilder place: () -> Place
    ) -> some View {
        NavigationLink(destination: place) {
            VStack(alignment: .leading, spacing: 2) {
                Label(title, systemImage: systemImage)
                if let count {
                    Text(Words.plural("keep_entries", count)).font(.footnote).foregroundStyle(.secondary)
                }
            }
            .accessibilityElement(children: .combine)
        }
    }
}

/// Shows something that is kept, once it is read, and reads it anew after each change.
struct KeptPane<Value: Sendable, Content: View, Empty: View>: View {
    let kept: Kept<Value>
    @ViewBuilder let content: (Value) -> Content
    @ViewBuilder let empty: () -> Empty
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        PhasePane(
            phase: kept.phase, loading: "keep_loading", offline: "keep_offline_text", locked: "keep_locked_text",
            retry: { kept.load() }
        ) {
            if let value = kept.value { content(value) }
        } empty: {
            empty()
        }
        .task { await kept.follow() }
        .onChange(of: kept.isOver) { _, isOver in
            if isOver { dismiss() }
        }
    }
}

/// Asks before something is removed.
struct RemoveButton: View {
    let title: LocalizedStringKey
    let text: LocalizedStringKey
    var systemImage = "trash"
    let remove: @MainActor () async -> Void
    @State private var asks = false

    var body: some View {
        Button(title, systemImage: systemImage, role: .destructive) { asks = true }
            .confirmationDialog(title, isPresented: $asks, titleVisibility: .visible) {
                Button(title, role: .destructive) { Task { await remove() } }
                Button("common_cancel", role: .cancel) {}
            } message: {
                Text(text)
            }
    }
}

/// A file outside the app's own folders may be read only while `work` runs.
@MainActor func reading(_ file: URL, _ work: @MainActor (URL) async -> Void) async {
    #if canImport(Darwin)
        let isOpened = file.startAccessingSecurityScopedResource()
        defer { if isOpened { file.stopAccessingSecurityScopedResource() } }
    #endif
    await work(file)
}

/// A place of one screen alone, for files outside the vault.
func screenFolder(_ name: String) -> URL {
    FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString)")
}
