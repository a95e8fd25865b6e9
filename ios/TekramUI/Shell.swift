// The root of the app: first run, lock, or the five rooms of one open profile. On narrow screens the rooms are tabs,
// on wide ones a list beside what it shows. While the app is not seen, its content is covered. What was asked from
// outside opens its room, once a profile is open.
import SwiftUI
import TekramCore
import TekramKit

/// One of the five rooms.
public enum Room: String, CaseIterable, Hashable, Identifiable, Sendable {
    case history, pay, want, relations, me

    /// The room itself.
    public var id: Room { self }

    var title: LocalizedStringKey { LocalizedStringKey(titleKey) }

    var titleKey: String {
        switch self {
        case .history: "common_tab_history"
        case .pay: "common_tab_pay"
        case .want: "common_tab_want"
        case .relations: "common_tab_relations"
        case .me: "common_tab_me"
        }
    }

    var systemImage: String {
        switch self {
        case .history: "clock"
        case .pay: "chart.pie"
        case .want: "megaphone"
        case .relations: "person.2"
        case .me: "person.crop.circle"
        }
    }
}

/// The whole app.
public struct Shell: View {
    private let app: AppModel
    private let presence: (any TekramKit.Presence)?
    @Environment(\.scenePhase) private var scenePhase
    @Environment(\.phone) private var phone

    /// Shows `app`.
    public init(app: AppModel, presence: (any TekramKit.Presence)? = nil) {
        self.app = app
        self.presence = presence
    }

    /// What `app` is at.
    public var body: some View {
        Group {
            switch app.phase {
            case .firstRun:
                Entrance(app: app, presence: presence)
            case .locked(let personas):
                Entrance(app: app, presence: presence, personas: personas).id(personas.map(\.id))
            case .open(let persona):
                RoomsView(app: app, persona: persona).id(persona.id())
            case .failed(let problem):
                ErrorPane(problem: problem) { app.reload() }
            }
        }
        .environment(\.presence, presence)
        .background {
            if let asks = phone?.asks { RefusedLink(asks: asks) }
        }
        .overlay {
            if scenePhase != .active { Cover() }
        }
        .onChange(of: scenePhase) { _, phase in
            switch phase {
            case .background: app.hidden()
            case .active: app.shown()
            default: break
            }
        }
    }
}

/// Says that a link was followed which the app does nothing with.
private struct RefusedLink: View {
    @Bindable var asks: AskQueue

    var body: some View {
        Color.clear.alert("common_link_refused", isPresented: $asks.isLinkRefused) {
            Button("common_ok") {}
        }
    }
}

/// First run or lock; keeps what is typed while it is shown.
private struct Entrance: View {
    let app: AppModel
    let personas: [PersonaEntry]
    @State private var model: StartModel

    init(app: AppModel, presence: (any TekramKit.Presence)?, personas: [PersonaEntry] = []) {
        self.app = app
        self.personas = personas
        _model = State(initialValue: StartModel(app: app, presence: presence))
    }

    var body: some View {
        if personas.isEmpty {
            StartScreen(model: model)
        } else {
            LockScreen(
                model: model, personas: personas, lockedItself: app.lockedItself, undeleted: app.undeleted)
        }
    }
}

/// Hides the content in the app switcher.
private struct Cover: View {
    var body: some View {
        Rectangle()
            .fill(.background)
            .overlay { Image(systemName: "lock").font(.largeTitle).foregroundStyle(.secondary) }
            .ignoresSafeArea()
            .accessibilityElement()
            .accessibilityLabel("common_covered_a11y")
    }
}

/// The rooms of one open profile.
struct RoomsView: View {
    let app: AppModel
    let persona: Persona
    @State private var room = Room.history
    @State private var duty: DutyModel
    @State private var daily: DailyBackup
    @Environment(\.horizontalSizeClass) private var width
    @Environment(\.phone) private var phone
    @Environment(\.scenePhase) private var scenePhase

    init(app: AppModel, persona: Persona) {
        self.app = app
        self.persona = persona
        _duty = State(initialValue: DutyModel(persona: persona))
        _daily = State(initialValue: DailyBackup(persona: persona))
    }

    var body: some View {
        rooms
            .onTouch { app.touched() }
            .task { await duty.follow() }
            .task { await daily.follow() }
            .task { if let phone { await SplitFollower(persona: persona, phone: phone).follow() } }
            .task { if let phone { await RequestFollower(persona: persona, phone: phone).follow() } }
            .onChange(of: scenePhase) { _, phase in
                if phase == .active {
                    duty.load()
                    Task { await daily.backUpIfDue() }
                }
            }
            .task(id: phone?.asks.waiting.count ?? 0) { take() }
            .onChange(of: app.ask) { take() }
    }

    /// Opens the room of the next ask; the room fills in its screen from `app.ask`.
    private func take() {
        guard app.ask == nil, let ask = phone?.asks.take() else { return }
        switch ask {
        case .payMaker: room = .pay
        case .want, .storeCard: room = .want
        case .room(let asked): room = Room(rawValue: asked.rawValue) ?? room
        }
        if case .room = ask { return }
        app.ask = ask
    }

    @ViewBuilder private var rooms: some View {
        if width == .regular {
            NavigationSplitView {
                List(selection: chosen) {
                    ForEach(Room.allCases) { room in
                        label(room).badge(waiting(in: room)).tag(room)
                    }
                }
                .navigationTitle("common_app_name")
            } detail: {
                // Each room has a path of its own.
                RoomView(room: room, app: app, persona: persona).id(room)
            }
        } else {
            TabView(selection: $room) {
                ForEach(Room.allCases) { room in
                    RoomView(room: room, app: app, persona: persona)
                        .tabItem { label(room) }
                        .badge(waiting(in: room))
                        .tag(room)
                }
            }
        }
    }

    @ViewBuilder private func label(_ room: Room) -> some View {
        if waiting(in: room) > 0 {
            Label(room.title, systemImage: room.systemImage)
                .accessibilityLabel(Words.text("common_tab_waiting_a11y", Words.text(room.titleKey)))
        } else {
            Label(room.title, systemImage: room.systemImage)
        }
    }

    /// How many things wait for the person there.
    private func waiting(in room: Room) -> Int { room == .me && duty.isDue ? 1 : 0 }

    /// The list can show nothing as chosen; the detail always shows a room.
    private var chosen: Binding<Room?> {
        Binding($room)
    }
}

/// One room with its own navigation.
struct RoomView: View {
    let room: Room
    let app: AppModel
    let persona: Persona

    var body: some View {
        NavigationStack {
            content.navigationTitle(room.title)
        }
    }

    @ViewBuilder private var content: some View {
        switch room {
        case .history: HistoryRoom(app: app, persona: persona)
        case .pay: PayRoom(app: app, persona: persona)
        case .want: WantRoom(app: app, persona: persona)
        case .relations: RelationsRoom(app: app, persona: persona)
        case .me: MeRoom(app: app, persona: persona)
        }
    }
}
