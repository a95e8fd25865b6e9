// A profile from a backup: the place, which one, what opens it, and what became of it.
import SwiftUI
import TekramCore
import TekramKit
import UniformTypeIdentifiers

/// The ways to a profile that was there before: from a backup, or from everything in one file.
struct RestoreLinks: View {
    let app: AppModel

    var body: some View {
        NavigationLink("start_restore_offer") { RestoreScreen(app: app) }
        NavigationLink("start_restore_move_in") { MoveInScreen(app: app) }
    }
}

/// start_restore.
struct RestoreScreen: View {
    @State private var model: RestoreModel
    @State private var isChoosing = false

    init(app: AppModel) {
        _model = State(initialValue: RestoreModel(app: app))
    }

    var body: some View {
        Form {
            if let restored = model.restored {
                RestoredSections(restored: restored) { model.open() }
            } else if let rescued = model.rescued {
                RescuedSections(rescued: rescued) { model.open() }
            } else if let phase = model.phase {
                found(phase)
            } else {
                places
            }
        }
        .formStyle(.grouped)
        .navigationTitle("start_restore_title")
        .smallTitle()
        .fileImporter(isPresented: $isChoosing, allowedContentTypes: [.folder, .data]) { chosen in
            if case .success(let place) = chosen { Task { await model.look(in: place) } }
        }
        .onDisappear { model.leave() }
        .accessibilityIdentifier("start_restore")
    }

    @ViewBuilder private var places: some View {
        Section {
            Button {
                isChoosing = true
            } label: {
                VStack(alignment: .leading) {
                    Label("start_restore_folder", systemImage: "folder")
                    Text("start_restore_folder_text").font(.footnote).foregroundStyle(.secondary)
                }
            }
        } header: {
            Text("start_restore_text").textCase(nil)
        }
        ServerFields(
            address: $model.serverAddress, user: $model.serverUser, password: $model.serverPassword,
            inHomeNetwork: $model.serverInHomeNetwork)
        Section {
            Button("start_restore_server", systemImage: "server.rack") { Task { await model.lookOnServer() } }
                .disabled(model.serverAddress.isEmpty)
        }
    }

    @ViewBuilder private func found(_ phase: Phase) -> some View {
        switch phase {
        case .loading:
            Section { ProgressView("start_restore_looking") }
        case .empty:
            Section { Text("start_restore_none") }
        case .failed(let problem):
            Section { ProblemLine(problem: problem, text: problem.placeText) }
        case .offline, .locked:
            Section { Text("common_offline_text") }
        case .ready:
            backups
            if let chosen = model.chosen { ChosenBackup(model: model, backup: chosen) }
        }
        Section {
            Button("start_restore_other_place") { model.anotherPlace() }.disabled(model.work.isRunning)
        }
    }

    private var backups: some View {
        Section("start_restore_which") {
            ForEach(model.backups, id: \.name) { backup in
                Button {
                    model.choose(backup)
                } label: {
                    HStack {
                        BackupRow(backup: backup)
                        Spacer()
                        if backup.name == model.chosen?.name { Image(systemName: "checkmark") }
                    }
                }
                .accessibilityAddTraits(backup.name == model.chosen?.name ? .isSelected : [])
            }
        }
        .disabled(model.work.isRunning)
    }
}

private struct BackupRow: View {
    let backup: BackupFile

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            if let newest = backup.states.last {
                Text(Words.text("start_restore_file", Moments.dayAndTime(newest.madeMs)))
            } else {
                Text("start_restore_file_unknown")
            }
            Text(Words.plural("start_restore_states", backup.states.count)).font(.subheadline)
            if backup.cut { Text("start_restore_cut").font(.subheadline) }
            Text(verbatim: Sizes.text(backup.bytes)).font(.footnote).foregroundStyle(.secondary)
        }
    }
}

/// What restoring the chosen backup needs.
private struct ChosenBackup: View {
    @Bindable var model: RestoreModel
    let backup: BackupFile

    var body: some View {
        if backup.states.count > 1 {
            Section {
                Picker("start_restore_state", selection: $model.state) {
                    ForEach(backup.states.reversed(), id: \.number) { state in
                        Text(title(state)).tag(
                            state.number == backup.states.last?.number ? nil : UInt32?.some(state.number))
                    }
                }
            }
        }
        Section {
            if model.keys.count > 1 {
                Picker("start_restore_key", selection: $model.key) {
                    KeyTags(keys: model.keys)
                }
                .pickerStyle(.segmented)
            }
            KeyFields(key: model.key, words: $model.words, wordCount: model.wordCount, passphrase: $model.passphrase)
        } header: {
            Text("start_restore_key")
        }
        clash
        if model.isDamaged {
            SalvageSection(model: model)
        } else {
            Section {
                WorkRows(work: model.work, doing: "start_restore_working")
                MainButton(title: "start_restore_go", isBusy: model.work.isRunning) { Task { await model.restore() } }
                    .disabled(!model.mayRestore)
            }
        }
    }

    private func title(_ state: BackupState) -> String {
        let made = Moments.dayAndTime(state.madeMs)
        return state.number == backup.states.last?.number ? Words.text("start_restore_state_newest", made) : made
    }

    @ViewBuilder private var clash: some View {
        if model.isOpenHere {
            Section { Text("start_restore_open_here") }
        } else if model.isHere {
            Section {
                Toggle("start_restore_clash_replace", isOn: $model.replaces)
            } header: {
                Text("error_vault_exists").textCase(nil)
            } footer: {
                Text("start_restore_clash_replace_text").foregroundStyle(.red)
            }
        }
        if model.isNameTaken {
            Section {
                TextField("start_restore_new_name", text: $model.newName).field(.plain)
            } header: {
                Text("start_restore_clash").textCase(nil)
            }
        }
    }
}

/// The names of what can open something.
struct KeyTags: View {
    let keys: [StartModel.Way]

    var body: some View {
        ForEach(keys, id: \.self) { key in Text(title(key)).tag(key) }
    }

    private func title(_ key: StartModel.Way) -> LocalizedStringKey {
        switch key {
        case .phone: "me_way_key_store"
        case .passphrase: "start_restore_by_passphrase"
        case .words: "start_restore_by_words"
        }
    }
}

/// Recovery words or a passphrase, whichever it is; the phone's key needs no typing.
struct KeyFields: View {
    let key: StartModel.Way
    @Binding var words: String
    let wordCount: Int
    @Binding var passphrase: String

    var body: some View {
        switch key {
        case .phone:
            Text("start_unlock_with_phone").foregroundStyle(.secondary)
        case .words:
            TextField("start_words_label", text: $words, axis: .vertical)
                .autocorrectionDisabled()
                .privacySensitive()
            Text(Words.text("start_words_count", wordCount)).foregroundStyle(.secondary)
        case .passphrase:
            PassphraseField("start_passphrase_label", text: $passphrase)
        }
    }
}

/// A new profile for what is saved: its name, and a passphrase typed twice.
struct NewProfileFields: View {
    @Binding var name: String
    @Binding var passphrase: String
    @Binding var passphraseAgain: String

    var body: some View {
        Section {
            TextField("start_rescue_name", text: $name).field(.plain)
            PassphraseField("start_rescue_new_passphrase", text: $passphrase, isNew: true)
            PassphraseField("start_passphrase_again", text: $passphraseAgain, isNew: true)
        } footer: {
            if !passphraseAgain.isEmpty && passphrase != passphraseAgain {
                Text("start_passphrase_differs").foregroundStyle(.red)
            }
        }
    }
}

/// The backup is damaged: what can be read goes into a new profile.
private struct SalvageSection: View {
    @Bindable var model: RestoreModel

    var body: some View {
        Section {
            Label("start_restore_damage_title", systemImage: "exclamationmark.triangle").foregroundStyle(.red)
            Text("start_restore_salvage_text")
        }
        NewProfileFields(
            name: $model.newName, passphrase: $model.newPassphrase, passphraseAgain: $model.newPassphraseAgain)
        Section {
            WorkRows(work: model.work, doing: "start_rescue_working")
            MainButton(title: "start_restore_salvage", isBusy: model.work.isRunning) { Task { await model.salvage() } }
                .disabled(!model.maySalvage)
        }
    }
}

/// What was restored, and what of the backup is damaged.
private struct RestoredSections: View {
    let restored: Restored
    let open: @MainActor () -> Void

    var body: some View {
        Section {
            Label(Words.text("start_restore_done_title", restored.name), systemImage: "checkmark.circle").font(
                .headline)
            Text(Words.text("start_restore_done_text", Moments.dayAndTime(restored.madeMs)))
            if restored.cut { Text("start_restore_cut") }
            Text("start_restore_done_pay")
        }
        if !restored.damage.isEmpty {
            Section {
                ForEach(restored.damage, id: \.self) { damage in Text(damage.text) }
            } header: {
                Text("start_restore_damage_title")
            } footer: {
                Text("start_restore_damage_older")
            }
        }
        Section { MainButton(title: "start_restore_open") { open() } }
    }
}
