// Where backups go, how old the last one is, and making one now.
import SwiftUI
import TekramCore
import TekramKit
import UniformTypeIdentifiers

/// me_backup.
struct BackupScreen: View {
    @State private var model: BackupModel
    @State private var isChoosing = false
    @State private var asksToForget = false

    init(persona: Persona) {
        _model = State(initialValue: BackupModel(persona: persona))
    }

    var body: some View {
        PhasePane(phase: shownPhase, loading: "me_loading", locked: "me_locked_text", retry: { model.load() }) {
            Form {
                if let plan = model.plan {
                    AgeSection(model: model, plan: plan)
                    place(plan)
                } else {
                    Section {
                        Label("me_backup_none", systemImage: "exclamationmark.shield")
                    } footer: {
                        Text("me_backup_text")
                    }
                }
                choices
                Section { ProblemLine(problem: model.problem, text: model.problem?.placeText) }
            }
            .formStyle(.grouped)
        } empty: {
            EmptyView()
        }
        .navigationTitle("me_backup_title")
        .smallTitle()
        .task { await model.follow() }
        .fileImporter(isPresented: $isChoosing, allowedContentTypes: [.folder]) { chosen in
            if case .success(let folder) = chosen { model.use(folder) }
        }
        .navigationDestination(isPresented: $model.isTypingServer) { BackupServerScreen(model: model) }
        .confirmationDialog("me_backup_forget_title", isPresented: $asksToForget, titleVisibility: .visible) {
            Button("me_backup_forget", role: .destructive) { model.forgetPlace() }
            Button("common_cancel", role: .cancel) {}
        } message: {
            Text("me_backup_forget_text")
        }
        .accessibilityIdentifier("me_backup")
    }

    /// Without a place there is something to choose all the same.
    private var shownPhase: Phase { model.phase == .empty ? .ready : model.phase }

    private func place(_ plan: BackupPlan) -> some View {
        Section("me_backup_place") {
            LabeledContent(LocalizedStringKey(plan.kindKey), value: plan.place)
            Toggle(isOn: $model.isDaily) {
                VStack(alignment: .leading) {
                    Text("me_backup_daily")
                    Text("me_backup_daily_text").font(.footnote).foregroundStyle(.secondary)
                }
            }
            Button("me_backup_forget", role: .destructive) { asksToForget = true }
        }
        .disabled(model.work.isRunning)
    }

    private var choices: some View {
        Section {
            Button("me_backup_choose_folder", systemImage: "folder") { isChoosing = true }
            Button("me_backup_choose_server", systemImage: "server.rack") { model.isTypingServer = true }
        } footer: {
            Text("me_backup_choose_folder_text")
        }
        .disabled(model.work.isRunning)
    }
}

/// How old the last backup is, what went wrong with the last try, and making one.
private struct AgeSection: View {
    let model: BackupModel
    let plan: BackupPlan

    var body: some View {
        Section {
            Label(model.age(), systemImage: model.isOld() ? "exclamationmark.shield" : "clock.arrow.circlepath")
                .font(.headline)
            if let last = plan.lastText { Text(last).font(.footnote).foregroundStyle(.secondary) }
            if model.isOld() { Text("me_backup_old").foregroundStyle(.red) }
            if model.work.problem == nil, let name = plan.lastProblem {
                if !model.mustChooseFolderAnew { Text("me_backup_problem") }
                ProblemLine(problem: Problem(name: name), text: Problem(name: name).placeText)
            }
            if model.made != nil { Label("me_backup_done", systemImage: "checkmark.circle") }
            WorkRows(
                work: model.work, doing: "me_backup_working", problemText: model.work.problem?.placeText)
            MainButton(title: "me_backup_now", isBusy: model.work.isRunning) { Task { await model.backUp() } }
        } footer: {
            Text(model.hasWords ? "me_backup_text" : "me_backup_no_words")
        }
    }
}

/// me_backup_server.
private struct BackupServerScreen: View {
    @Bindable var model: BackupModel

    var body: some View {
        Form {
            ServerFields(
                address: $model.serverAddress, user: $model.serverUser, password: $model.serverPassword,
                inHomeNetwork: $model.serverInHomeNetwork)
            Section {
                MainButton(title: "me_backup_server_go", isBusy: model.isTrying) { Task { await model.useServer() } }
                    .disabled(!model.mayTryServer)
                ProblemLine(problem: model.problem, text: model.problem?.placeText)
            }
        }
        .formStyle(.grouped)
        .navigationTitle("me_backup_server_title")
        .smallTitle()
        .onDisappear { model.forget() }
        .accessibilityIdentifier("me_backup_server")
    }
}

/// A folder on a WebDAV server, as it is typed.
struct ServerFields: View {
    @Binding var address: String
    @Binding var user: String
    @Binding var password: String
    @Binding var inHomeNetwork: Bool

    var body: some View {
        Section {
            TextField("me_backup_server_url", text: $address).field(.url).autocorrectionDisabled()
            TextField("me_backup_server_user", text: $user).field(.plain).autocorrectionDisabled()
            PassphraseField("me_backup_server_password", text: $password)
        } header: {
            Text("me_backup_server_text").textCase(nil)
        } footer: {
            Text("me_backup_server_hint")
        }
        Section {
            Toggle("me_backup_server_home", isOn: $inHomeNetwork)
        } footer: {
            VStack(alignment: .leading, spacing: 4) {
                Text("me_backup_server_home_text")
                if inHomeNetwork { Text("me_backup_server_home_ios") }
            }
        }
    }
}
