// The recovery words: what they are for, the words themselves once, and the check that they are on paper. They cannot
// be copied, are covered while the display is recorded, and are wiped when the screen is left.
import SwiftUI
import TekramCore
import TekramKit

/// me_words_show and me_words_check.
struct RecoveryScreen: View {
    @State private var model: RecoveryModel
    @Environment(\.scenePhase) private var scenePhase

    init(persona: Persona) {
        _model = State(initialValue: RecoveryModel(persona: persona))
    }

    var body: some View {
        Form {
            switch model.step {
            case .intro: intro
            case .shown: WordsView(model: model)
            case .checking: CheckView(model: model)
            case .done:
                Section { Label("me_words_check_ok", systemImage: "checkmark.shield") }
            }
            if model.step != .checking {
                Section { ProblemLine(problem: model.problem) }
            }
        }
        .formStyle(.grouped)
        .navigationTitle(model.step == .checking ? "me_words_check_title" : "me_words_title")
        .smallTitle()
        .task { model.load() }
        .onDisappear { model.forget() }
        .onChange(of: scenePhase) { _, phase in
            if phase == .background { model.forget() }
        }
        .accessibilityIdentifier(model.step == .checking ? "me_words_check" : "me_words_show")
    }

    @ViewBuilder private var intro: some View {
        Section {
            Label(
                model.hasWords ? "me_words_set" : "me_words_missing",
                systemImage: model.hasWords ? "checkmark.shield" : "exclamationmark.shield")
            Text("me_words_intro")
            Text("me_words_no_backup")
        } footer: {
            Text("me_words_alone")
        }
        Section {
            MainButton(title: model.hasWords ? "me_words_new" : "me_words_show") { model.show() }
        } footer: {
            if model.hasWords { Text("me_words_new_text") }
        }
    }
}

/// The words, numbered, in two columns where they fit.
private struct WordsView: View {
    let model: RecoveryModel

    var body: some View {
        Section {
            LazyVGrid(columns: [GridItem(.adaptive(minimum: 130), alignment: .leading)], spacing: Theme.near) {
                ForEach(Array(model.words.enumerated()), id: \.offset) { index, word in
                    HStack(alignment: .firstTextBaseline, spacing: Theme.near) {
                        Text(index + 1, format: .number).foregroundStyle(.secondary).monospacedDigit()
                        Text(verbatim: word).fontWeight(.medium)
                    }
                    .accessibilityElement()
                    .accessibilityLabel(Words.text("me_words_word_a11y", index + 1, word))
                }
            }
            .coveredWhenCaptured()
        } footer: {
            Text("me_words_no_copy_ios")
        }
        Section {
            MainButton(title: "me_words_written") { model.written() }
        }
    }
}

/// Some of the words, asked for.
private struct CheckView: View {
    @Bindable var model: RecoveryModel

    var body: some View {
        Section {
            ForEach(model.questions, id: \.self) { position in
                TextField(text: $model[answerTo: position]) {
                    Text(Words.text("me_words_check_word", position))
                }
                .field(.plain)
                .autocorrectionDisabled()
                .privacySensitive()
            }
        } footer: {
            Text("me_words_check_text")
        }
        Section {
            MainButton(title: "me_words_check_title") { model.check() }
                .disabled(!model.isAnswered)
            if let problem = model.problem {
                if let position = model.wrongPosition {
                    Label(
                        Words.text("me_words_check_wrong_at", position), systemImage: "exclamationmark.triangle"
                    ).foregroundStyle(.red)
                } else {
                    ProblemLine(problem: problem)
                }
                Button("me_words_check_again") { model.showAgain() }
            }
        }
    }
}
