// Which players are noticed.
import SwiftUI
import TekramCore
import TekramKit

/// history_capture.
struct CaptureScreen: View {
    @State private var model: CaptureModel

    init(persona: Persona) {
        _model = State(initialValue: CaptureModel(persona: persona))
    }

    var body: some View {
        PhasePane(phase: model.phase, locked: "history_locked_text", retry: { model.load() }) {
            Form {
                Section {
                    ForEach(model.apps, id: \.app) { app in
                        Toggle(isOn: $model[app.app]) { Text(verbatim: app.app) }
                    }
                    ProblemLine(problem: model.problem)
                } header: {
                    Text("history_capture_apps")
                } footer: {
                    Text("history_capture_text_ios")
                }
            }
            .formStyle(.grouped)
        } empty: {
            EmptyPane("history_capture_off", text: "history_capture_text_ios", systemImage: "waveform")
        }
        .navigationTitle("history_capture_title")
        .smallTitle()
        .task { model.load() }
        .accessibilityIdentifier("history_capture")
    }
}
