// What is whole of a damaged profile, saved into a new one; and what came of it, part by part.
import SwiftUI
import TekramCore
import TekramKit

/// On the lock screen: the profile is damaged, and what can be done.
struct DamagedSection: View {
    let app: AppModel
    let entry: PersonaEntry
    @Environment(\.presence) private var presence

    var body: some View {
        Section {
            Text("start_damaged_text")
            NavigationLink("start_damaged_rescue") { RescueScreen(app: app, entry: entry, presence: presence) }
            NavigationLink("start_damaged_restore") { RestoreScreen(app: app) }
        }
        .accessibilityIdentifier("lock_damaged")
    }
}

/// start_rescue.
struct RescueScreen: View {
    @State private var model: RescueModel

    init(app: AppModel, entry: PersonaEntry, presence: (any TekramKit.Presence)?) {
        _model = State(initialValue: RescueModel(app: app, entry: entry, presence: presence))
    }

    var body: some View {
        Form {
            if let rescued = model.rescued {
                RescuedSections(rescued: rescued) { model.open() }
            } else {
                form
            }
        }
        .formStyle(.grouped)
        .navigationTitle("start_rescue_title")
        .smallTitle()
        .onDisappear { model.leave() }
        .accessibilityIdentifier("start_rescue")
    }

    @ViewBuilder private var form: some View {
        Section {
            Text(Words.text("start_rescue_text", model.name))
        }
        Section("start_rescue_old") {
            if model.keys.count > 1 {
                Picker("start_rescue_old", selection: $model.key) {
                    KeyTags(keys: model.keys)
                }
                .pickerStyle(.segmented)
            }
            KeyFields(key: model.key, words: $model.words, wordCount: model.wordCount, passphrase: $model.passphrase)
        }
        NewProfileFields(
            name: $model.newName, passphrase: $model.newPassphrase, passphraseAgain: $model.newPassphraseAgain)
        Section {
            WorkRows(work: model.work, doing: "start_rescue_working")
            AbsenceLine(absence: model.absence)
            MainButton(title: "start_rescue_go", isBusy: model.work.isRunning) { Task { await model.rescue() } }
                .disabled(!model.mayRescue)
        }
    }
}

/// What was saved, part by part.
struct RescuedSections: View {
    let rescued: Rescued
    let open: @MainActor () -> Void

    var body: some View {
        Section {
            Label(
                rescued.complete ? "start_rescue_done_complete" : "start_rescue_done_partly",
                systemImage: rescued.complete ? "checkmark.circle" : "exclamationmark.triangle"
            )
            .font(.headline)
            if rescued.lost > 0 { Text(Words.plural("start_rescue_lost", rescued.lost)).foregroundStyle(.red) }
            Text(rescued.sameKeys ? "start_rescue_same_keys" : "start_rescue_other_keys")
            if rescued.inboxItems > 0 { Text(Words.plural("start_rescue_inbox", rescued.inboxItems)) }
        }
        Section {
            ForEach(rescued.parts, id: \.self) { part in
                VStack(alignment: .leading) {
                    Text(LocalizedStringKey(part.wordKey))
                    Text(Words.plural("start_rescue_saved", part.saved)).font(.footnote).foregroundStyle(.secondary)
                    if part.lost > 0 {
                        Text(Words.plural("start_rescue_lost", part.lost)).font(.footnote).foregroundStyle(.red)
                    }
                }
                .accessibilityElement(children: .combine)
            }
        }
        if !rescued.damage.isEmpty {
            Section("start_restore_damage_title") {
                ForEach(rescued.damage, id: \.self) { damage in Text(damage.text) }
            }
        }
        Section { MainButton(title: "start_restore_open") { open() } }
    }
}
