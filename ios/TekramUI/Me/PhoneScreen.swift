// What belongs to the phone and not to a profile: what it notes of the Music app, when it speaks up, what stands on the
// lock screen, the proxy. Me and History lead here.
import SwiftUI
import TekramCore
import TekramKit

/// me_phone where a device is around the screens; else the players that the profile knows of.
struct PhonePlace: View {
    let app: AppModel
    let persona: Persona
    @Environment(\.phone) private var phone

    var body: some View {
        if let phone {
            PhoneScreen(app: app, persona: persona, phone: phone)
        } else {
            CaptureScreen(persona: persona)
        }
    }
}

/// me_phone.
struct PhoneScreen: View {
    private let persona: Persona
    @State private var model: PhoneModel
    @Environment(\.scenePhase) private var scenePhase

    init(app: AppModel, persona: Persona, phone: any Phone) {
        self.persona = persona
        _model = State(initialValue: PhoneModel(app: app, persona: persona, phone: phone))
    }

    var body: some View {
        Form {
            MusicSection(persona: persona, model: model)
            NoticesSection(model: model)
            Section {
                Switch("me_notifications_lock_screen", isOn: model.showsAmounts) { on in
                    await model.showAmounts(on)
                    return model.showsAmounts
                }
            } footer: {
                Text("me_notifications_lock_screen_text")
            }
            ProxySection(model: model)
        }
        .formStyle(.grouped)
        .navigationTitle("me_phone_title")
        .smallTitle()
        .task { await model.load() }
        .onChange(of: scenePhase) { _, phase in
            // The person may come back from the device's settings.
            if phase == .active { Task { await model.load() } }
        }
        .accessibilityIdentifier("me_phone")
    }
}

/// What Music plays, and which players the profile keeps.
private struct MusicSection: View {
    let persona: Persona
    let model: PhoneModel

    var body: some View {
        Section {
            Switch("history_capture_music_ios", isOn: model.notesMusic) { on in
                await model.noteMusic(on)
                return model.notesMusic
            }
            if model.musicLeave == .refused {
                Text("history_capture_refused_ios").font(.callout)
                Button("common_open_settings") { model.openSettings() }
            }
            if let other = model.otherNotes { Text(Words.text("history_capture_other_ios", other)).font(.callout) }
            NavigationLink("history_capture_apps") { CaptureScreen(persona: persona) }
            ProblemLine(problem: model.problem)
        } header: {
            Text("history_capture_title")
        } footer: {
            Text("history_capture_text_ios")
        }
    }
}

/// What the app says by itself, and that iOS decides when.
private struct NoticesSection: View {
    let model: PhoneModel

    var body: some View {
        Section {
            Switch("me_notifications_offer", isOn: model.tellsOfOffers) { on in
                await model.tellOfOffers(on)
                return model.tellsOfOffers
            }
            Switch("me_notifications_statement", isOn: model.remindsOfSplit) { on in
                await model.remindOfSplit(on)
                return model.remindsOfSplit
            }
            Switch("me_notifications_history", isOn: model.remindsOfHistories) { on in
                await model.remindOfHistories(on)
                return model.remindsOfHistories
            }
            if model.noticeLeave == .refused {
                Text("me_notifications_blocked").font(.callout)
                Button("common_open_settings") { model.openSettings() }
            }
        } header: {
            Text("me_notifications")
        } footer: {
            VStack(alignment: .leading, spacing: Theme.near) {
                Text("me_notifications_text")
                Text("want_offers_woken_ios")
                Text("want_offers_until_lock_ios")
            }
        }
    }
}

/// Where everything goes through from the next start on.
private struct ProxySection: View {
    @Bindable var model: PhoneModel

    var body: some View {
        Section {
            TextField("me_proxy_address", text: $model.typedProxy)
                .field(.url)
                .autocorrectionDisabled()
                // An address reads from left to right in every language.
                .environment(\.layoutDirection, .leftToRight)
                .onSubmit { model.keepProxy() }
            if model.isProxyWrong {
                Label("me_proxy_wrong", systemImage: "exclamationmark.triangle").foregroundStyle(.red).font(.callout)
            }
            if model.isProxyKept { Text("me_proxy_next_start").font(.callout) }
            Button("common_save") { model.keepProxy() }.disabled(model.typedProxy.isEmpty)
            if model.hasProxy { Button("me_proxy_stop") { model.stopProxy() } }
        } header: {
            Text("me_proxy")
        } footer: {
            Text("me_proxy_hint")
        }
    }
}

/// A switch whose turning takes a while or may be refused: in the end it shows what holds, not what was tapped.
private struct Switch: View {
    let title: LocalizedStringKey
    let holds: Bool
    /// Turns it, and says what holds then.
    let turn: @MainActor (Bool) async -> Bool
    @State private var isOn = false

    init(_ title: LocalizedStringKey, isOn: Bool, turn: @escaping @MainActor (Bool) async -> Bool) {
        self.title = title
        holds = isOn
        self.turn = turn
    }

    var body: some View {
        Toggle(title, isOn: $isOn)
            .onChange(of: holds, initial: true) { _, now in isOn = now }
            .onChange(of: isOn) { _, wanted in
                // What the model says by itself is no tap.
                if wanted != holds { Task { isOn = await turn(wanted) } }
            }
    }
}
