// Everything in one file: sealed with keys, or open without them. The person hands it on; it goes when the screen is left.
import SwiftUI
import TekramCore
import TekramKit

/// me_leave.
struct LeaveScreen: View {
    @State private var model: LeaveModel

    init(persona: Persona) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "leave-\(UUID().uuidString)")
        _model = State(initialValue: LeaveModel(persona: persona, folder: folder))
    }

    var body: some View {
        Form {
            Section {
                Text("me_leave_text")
            }
            if let file = model.file, let exported = model.exported {
                Section {
                    Text(Words.plural("me_leave_done_rows", exported.rows))
                    if exported.files > 0 { Text(Words.plural("me_leave_done_files", exported.files)) }
                    ShareLink("common_share", item: file)
                }
            }
            Section {
                WorkRows(work: model.work, doing: "me_leave_working")
            }
            Section {
                PassphraseField("me_leave_sealed_passphrase", text: $model.passphrase, isNew: true)
                PassphraseField("start_passphrase_again", text: $model.passphraseAgain, isNew: true)
                Button("me_leave_sealed_go") { Task { await model.writeSealed() } }
                    .disabled(!model.passphraseFits)
            } header: {
                Text("me_leave_sealed")
            } footer: {
                if !model.passphraseAgain.isEmpty && !model.passphraseFits {
                    Text("start_passphrase_differs").foregroundStyle(.red)
                } else {
                    Text("me_leave_sealed_text")
                }
            }
            .disabled(model.work.isRunning)
            Section {
                Button("me_leave_open_go") { Task { await model.writeOpen() } }
            } header: {
                Text("me_leave_open")
            } footer: {
                Text("me_leave_open_text")
            }
            .disabled(model.work.isRunning)
        }
        .formStyle(.grouped)
        .navigationTitle("me_leave_title")
        .smallTitle()
        .onDisappear { model.leave() }
        .accessibilityIdentifier("me_leave")
    }
}
