// The lock: which profile, and one of its ways in. Of a profile only that is known here which the person lets be seen. An older
// state and a damaged one are said plainly, with what can be done.
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
                    Section { Text("start_auto_locked_idle") }
                }
                WipedSection(app: model.app)
                if let undeleted {
                    Section {
                        Text(Words.text("start_profile_not_deleted", undeleted.name))
                        ProblemLine(problem: undeleted.problem)
                    }
                }
                if personas.count > 1 {
                    Section("start_choose_profile") {
                        ForEach(personas, id: \.id) { persona in
                            ProfileRow(persona: persona, isChosen: persona.id == model.chosen?.id) {
                                model.choose(persona)
                            }
                        }
                    }
                }
                UnlockSection(model: model)
                if model.isRolledBack { RolledBackSection(model: model) }
                if model.isDamaged, let chosen = model.chosen { DamagedSection(app: model.app, entry: chosen) }
                Section {
                    NavigationLink("start_new_profile") { NewProfile(model: model.another()) }
                    RestoreLinks(app: model.app)
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
                    .disabled(model.passphrase.isEmpty || model.secondsToWait > 0)
            case .words:
                TextField("start_words_label", text: $model.recoveryWords, axis: .vertical)
                    .autocorrectionDisabled()
                    .privacySensitive()
                Text(Words.text("start_words_count", model.recoveryWordCount)).foregroundStyle(.secondary)
                MainButton(title: "start_unlock", isBusy: model.isBusy) { unlock() }
                    .disabled(model.recoveryWordCount == 0)
            }
            if model.isBusy { Text("start_unlocking").foregroundStyle(.secondary) }
            if model.secondsToWait > 0 {
                WaitLine(model: model)
            } else if !model.isRolledBack {
                ProblemLine(problem: model.problem)
            }
            AbsenceLine(absence: model.absence)
        } header: {
            if let chosen = model.chosen {
                HStack {
                    ProfileMark(chosen)
                    Text(
                        chosen.name.isEmpty
                            ? Words.text("start_lock_one_unnamed") : Words.text("start_lock_one", chosen.name))
                }
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

/// How long until the next passphrase may be tried; it counts down by itself.
private struct WaitLine: View {
    let model: StartModel

    var body: some View {
        Label(
            Words.text("start_wait_text", Durations.position(Int64(model.secondsToWait) * 1_000)),
            systemImage: "hourglass"
        )
        .monospacedDigit()
        .task { await model.countDown() }
        .accessibilityIdentifier("lock_wait")
    }
}

/// The profile is an older state of itself: what that means, and going on with it.
private struct RolledBackSection: View {
    let model: StartModel
    @State private var asks = false

    var body: some View {
        Section {
            Label("start_rolled_title", systemImage: "clock.arrow.circlepath").font(.headline)
            Text("start_rolled_text")
            Text("start_rolled_pay")
            Button("start_rolled_open") { asks = true }
                .disabled(model.isBusy)
                .confirmationDialog("start_rolled_sure_title", isPresented: $asks, titleVisibility: .visible) {
                    Button("start_rolled_open", role: .destructive) { Task { await model.openRolledBack() } }
                    Button("common_cancel", role: .cancel) {}
                } message: {
                    Text("start_rolled_sure_text")
                }
                .accessibilityIdentifier("lock_rolled_back")
        }
    }
}

/// A profile that can be chosen.
private struct ProfileRow: View {
    let persona: PersonaEntry
    let isChosen: Bool
    let choose: @MainActor () -> Void

    var body: some View {
        Button(action: choose) {
            HStack {
                Label {
                    Text(persona.shownName)
                } icon: {
                    ProfileMark(persona)
                }
                Spacer()
                if isChosen { Image(systemName: "checkmark") }
            }
        }
        .accessibilityLabel(Words.text("start_profile_a11y", persona.shownName))
        .accessibilityAddTraits(isChosen ? .isSelected : [])
    }
}

/// Which profile destroyed itself, as the person had set it.
struct WipedSection: View {
    let app: AppModel

    var body: some View {
        if let name = app.wiped {
            Section {
                Text(verbatim: name).font(.headline)
                Label("error_wiped", systemImage: "trash")
            }
        }
    }
}
