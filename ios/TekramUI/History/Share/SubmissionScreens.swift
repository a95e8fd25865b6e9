// The servers that listens are sent to, each with what of the log goes there and how far it has come; and adding one.
import SwiftUI
import TekramCore
import TekramKit

/// history_share_submission.
struct SubmissionScreen: View {
    @State private var model: SubmissionModel
    @State private var isAdding = false

    init(persona: Persona) {
        _model = State(initialValue: SubmissionModel(persona: persona))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.load() }
        ) {
            Form {
                Section {
                    Button("history_submission_add", systemImage: "plus") { isAdding = true }
                    ProblemLine(problem: model.problem, text: model.problem?.placeText)
                } header: {
                    Text("history_submission_text").textCase(nil)
                } footer: {
                    Text("history_submission_never")
                }
                ForEach(model.servers, id: \.server) { server in ServerSection(model: model, server: server) }
            }
            .formStyle(.grouped)
        } empty: {
            EmptyPane("history_submission_title", text: "history_submission_text", systemImage: "paperplane") {
                Button("history_submission_add") { isAdding = true }
            }
        }
        .navigationTitle("history_submission_title")
        .smallTitle()
        .task { await model.follow() }
        .sheet(isPresented: $isAdding, onDismiss: { model.forget() }) {
            NavigationStack { AddServerScreen(model: model) { isAdding = false } }
        }
        .accessibilityIdentifier("history_share_submission")
    }
}

private struct ServerSection: View {
    @Bindable var model: SubmissionModel
    let server: SubmissionServer

    var body: some View {
        Section {
            if !server.userName.isEmpty { Text(Words.text("history_submission_as", server.userName)) }
            if server.inHomeNetwork { Label("history_accounts_home", systemImage: "house") }
            Toggle(isOn: $model[sendsTo: server.server]) {
                VStack(alignment: .leading, spacing: 2) {
                    Text("history_submission_on")
                    Text(Words.text("history_submission_from", Moments.day(server.fromMs)))
                        .font(.footnote).foregroundStyle(.secondary)
                }
            }
            Toggle("history_submission_playing", isOn: $model[tellsPlayingTo: server.server])
            Text("history_submission_sources")
            ForEach(model.sources(for: server), id: \.self) { source in
                Toggle(isOn: $model[source, to: server.server]) { Text(verbatim: sourceName(source)) }
            }
            counts
            if model.working == server.server {
                if let submitted = model.submitted { Text(Words.plural("history_submission_sent", submitted.sent)) }
                ProgressView().accessibilityLabel("common_working_a11y")
                Button("common_stop", role: .cancel) { model.stop() }
            } else {
                Button("history_submission_go", systemImage: "paperplane") {
                    Task { await model.submit(server.server) }
                }
                .disabled(model.working != nil || !server.isOn)
                Button("history_submission_remove", role: .destructive) { model.remove(server.server) }
                    .disabled(model.working != nil)
            }
        } header: {
            Text(verbatim: server.url).textCase(nil)
        }
        .accessibilityIdentifier("server_\(server.server)")
    }

    @ViewBuilder private var counts: some View {
        Text(Words.plural("history_submission_sent", server.sent))
        if server.refused > 0 { Text(Words.plural("history_submission_refused", server.refused)) }
        if server.onTheWay > 0 { Text(Words.plural("history_submission_waiting", server.onTheWay)) }
        if let last = server.lastSentMs { Text(Words.text("history_submission_last", Moments.dayAndTime(last))) }
        if let wait = server.waitUntilMs { Text(Words.text("history_accounts_wait", Moments.dayAndTime(wait))) }
        if let name = server.problem {
            ProblemLine(problem: Problem(ofHistory: name), text: Problem(ofHistory: name).placeText)
        }
    }
}

/// history_share_server.
private struct AddServerScreen: View {
    @Bindable var model: SubmissionModel
    let done: () -> Void

    var body: some View {
        Form {
            Section {
                PassphraseField("history_submission_token", text: $model.token)
            } header: {
                Text("history_submission_add_text").textCase(nil)
            }
            ServerSections(url: $model.url, inHomeNetwork: $model.inHomeNetwork)
            Section {
                MainButton(title: "history_accounts_go", isBusy: model.isAdding) {
                    Task { if await model.add() { done() } }
                }
                .disabled(!model.mayAdd)
                ProblemLine(problem: model.problem, text: model.problem?.placeText)
                Button("common_cancel", role: .cancel) { done() }
            }
        }
        .formStyle(.grouped)
        .navigationTitle("history_submission_add")
        .smallTitle()
        .accessibilityIdentifier("history_share_server")
    }
}
