// The lock: which profile, and one of its ways in. Nothing of a profile but its name is known here.
import SwiftUI
import TekramCore
import TekramKit

/// lock.
public struct LockScreen: View {
    @Bindable private var model: StartModel
    private let personas: [PersonaEntry]
    private let lockedItself: Bool

    /// Shows `model` with the profiles of this phone.
    public init(model: StartModel, personas: [PersonaEntry], lockedItself: Bool) {
        self.model = model
        self.personas = personas
        self.lockedItself = lockedItself
    }

    /// The form.
    public var body: some View {
        NavigationStack {
            Form {
                if lockedItself {
                    Section { Text("start_auto_locked") }
                }
                if personas.count > 1 {
                    Section("start_choose_profile") {
                        ForEach(personas, id: \.id) { persona in
                            ProfileRow(name: persona.name, isChosen: persona.id == model.chosen?.id) {
                                model.chosen = persona
                            }
                        }
                    }
                }
                Section {
                    PassphraseField("start_passphrase_label", text: $model.passphrase)
                        .submitLabel(.go)
                        .onSubmit { unlock() }
                    MainButton(title: "start_unlock", isBusy: model.isBusy) { unlock() }
                        .disabled(model.passphrase.isEmpty || model.chosen == nil)
                    if model.isBusy { Text("start_unlocking").foregroundStyle(.secondary) }
                    ProblemLine(problem: model.problem)
                } header: {
                    if let name = model.chosen?.name {
                        Text(Words.text("start_lock_one", name))
                    }
                }
            }
            .formStyle(.grouped)
            .navigationTitle("start_lock_title")
        }
        .accessibilityIdentifier("lock")
    }

    private func unlock() {
        Task { await model.unlock() }
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
