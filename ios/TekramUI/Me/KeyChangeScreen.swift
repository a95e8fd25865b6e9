// A new vault key: what it is for, which ways in stay, how far it is, and what it did.
import SwiftUI
import TekramCore
import TekramKit

/// me_key_change.
struct KeyChangeScreen: View {
    @State private var model: KeyChangeModel
    @State private var asks = false
    @State private var dropsOthers = false

    init(persona: Persona) {
        _model = State(initialValue: KeyChangeModel(persona: persona))
    }

    var body: some View {
        PhasePane(phase: model.phase, loading: "me_loading", locked: "me_locked_text", retry: { model.load() }) {
            Form {
                Section {
                    Text("me_key_text")
                } footer: {
                    Text("me_key_backups")
                }
                ways
                if let changed = model.changed { ChangedSection(changed: changed) }
                Section {
                    WorkRows(work: model.work, doing: "me_key_working")
                    MainButton(title: "me_key_offer", isBusy: model.work.isRunning) { asks = true }
                        .disabled(!model.mayChange)
                }
            }
            .formStyle(.grouped)
        } empty: {
            EmptyPane("me_key_title", text: "me_error_text", systemImage: "key")
        }
        .navigationTitle("me_key_title")
        .smallTitle()
        .task { model.load() }
        .confirmationDialog("me_key_sure_title", isPresented: $asks, titleVisibility: .visible) {
            Button("me_key_offer", role: .destructive) {
                Task { await model.change(droppingOthers: dropsOthers) }
            }
            Button("common_cancel", role: .cancel) {}
        } message: {
            Text("me_key_text")
        }
        .accessibilityIdentifier("me_key")
    }

    @ViewBuilder private var ways: some View {
        Section {
            ForEach(model.ways, id: \.name) { way in
                Toggle(isOn: $model[keeps: way]) {
                    Label(way.title, systemImage: way.kind.systemImage)
                }
            }
        } header: {
            Text("me_key_keep")
        } footer: {
            if !model.mayChange && !model.work.isRunning { Text("me_key_last").foregroundStyle(.red) }
        }
        .disabled(model.work.isRunning)
        if model.mustDropOthers || dropsOthers {
            Section {
                Toggle("me_key_drop_others", isOn: $dropsOthers)
            } footer: {
                Text("me_key_drop_others_text")
            }
        }
    }
}

/// What a change did.
private struct ChangedSection: View {
    let changed: KeyChanged

    var body: some View {
        Section {
            Label("me_key_done", systemImage: "checkmark.shield")
            ForEach(changed.gone, id: \.name) { way in
                Text(Words.text("me_key_done_gone", way.title))
            }
        }
    }
}
