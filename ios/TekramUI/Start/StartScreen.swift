// First run: a name and a way to unlock, and the profile is there. No account, no network.
import SwiftUI
import TekramKit

/// start_first and start_passphrase, with a navigation of their own.
public struct StartScreen: View {
    private let model: StartModel

    /// Shows `model`.
    public init(model: StartModel) {
        self.model = model
    }

    /// The form.
    public var body: some View {
        NavigationStack { StartForm(model: model) }
    }
}

/// Another profile beside those there are, in the navigation of who opens it.
struct NewProfile: View {
    @State private var model: StartModel

    init(model: StartModel) {
        _model = State(initialValue: model)
    }

    var body: some View {
        StartForm(model: model)
    }
}

/// start_first.
struct StartForm: View {
    @Bindable var model: StartModel
    @State private var choosesPassphrase = false

    var body: some View {
        Form {
            WipedSection(app: model.app)
            Section {
                Text("start_text")
            }
            Section {
                TextField("start_name_label", text: $model.name)
                    .field(.plain)
                    .submitLabel(.next)
            } footer: {
                Text("start_name_hint")
            }
            Section("start_how_title") {
                Picker("start_how_title", selection: $model.way) {
                    if model.phoneGuards {
                        WayRow(title: "start_with_phone", text: "start_with_phone_text_ios").tag(StartModel.Way.phone)
                    }
                    WayRow(title: "start_with_passphrase", text: "start_with_passphrase_text")
                        .tag(StartModel.Way.passphrase)
                }
                .pickerStyle(.inline)
                .labelsHidden()
                if !model.phoneGuards {
                    Text("start_with_phone_missing").font(.footnote).foregroundStyle(.secondary)
                }
            }
            Section {
                MainButton(title: "start_create", isBusy: model.isBusy) { start() }
                    .disabled(model.name.isEmpty)
                if model.isBusy { Text("start_creating").foregroundStyle(.secondary) }
                ProblemLine(problem: model.problem)
                AbsenceLine(absence: model.absence)
            }
            if model.chosen == nil && model.app.persona == nil {
                Section { RestoreLinks(app: model.app) }
            }
        }
        .formStyle(.grouped)
        .navigationTitle("start_title")
        .navigationDestination(isPresented: $choosesPassphrase) {
            PassphraseScreen(model: model)
        }
        .accessibilityIdentifier("start_first")
    }

    private func start() {
        switch model.way {
        case .passphrase, .words: choosesPassphrase = true
        case .phone: Task { await model.create() }
        }
    }
}

/// One way to unlock, with what it means.
private struct WayRow: View {
    let title: LocalizedStringKey
    let text: LocalizedStringKey

    var body: some View {
        VStack(alignment: .leading) {
            Text(title)
            Text(text).font(.footnote).foregroundStyle(.secondary)
        }
    }
}

/// start_passphrase: chosen twice, since nobody can reset it.
struct PassphraseScreen: View {
    @Bindable var model: StartModel

    var body: some View {
        Form {
            Section {
                PassphraseField("start_passphrase_label", text: $model.passphrase, isNew: true)
                PassphraseField("start_passphrase_again", text: $model.passphraseAgain, isNew: true)
            } footer: {
                if !model.passphraseAgain.isEmpty && !model.passphraseFits {
                    Text("start_passphrase_differs").foregroundStyle(.red)
                } else {
                    Text("start_passphrase_hint")
                }
            }
            Section {
                MainButton(title: "start_create", isBusy: model.isBusy) {
                    Task { await model.create() }
                }
                .disabled(!model.passphraseFits)
                if model.isBusy { Text("start_creating").foregroundStyle(.secondary) }
                ProblemLine(problem: model.problem)
            } footer: {
                Text("start_passphrase_note")
            }
        }
        .formStyle(.grouped)
        .navigationTitle("start_passphrase_title")
        .smallTitle()
        .accessibilityIdentifier("start_passphrase")
    }
}

/// A passphrase that can be looked at while typing.
struct PassphraseField: View {
    let label: LocalizedStringKey
    @Binding var text: String
    let isNew: Bool
    @State private var isShown = false

    init(_ label: LocalizedStringKey, text: Binding<String>, isNew: Bool = false) {
        self.label = label
        _text = text
        self.isNew = isNew
    }

    var body: some View {
        HStack {
            Group {
                if isShown {
                    TextField(label, text: $text)
                } else {
                    SecureField(label, text: $text)
                }
            }
            .field(isNew ? .newPassphrase : .passphrase)
            .autocorrectionDisabled()
            Button {
                isShown.toggle()
            } label: {
                Image(systemName: isShown ? "eye.slash" : "eye")
            }
            .buttonStyle(.borderless)
            .accessibilityLabel(isShown ? "start_passphrase_hide_a11y" : "start_passphrase_show_a11y")
        }
        .privacySensitive()
    }
}
