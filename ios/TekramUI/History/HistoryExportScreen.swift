// The log as a file, in a form of one's choice: everything that is known, or what ListenBrainz reads. The person hands it on.
import SwiftUI
import TekramCore
import TekramKit

/// history_export.
struct HistoryExportScreen: View {
    @State private var model: ExportModel

    init(persona: Persona) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString)")
        _model = State(initialValue: ExportModel(persona: persona, folder: folder))
    }

    var body: some View {
        Form {
            Section {
                Picker("history_export", selection: $model.form) {
                    Text("history_export_full").tag(ExportForm.jsonLines)
                    Text("history_export_listenbrainz").tag(ExportForm.listenbrainzJsonl)
                }
                .pickerStyle(.inline)
                .labelsHidden()
            } header: {
                Text("history_export_text").textCase(nil)
            }
            Section {
                ProblemLine(problem: model.problem)
                if let exported = model.exported {
                    Text(Words.plural("history_exported", exported.written))
                    if exported.leftOut > 0 { Text(Words.plural("history_export_left_out", exported.leftOut)) }
                }
                if let file = model.history {
                    ShareLink("common_share", item: file)
                } else {
                    MainButton(title: "history_export", isBusy: model.isBusy) { Task { await model.writeHistory() } }
                }
            }
        }
        .formStyle(.grouped)
        .disabled(model.isBusy)
        .navigationTitle("history_export_title")
        .smallTitle()
        .onDisappear { model.forget() }
        .accessibilityIdentifier("history_export")
    }
}
