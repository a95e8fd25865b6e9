// Where a history comes from, on the screen: the list of who has one, and for each the steps to it, its page, what was asked for,
// the file when it is there, and meanwhile a beginning by name or by a list of podcasts.
import SwiftUI
import TekramCore
import TekramKit

/// history_import_from.
struct ProvidersScreen: View {
    private let persona: Persona
    @State private var model: BringModel

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: BringModel(persona: persona))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "history_loading", locked: "history_locked_text", retry: { model.load() }
        ) {
            List {
                Section {
                    ForEach(model.providers, id: \.provider) { provider in
                        NavigationLink {
                            ProviderScreen(persona: persona, model: model, provider: provider)
                        } label: {
                            row(provider)
                        }
                    }
                } header: {
                    Text("history_bring_from_text").textCase(nil)
                }
            }
        } empty: {
            EmptyView()
        }
        .navigationTitle("history_bring_from_title")
        .smallTitle()
        .task { await model.follow() }
        .accessibilityIdentifier("history_import_from")
    }

    private func row(_ provider: Provider) -> some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(LocalizedStringKey(provider.wordKey))
            Text(verbatim: model.request(provider.provider)?.text ?? provider.takesText)
                .font(.subheadline).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }
}

/// history_import_provider.
private struct ProviderScreen: View {
    private let persona: Persona
    private let model: BringModel
    private let provider: Provider
    @State private var importing: ImportModel
    @State private var isChoosing = false
    @State private var hasNoBrowser = false
    @Environment(\.phone) private var phone
    @Environment(\.openURL) private var openURL

    init(persona: Persona, model: BringModel, provider: Provider) {
        (self.persona, self.model, self.provider) = (persona, model, provider)
        _importing = State(initialValue: ImportModel(persona: persona))
    }

    var body: some View {
        Form {
            ImportSections(persona: persona, model: importing) {
                steps
                asking
                Section {
                    ImportEnd(model: importing)
                    Button("history_bring_choose", systemImage: "square.and.arrow.down") { isChoosing = true }
                }
                if provider.readyHours > 0 || provider.byName { meanwhile }
            }
        }
        .formStyle(.grouped)
        .navigationTitle(LocalizedStringKey(provider.wordKey))
        .smallTitle()
        .imports(persona, importing, done: $importing.done, isChoosing: $isChoosing)
        .accessibilityIdentifier("history_import_provider")
    }

    private var steps: some View {
        Section("history_bring_steps") {
            ForEach(1...Int(max(1, provider.steps)), id: \.self) { step in
                Text(Words.text("history_bring_step", step, Words.text(provider.stepKey(step))))
            }
            Text(Words.text("history_bring_file", provider.fileName)).foregroundStyle(.secondary)
            if let page = URL(string: provider.page), !provider.page.isEmpty {
                Button("history_bring_open", systemImage: "safari") { openURL(page) { hasNoBrowser = !$0 } }
                if hasNoBrowser { Text("history_bring_open_none") }
            }
        }
    }

    @ViewBuilder private var asking: some View {
        if provider.readyHours > 0 {
            Section {
                if let request = model.request(provider.provider) {
                    Label(request.text, systemImage: request.cameMs == nil ? "clock" : "checkmark.circle")
                    Button("history_bring_forget", role: .destructive) {
                        Task { await model.forget(provider.provider, phone: phone) }
                    }
                } else {
                    Button("history_bring_remember", systemImage: "clock") {
                        Task { await model.remember(provider.provider, phone: phone) }
                    }
                }
                ProblemLine(problem: model.isFilling ? nil : model.problem)
            }
        }
    }

    @ViewBuilder private var meanwhile: some View {
        ByNameSection(persona: persona, model: model)
        if let list = model.providers.first(where: { $0.provider == "opml" }) {
            Section {
                NavigationLink(LocalizedStringKey(list.wordKey)) {
                    ProviderScreen(persona: persona, model: model, provider: list)
                }
            }
        }
    }
}

/// A beginning by the person's name at ListenBrainz.
private struct ByNameSection: View {
    let persona: Persona
    @Bindable var model: BringModel

    var body: some View {
        Section {
            TextField("history_bring_name", text: $model.name).field(.plain).autocorrectionDisabled()
                .disabled(model.isFilling)
            if model.isFilling {
                ProgressView().accessibilityLabel("common_working_a11y")
                Button("history_bring_fill_stop", role: .cancel) { model.stop() }
            } else {
                Button("history_bring_fill", systemImage: "network") { Task { await model.begin() } }
                    .disabled(!model.mayFill)
                if model.isStopped { Text("history_bring_fill_stopped") }
                if let word = model.emptyWord { Text(LocalizedStringKey(word)) }
            }
            if let fill = model.fill, fill.read > 0 { Text(Words.plural("history_bring_read", fill.read)) }
            if let batch = model.fill?.batch, !model.isFilling {
                NavigationLink("history_accounts_open") { PenScreen(persona: persona, number: batch) }
            }
        } header: {
            Text("history_bring_meanwhile")
        } footer: {
            Text("history_bring_name_text")
        }
    }
}
