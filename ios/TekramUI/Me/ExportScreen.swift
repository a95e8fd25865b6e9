// Taking everything along: files in open formats, handed on by the person alone.
import SwiftUI
import TekramCore
import TekramKit

/// me_export.
struct ExportScreen: View {
    @State private var model: ExportModel

    init(persona: Persona) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString)")
        _model = State(initialValue: ExportModel(persona: persona, folder: folder))
    }

    var body: some View {
        Form {
            Section {
                Text("me_export_text")
            } footer: {
                Text("me_export_unencrypted")
            }
            Section("me_export_history") {
                if let history = model.history {
                    ShareLink("common_share", item: history)
                } else {
                    Button("me_export_go") { Task { await model.writeHistory() } }
                }
            }
            Section("me_export_agreements") {
                ForEach(model.agreements, id: \.self) { file in
                    ShareLink(item: file) { Text(verbatim: file.lastPathComponent).lineLimit(1) }
                }
                if model.agreements.isEmpty {
                    Button("me_export_go") { Task { await model.writeAgreements() } }
                }
            }
            Section {
                if model.isBusy { ProgressView().accessibilityLabel("common_working_a11y") }
                ProblemLine(problem: model.problem)
            }
        }
        .formStyle(.grouped)
        .disabled(model.isBusy)
        .navigationTitle("me_export_title")
        .smallTitle()
        .onDisappear { model.forget() }
        .accessibilityIdentifier("me_export")
    }
}
