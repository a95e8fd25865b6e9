// A profile from everything in one file, which another phone or program wrote.
import SwiftUI
import TekramCore
import TekramKit
import UniformTypeIdentifiers

/// start_restore_move_in.
struct MoveInScreen: View {
    @State private var model: MoveInModel
    @State private var isChoosing = false

    init(app: AppModel) {
        _model = State(initialValue: MoveInModel(app: app))
    }

    var body: some View {
        Form {
            if let movedIn = model.movedIn {
                Section {
                    Label(Words.text("start_restore_done_title", movedIn.name), systemImage: "checkmark.circle")
                        .font(.headline)
                    Text(Words.plural("start_rescue_saved", movedIn.content.rows))
                }
                Section { MainButton(title: "start_restore_open") { model.open() } }
            } else {
                form
            }
        }
        .formStyle(.grouped)
        .navigationTitle("start_restore_move_in_title")
        .smallTitle()
        .fileImporter(isPresented: $isChoosing, allowedContentTypes: [.data]) { chosen in
            if case .success(let file) = chosen { model.choose(file) }
        }
        .onDisappear { model.leave() }
        .accessibilityIdentifier("start_move_in")
    }

    @ViewBuilder private var form: some View {
        Section {
            Button("history_import_choose", systemImage: "doc") { isChoosing = true }
            if let name = model.fileName { Text(verbatim: name) }
        } footer: {
            Text("start_restore_move_in_text")
        }
        Section {
            PassphraseField("start_passphrase_label", text: $model.passphrase)
            if model.isNameTaken {
                Text("start_restore_clash")
                TextField("start_restore_new_name", text: $model.newName).field(.plain)
            }
        } footer: {
            Text("start_restore_move_in_sealed")
        }
        Section {
            WorkRows(work: model.work, doing: "start_restore_working")
            MainButton(title: "start_restore_move_in_go", isBusy: model.work.isRunning) {
                Task { await model.moveIn() }
            }
            .disabled(!model.mayMoveIn)
        }
    }
}
