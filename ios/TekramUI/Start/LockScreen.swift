// The lock: which profile, and one of its ways in. Nothing of a profile but its name is known here.
import SwiftUI
import TekramCore
import TekramKit

/// lock.
public struct LockScreen: View {
    private let model: StartModel
    private let personas: [PersonaEntry]
    private let lockedItself: Bool
    private let undeleted: (name: String, problem: Problem)?

    /// Shows `model` with the profiles of this phone, and what could not be deleted.
    public init(
        model: StartModel, personas: [PersonaEntry], lockedItself: Bool,
        undeleted: (name: String, problem: Problem)? = nil
    ) {
        self.model = model
        self.personas = personas
        self.lockedItself = lockedItself
        self.undeleted = undeleted
    }

    /// The form.
    public var body: some View {
        NavigationStack {
            Form {
                if lockedItself {
                    Section { Text("start_auto_locked") }
                }
                if let undeleted {
                    Section {
                        Text(Words.text("start_profile_not_deleted", undeleted.name))
                        ProblemLine(problem: undeleted.problem)
                    }
                }
                if personas.count > 1 {
                    Section("start_choose_profile") {
                        ForEach(personas, id: \.id) { persona in
                            ProfileRow(name: persona.name, isChosen: persona.id == model.chosen?.id) {
                                model.choose(persona)
                            }
                        }
                    }
                }
                UnlockSection(model: model)
                Section {
                    NavigationLink("start_new_profile") { NewProfile(model: model.another()) }
                }
            }
            .formStyle(.grouped)
            .navigationTitle("start_lock_title")
        }
        .accessibilityIdentifier("lock")
    }
}

/// The chosen profile's ways in, one of them at hand.
private struct UnlockSection: View {
    @Bindable var model: StartModel

    var body: some View {
        Section {
            switch model.way {
            case .phone:
                MainButton(title: "start_unlock_with_phone", isBusy: model.isBusy) { unlock() }
            case .passphrase:
                PassphraseField("start_passphrase_label", text: $model.passphrase)
                    .submitLabel(.go)
                    .onSubmit { unlock() }
                MainButton(title: "start_unlock", isBusy: model.isBusy) { unlock() }
                    .disabled(model.passphrase.isEmpty)
            case .words:
                TextField("start_words_label", text: $model.recoveryWords, axis: .vertical)
                    .autocorrectionDisabled()
                    .privacySensitive()
                Text(Words.text("start_words_count", model.recoveryWordCount)).foregroundStyle(.secondary)
                MainButton(title: "start_unlock", isBusy: model.isBusy) { unlock() }
                    .disabled(model.recoveryWordCount == 0)
            }
            if model.isBusy { Text("start_unlocking").foregroundStyle(.secondary) }
            ProblemLine(problem: model.problem)
            AbsenceLine(absence: model.absence)
        } header: {
            if let name = model.chosen?.name {
                Text(Words.text("start_lock_one", name))
            }
        } footer: {
            if model.way == .words { Text("start_words_hint") }
        }
        Section {
            ForEach(model.ways.filter { $0 != model.way }, id: \.self) { way in
                Button(title(way)) { model.way = way }
            }
        }
    }

    private func title(_ way: StartModel.Way) -> LocalizedStringKey {
        switch way {
        case .phone: "start_unlock_with_phone"
        case .passphrase: "start_unlock_with_passphrase"
        case .words: "start_unlock_with_words"
        }
    }

    private func unlock() {
        Task { await model.unlock() }
    }
}

/// Why the phone's key stayed closed, or was not made.
struct AbsenceLine: View {
    let absence: NotPresent?

    var body: some View {
        if let absence { Label(key(absence), systemImage: "person.crop.circle.badge.questionmark") }
    }

    private func key(_ absence: NotPresent) -> LocalizedStringKey {
        switch absence {
        case .cancelled: "start_presence_cancelled"
        case .notSetUp: "start_with_phone_missing"
        case .notRecognised: "start_presence_failed"
        }
    }
}

/// A profile that can be chosen.
private struct ProfileRow: View {
    let name: String
    let isChosen: Bool
    let choose: @MainActor () -> Void

    var body: some View {
        Button(action: choose) {
            HStack {
                Label(name, systemImage: "person.crop.circle")
                Spacer()
                if isChosen { Image(systemName: "checkmark") }
            }
        }
        .accessibilityLabel(Words.text("start_profile_a11y", name))
        .accessibilityAddTraits(isChosen ? .isSelected : [])
    }
}
