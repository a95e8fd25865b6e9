// The accounts that a history is fetched from, and adding one: the service first, then who the person is there.
import SwiftUI
import TekramCore
import TekramKit

/// history_accounts.
struct AccountsScreen: View {
    private let persona: Persona
    @State private var model: HistoryAccountsModel
    @State private var isAdding = false

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: HistoryAccountsModel(persona: persona))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "history_loading", locked: "history_locked_text", retry: { model.load() }
        ) {
            Form {
                Section {
                    Button("history_accounts_add", systemImage: "plus") { isAdding = true }
                    ProblemLine(problem: model.problem, text: model.problem?.placeText)
                } header: {
                    Text("history_accounts_text").textCase(nil)
                }
                ForEach(model.accounts, id: \.account) { account in
                    AccountSection(persona: persona, model: model, account: account)
                }
            }
            .formStyle(.grouped)
        } empty: {
            EmptyPane("history_accounts_title", text: "history_accounts_text", systemImage: "network") {
                Button("history_accounts_add") { isAdding = true }
            }
        }
        .navigationTitle("history_accounts_title")
        .smallTitle()
        .task { await model.follow() }
        .onDisappear { model.left() }
        .sheet(isPresented: $isAdding, onDismiss: { model.forget() }) {
            NavigationStack { AddAccountScreen(model: model) { isAdding = false } }
        }
        .accessibilityIdentifier("history_accounts")
    }
}

/// An account: when it was asked, what it said, and asking it now.
private struct AccountSection: View {
    let persona: Persona
    let model: HistoryAccountsModel
    let account: HistoryAccount

    var body: some View {
        Section {
            Text(verbatim: account.url).font(.footnote).foregroundStyle(.secondary)
            if account.inHomeNetwork { Label("history_accounts_home", systemImage: "house") }
            state
            if model.working == account.account {
                ProgressView().accessibilityLabel("common_working_a11y")
                Button("common_stop", role: .cancel) { model.stop() }
            } else {
                Button(isWatched ? "history_accounts_watch" : "history_accounts_pull", systemImage: "arrow.clockwise") {
                    Task { await model.fetch(account) }
                }
                .disabled(model.working != nil)
                if let batch = account.batch {
                    NavigationLink("history_accounts_open") { PenScreen(persona: persona, number: batch) }
                }
                Button("history_accounts_remove", role: .destructive) { model.remove(account.account) }
                    .disabled(model.working != nil)
            }
        } header: {
            Text(Words.text("history_accounts_of", name, account.user))
        }
        .accessibilityIdentifier("account_\(account.account)")
    }

    private var isWatched: Bool { account.kind == .subsonic }

    private var name: String {
        account.kind.map { Words.text("history_accounts_\($0.word)") } ?? Words.text("common_unknown")
    }

    private var said: AccountSaid? { model.said?.account == account.account ? model.said : nil }

    @ViewBuilder private var state: some View {
        if let pulled = said?.pulled {
            Text(Words.plural("history_accounts_read", pulled.read))
            Text(Words.plural("history_pen_new", pulled.newRecords))
            if pulled.duplicates > 0 { Text(Words.plural("history_pen_duplicates", pulled.duplicates)) }
            if pulled.refused > 0 { Text(Words.plural("history_pen_refused", pulled.refused)) }
        }
        if let watched = said?.watched { Text(Words.plural("history_accounts_watched", watched.newListens)) }
        if model.working != account.account {
            if let problem = said?.problem ?? account.problem.map({ Problem(ofHistory: $0) }) {
                ProblemLine(problem: problem, text: problem.placeText)
            } else if let last = account.lastMs {
                Text(Words.text("history_accounts_last", Moments.dayAndTime(last)))
            } else {
                Text("history_accounts_never")
            }
            if let next = account.nextMs { Text(Words.text("history_accounts_wait", Moments.dayAndTime(next))) }
        }
    }
}

/// history_accounts_add.
private struct AddAccountScreen: View {
    @Bindable var model: HistoryAccountsModel
    let done: () -> Void

    var body: some View {
        Form {
            Section {
                Picker("history_accounts_service", selection: $model.kind) {
                    ForEach(HistoryAccountKind.all, id: \.self) { kind in
                        Text(Words.text("history_accounts_\(kind.word)")).tag(kind)
                    }
                }
                .pickerStyle(.inline)
            } footer: {
                Text(Words.text("history_accounts_\(model.kind.word)_text"))
            }
            Section {
                TextField("history_accounts_user", text: $model.user).field(.plain).autocorrectionDisabled()
                PassphraseField("history_accounts_secret", text: $model.secret)
            } footer: {
                if !model.kind.needsSecret { Text("history_accounts_public") }
            }
            ServerSections(url: $model.url, inHomeNetwork: $model.inHomeNetwork, usualUrl: model.usualUrl)
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
        .navigationTitle("history_accounts_add")
        .smallTitle()
        .accessibilityIdentifier("history_accounts_add")
    }
}

/// Where a server is, and whether that is in the person's own network.
struct ServerSections: View {
    @Binding var url: String
    @Binding var inHomeNetwork: Bool
    /// Where it is when nothing is typed; empty when something has to be.
    var usualUrl = ""

    var body: some View {
        Section {
            TextField("me_backup_server_url", text: $url).field(.url).autocorrectionDisabled()
        } footer: {
            if !usualUrl.isEmpty { Text(Words.text("history_accounts_usual", usualUrl)) }
        }
        Section {
            Toggle("me_backup_server_home", isOn: $inHomeNetwork)
        } footer: {
            VStack(alignment: .leading, spacing: 4) {
                Text("history_accounts_home_text")
                if inHomeNetwork { Text("me_backup_server_home_ios") }
            }
        }
    }
}
