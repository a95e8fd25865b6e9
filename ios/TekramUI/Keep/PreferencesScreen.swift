// Preferences on the screen: by what they are about, each with how the person stands to it, and adding one.
import SwiftUI
import TekramCore
import TekramKit

/// keep_preferences.
struct PreferencesScreen: View {
    @State private var model: PreferencesModel

    init(persona: Persona) {
        _model = State(initialValue: PreferencesModel(persona: persona))
    }

    var body: some View {
        KeptPane(kept: model.preferences) { _ in
            List {
                if !model.isAdding { ProblemLine(problem: model.preferences.problem) }
                ForEach(model.topics) { topic in
                    Section {
                        ForEach(topic.preferences, id: \.id) { preference in row(preference) }
                    } header: {
                        Text(verbatim: topic.topic).textCase(nil)
                    }
                }
            }
        } empty: {
            EmptyPane(
                "keep_preferences_empty_title", text: "keep_preferences_empty_text", systemImage: "hand.thumbsup"
            ) {
                Button("keep_preference_add") { model.isAdding = true }
            }
        }
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                Button("keep_preference_add", systemImage: "plus") { model.isAdding = true }
            }
        }
        .navigationDestination(isPresented: $model.isAdding) { PreferenceFormScreen(model: model) }
        .navigationTitle("keep_preferences_title")
        .smallTitle()
        .accessibilityIdentifier("keep_preferences")
    }

    private func row(_ preference: Preference) -> some View {
        HStack {
            VStack(alignment: .leading, spacing: 2) {
                Text(verbatim: preference.value)
                Text(verbatim: preference.stance.text).font(.footnote).foregroundStyle(.secondary)
            }
            .accessibilityElement(children: .combine)
            Spacer()
            Button {
                Task { await model.remove(preference) }
            } label: {
                Image(systemName: "trash")
            }
            .buttonStyle(.borderless)
            .accessibilityLabel(Words.text("keep_preference_remove_a11y", preference.value))
            .disabled(model.preferences.isBusy)
        }
    }
}

/// keep_preference_new.
private struct PreferenceFormScreen: View {
    @Bindable var model: PreferencesModel

    var body: some View {
        Form {
            Section {
                TextField("keep_preference_topic", text: $model.topic).field(.plain)
            } footer: {
                Text("keep_preference_topic_hint")
            }
            Section {
                TextField("keep_preference_value", text: $model.value).field(.plain)
                Picker("keep_preference_add", selection: $model.stance) {
                    ForEach([Stance.likes, .avoids, .needs], id: \.self) { stance in
                        Text(LocalizedStringKey(stance.wordKey)).tag(stance)
                    }
                }
                .pickerStyle(.segmented)
                .labelsHidden()
            } footer: {
                Text("keep_preference_value_hint")
            }
            Section {
                ProblemLine(problem: model.preferences.problem)
                MainButton(title: "common_add", isBusy: model.preferences.isBusy) { Task { await model.add() } }
                    .disabled(!model.mayAdd)
            }
        }
        .formStyle(.grouped)
        .navigationTitle("keep_preference_add")
        .smallTitle()
        .accessibilityIdentifier("keep_preference_new")
    }
}
