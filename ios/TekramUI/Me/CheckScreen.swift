// Whether everything in the profile is whole, and what to do when it is not.
import SwiftUI
import TekramCore
import TekramKit

/// me_check.
struct CheckScreen: View {
    @State private var model: CheckModel

    init(persona: Persona) {
        _model = State(initialValue: CheckModel(persona: persona))
    }

    var body: some View {
        Form {
            Section {
                Text("me_check_text")
            }
            if let faults = model.faults {
                Section {
                    if faults.isEmpty {
                        Label("me_check_whole", systemImage: "checkmark.shield")
                    } else {
                        Label("me_check_faults", systemImage: "exclamationmark.triangle").foregroundStyle(.red)
                        ForEach(faults, id: \.self) { fault in Text(fault.text) }
                        Text("me_check_what_now")
                    }
                }
            }
            Section {
                WorkRows(work: model.work, doing: "me_check_working")
                MainButton(title: "me_check_go", isBusy: model.work.isRunning) { Task { await model.check() } }
            }
        }
        .formStyle(.grouped)
        .navigationTitle("me_check_title")
        .smallTitle()
        .onDisappear { model.work.stop() }
        .accessibilityIdentifier("me_check")
    }
}
