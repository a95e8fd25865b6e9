// When the profile locks by itself, and whether it destroys itself after wrong passphrases: off until the person asks for it,
// and asked about once more, since nothing brings it back.
import SwiftUI
import TekramCore
import TekramKit

/// me_locking.
struct LockRulesScreen: View {
    @State private var model: LockRulesModel

    init(persona: Persona) {
        _model = State(initialValue: LockRulesModel(persona: persona))
    }

    var body: some View {
        PhasePane(phase: model.phase, loading: "me_loading", locked: "me_locked_text", retry: { model.load() }) {
            Form {
                Section {
                    Picker("me_locking_title", selection: $model.lockAfter) {
                        ForEach(model.lockChoices, id: \.self) { seconds in Text(lockText(seconds)).tag(seconds) }
                    }
                    .pickerStyle(.inline)
                    .labelsHidden()
                } header: {
                    Text("me_locking_text").textCase(nil)
                }
                if model.hasPassphrase { wiping }
                Section { ProblemLine(problem: model.problem) }
            }
            .formStyle(.grouped)
        } empty: {
            EmptyView()
        }
        .navigationTitle("me_locking_title")
        .smallTitle()
        .task { model.load() }
        .confirmationDialog("me_wipe_sure_title", isPresented: $model.isAsking, titleVisibility: .visible) {
            Button("me_wipe_sure_go", role: .destructive) { model.confirmWipe() }
            Button("common_cancel", role: .cancel) {}
        } message: {
            Text("me_wipe_sure_text")
        }
        .accessibilityIdentifier("me_locking")
    }

    private var wiping: some View {
        Section {
            Picker("me_wipe_title", selection: $model.wipeAfter) {
                ForEach(model.wipeChoices, id: \.self) { wrong in Text(wipeText(wrong)).tag(wrong) }
            }
        } header: {
            Text("me_wipe_title")
        } footer: {
            if let wrong = model.wipeAfter {
                Label(Words.plural("me_wipe_on", wrong), systemImage: "exclamationmark.triangle").foregroundStyle(.red)
            } else {
                Text("me_wipe_off")
            }
        }
    }

    private func lockText(_ seconds: UInt32?) -> String {
        seconds.map { Durations.spoken(Int64($0) * 1_000) } ?? Words.text("me_locking_never")
    }

    private func wipeText(_ wrong: UInt32?) -> String {
        wrong.map { Words.plural("me_wipe_after", $0) } ?? Words.text("me_wipe_never")
    }
}
