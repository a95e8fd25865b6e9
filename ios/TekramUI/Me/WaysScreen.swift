// How this profile is unlocked: each way in, adding this phone or a passphrase, changing the passphrase, removing; and the way to
// a new vault key.
import SwiftUI
import TekramCore
import TekramKit

/// me_ways.
struct WaysScreen: View {
    private let persona: Persona
    @State private var model: WaysModel
    @State private var removes: WayIn?
    @State private var asksToRemove = false
    @Environment(\.presence) private var presence

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: WaysModel(persona: persona))
    }

    var body: some View {
        PhasePane(phase: model.phase, loading: "me_loading", locked: "me_locked_text", retry: { model.load() }) {
            Form {
                ways
                if model.mayAddPhone(phoneGuards: presence?.ready == true) {
                    Section {
                        Button("me_way_add_key_store", systemImage: "iphone") {
                            Task { await model.addPhone(name: Words.text("me_way_key_store_name"), presence: presence) }
                        }
                    }
                }
                passphrase
                Section {
                    NavigationLink(value: MePlace.words) { Label("me_words_title", systemImage: "list.number") }
                    NavigationLink(value: MePlace.newKey) { Label("me_key_title", systemImage: "key.horizontal") }
                }
                Section {
                    if let done = model.done { Text(LocalizedStringKey(done)) }
                    ProblemLine(problem: model.problem)
                    AbsenceLine(absence: model.absence)
                }
            }
            .formStyle(.grouped)
        } empty: {
            EmptyPane("me_ways_title", text: "me_error_text", systemImage: "key")
        }
        .disabled(model.isBusy)
        .navigationTitle("me_ways_title")
        .smallTitle()
        .task { model.load() }
        .onDisappear { model.forget() }
        .confirmationDialog(
            Words.text("me_way_remove_title", removes?.title ?? ""), isPresented: $asksToRemove,
            titleVisibility: .visible
        ) {
            Button("common_remove", role: .destructive) {
                if let removes { Task { await model.remove(removes) } }
            }
            Button("common_cancel", role: .cancel) {}
        } message: {
            Text("me_way_remove_text")
        }
        .accessibilityIdentifier("me_ways")
    }

    private var ways: some View {
        Section {
            ForEach(model.ways, id: \.name) { way in
                VStack(alignment: .leading) {
                    Label(way.title, systemImage: way.kind.systemImage)
                    if let added = way.addedMs {
                        Text(Words.text("me_way_added", Moments.day(added)))
                            .font(.footnote).foregroundStyle(.secondary)
                    }
                }
                .swipeActions {
                    if model.ways.count > 1 {
                        Button("me_way_remove", role: .destructive) {
                            removes = way
                            asksToRemove = true
                        }
                    }
                }
            }
        } footer: {
            Text(model.ways.count > 1 ? "me_ways_text" : "me_way_last")
        }
    }

    private var passphrase: some View {
        Section(model.hasPassphrase ? "me_way_change_passphrase" : "me_way_add_passphrase") {
            if model.hasPassphrase {
                PassphraseField("me_passphrase_old", text: $model.oldPassphrase)
            }
            PassphraseField("me_passphrase_new", text: $model.newPassphrase, isNew: true)
            PassphraseField("start_passphrase_again", text: $model.newPassphraseAgain, isNew: true)
            Button(model.hasPassphrase ? "common_change" : "common_add") {
                Task { await model.hasPassphrase ? model.changePassphrase() : model.addPassphrase() }
            }
            .disabled(!model.passphraseFits)
            if model.isBusy { ProgressView().accessibilityLabel("common_working_a11y") }
        }
    }
}

extension WayIn {
    /// What the person calls it.
    var title: String {
        switch kind {
        case .passphrase: Words.text("me_way_passphrase")
        case .keyStore: name
        case .recoveryPhrase: Words.text("me_way_recovery_phrase")
        }
    }
}

extension WayInKind {
    /// Its picture.
    var systemImage: String {
        switch self {
        case .passphrase: "character.cursor.ibeam"
        case .keyStore: "iphone"
        case .recoveryPhrase: "list.number"
        }
    }
}
