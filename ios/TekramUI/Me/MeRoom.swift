// Me: the profile, what it holds, how it is unlocked, what it told whom, and the way out with everything.
import SwiftUI
import TekramCore
import TekramKit

/// me_home.
struct MeRoom: View {
    private let app: AppModel
    private let persona: Persona
    @State private var model: MeModel
    @State private var newName = ""
    @State private var renames = false
    @Environment(\.phone) private var phone

    init(app: AppModel, persona: Persona) {
        self.app = app
        self.persona = persona
        _model = State(initialValue: MeModel(app: app, persona: persona))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "me_loading", offline: "me_offline_text", locked: "me_locked_text",
            retry: { model.load() }
        ) {
            list
        } empty: {
            EmptyPane("me_empty_title", text: "me_error_text", systemImage: "person.crop.circle")
        }
        .task { await model.follow() }
        .navigationDestination(for: MePlace.self) { place in
            MePlaceView(place: place, app: app, persona: persona)
        }
        .alert("me_profile_rename", isPresented: $renames) {
            TextField("me_profile_name_label", text: $newName)
            Button("common_cancel", role: .cancel) {}
            Button("common_rename") { model.rename(newName) }.disabled(model.isBlank(newName))
        }
        .accessibilityIdentifier("me_home")
    }

    private var list: some View {
        List {
            if model.recoveryDuty != .none {
                Section {
                    NavigationLink(value: MePlace.words) {
                        VStack(alignment: .leading, spacing: Theme.near) {
                            Label("me_words_ask_title", systemImage: "exclamationmark.shield").font(.headline)
                            Text(model.recoveryDuty == .ask ? "me_words_third_day" : "me_words_ask_text").font(.callout)
                        }
                    }
                }
            }
            Section("me_profile") {
                Button {
                    newName = model.name
                    renames = true
                } label: {
                    LabeledContent("me_profile_name_label", value: model.name)
                }
                .accessibilityHint("me_profile_rename")
                NavigationLink(value: MePlace.face) {
                    Label {
                        Text("me_face_title")
                    } icon: {
                        ProfileMark(colour: model.face?.colour, picture: model.face?.avatar)
                    }
                }
                NavigationLink(value: MePlace.profiles) { Label("me_profiles", systemImage: "person.2.circle") }
                Button("me_lock", systemImage: "lock") { model.lock() }
                    .accessibilityLabel("me_lock_a11y")
                ProblemLine(problem: model.problem)
            }
            if let holdings = model.holdings { HoldingsSection(holdings: holdings) }
            Section {
                NavigationLink(value: MePlace.keep) {
                    VStack(alignment: .leading, spacing: 2) {
                        Label("keep_title", systemImage: "archivebox")
                        if model.waiting > 0 {
                            Text(Words.plural("keep_waiting", model.waiting)).font(.callout)
                        } else {
                            Text("keep_kinds").font(.footnote).foregroundStyle(.secondary)
                        }
                    }
                    .accessibilityElement(children: .combine)
                }
            }
            Section("me_safety") {
                NavigationLink(value: MePlace.ways) { Label("me_ways_title", systemImage: "key") }
                NavigationLink(value: MePlace.words) { Label("me_words_title", systemImage: "list.number") }
                    .badge(model.recoveryDuty == .none ? 0 : 1)
                NavigationLink(value: MePlace.locking) { Label("me_locking_title", systemImage: "lock.rotation") }
                NavigationLink(value: MePlace.backup) {
                    Label("me_backup_title", systemImage: "externaldrive.badge.timemachine")
                }
                NavigationLink(value: MePlace.check) { Label("me_check_title", systemImage: "checkmark.shield") }
            }
            Section {
                NavigationLink(value: MePlace.audit) { Label("me_audit_title", systemImage: "eye") }
                NavigationLink(value: MePlace.shared) { Label("me_shared_title", systemImage: "paperplane") }
                NavigationLink(value: MePlace.networks) { Label("me_networks_title", systemImage: "network") }
                NavigationLink(value: MePlace.export) { Label("me_export_title", systemImage: "square.and.arrow.up") }
                NavigationLink(value: MePlace.leave) { Label("me_leave_title", systemImage: "shippingbox") }
            }
            Section {
                if phone != nil {
                    NavigationLink(value: MePlace.phone) { Label("me_phone_title", systemImage: "iphone") }
                }
                NavigationLink(value: MePlace.about) { Label("me_about", systemImage: "info.circle") }
            }
        }
    }
}

/// What the vault holds, in numbers.
private struct HoldingsSection: View {
    let holdings: Holdings

    var body: some View {
        Section("me_holdings") {
            Text(Words.plural("me_holdings_listens", holdings.listens))
            Text(Words.plural("me_holdings_statements", holdings.statements))
            Text(Words.plural("me_holdings_intents", holdings.intents))
            Text(Words.plural("me_holdings_agreements", holdings.agreements))
        }
    }
}

/// Screens behind me_home.
enum MePlace: Hashable {
    case profiles, face, keep, ways, words, newKey, locking, backup, check, audit, export, leave, shared, networks,
        phone, about
}

/// Opens a screen behind me_home.
private struct MePlaceView: View {
    let place: MePlace
    let app: AppModel
    let persona: Persona

    var body: some View {
        switch place {
        case .profiles: ProfilesScreen(app: app, persona: persona)
        case .ways: WaysScreen(persona: persona)
        case .words: RecoveryScreen(persona: persona)
        case .face: FaceScreen(persona: persona)
        case .keep: KeepScreen(persona: persona)
        case .newKey: KeyChangeScreen(persona: persona)
        case .locking: LockRulesScreen(persona: persona)
        case .backup: BackupScreen(persona: persona)
        case .check: CheckScreen(persona: persona)
        case .audit: AuditScreen(persona: persona)
        case .leave: LeaveScreen(persona: persona)
        case .export: ExportScreen(persona: persona)
        case .shared: SharedScreen(persona: persona)
        case .networks: NetworksScreen(app: app, persona: persona)
        case .phone: PhonePlace(app: app, persona: persona)
        case .about: AboutScreen(edition: app.edition)
        }
    }
}
