// The device around the screens, and the one place where the core is opened. Made at launch; everything in it lives as
// long as the app does.
import Foundation
import TekramCore
import TekramKit
import UIKit
import WidgetKit

@MainActor
final class TekramPhone: Phone {
    static let shared = TekramPhone()

    let asks = AskQueue()
    let presence: DevicePresence
    /// The app's root, unless the vaults' folder cannot be had: then `problem` says why.
    let app: AppModel?
    let problem: Problem?
    /// The built-in player; it plays on while everything is locked.
    let playback: PlayerModel?
    private let log: DiagnosticLog?

    private let location = CoreLocationSource()
    private let locationAsker: LocationAsker
    private let cards = StoreCardReader()
    private let inboxKey = InboxKey()
    private var capture: NowPlayingCapture?
    private let settings = PhoneSettings()

    private init() {
        // From here on a panic in the core prints nothing: its text may quote anything.
        quietPanics()
        let settings = PhoneSettings()
        let log = StoreEdition.log()
        self.log = log
        log?.note(.started)
        CoreErrors.note(in: log)
        let edition = StoreEdition.current(proxy: settings.proxy, log: log)
        let keys = PhoneKeys(log: log)
        presence = DevicePresence(keys: keys)
        locationAsker = LocationAsker(source: location)
        do {
            let folder = try VaultFolder.prepared()
            let agent = try Agent.open(
                settings: AgentSettings(
                    dataFolder: folder.path(percentEncoded: false), allow: [], proxy: edition.proxy,
                    railsOff: edition.railsOff, zone: TimeZone.current.identifier),
                keyStore: KeychainKeyStore(keys: keys), location: location, connectivity: PathConnectivity())
            app = AppModel(agent: agent, edition: edition)
            playback = PlayerModel(agent: agent, player: StreamPlayer(), isProxied: edition.proxy != nil)
            problem = nil
        } catch {
            (app, playback) = (nil, nil)
            problem = Problem(error)
        }
        // Without it, shares say that the app has to be opened first; nothing else depends on it.
        try? inboxKey.prepare()
        app?.whenLocked = { [weak self] in self?.profileClosed() }
        app?.whenDeleted = { [weak self] id in self?.forget(id) }
    }

    // MARK: From outside

    /// A link of this app was followed somewhere.
    func open(_ link: URL) {
        if !asks.open(link) { log?.note(.linkRefused) }
    }

    /// A profile was opened: what was shared meanwhile comes to its screens.
    func profileOpened() async {
        for ask in inboxKey.drain() { asks.put(ask) }
        for kind in Notices.Kind.allCases { Notices.clear(kind) }
        if let persona = app?.persona { playback?.opened(persona) }
        await resumeCapture()
    }

    /// Everything was locked. What the person let stand on the widget stays there.
    private func profileClosed() {
        OfferRefresh.cancel()
        location.forget()
        playback?.locked()
    }

    /// A profile was deleted: nothing is noted for it any more, and nothing on the phone names it.
    private func forget(_ personaId: String) {
        settings.forget(personaId)
        playback?.forget(personaId)
        if settings.musicPersona == nil { pauseCapture() }
        if app?.persona == nil {
            showOnWidget(nil)
            for kind in Notices.Kind.allCases { Notices.clear(kind) }
        }
        Task {
            await Notices.remindMonthly(settings.isReminderDue)
            await Notices.remindOfHistories(at: settings.historiesReady(after: .now))
        }
    }

    /// The app is seen.
    func appeared() async {
        OfferRefresh.cancel()
        await resumeCapture()
    }

    /// The app was left.
    func disappeared() {
        pauseCapture()
        if app?.persona != nil { OfferRefresh.ask() }
    }

    // MARK: Codes and cards

    var canScan: Bool { CodeScanner.isPossible }

    var cameraLeave: Leave { CodeScanner.leave }

    func scan() async -> String? {
        guard await CodeScanner.isReady(), let root = Self.front else {
            log?.note(.scanFailed)
            return nil
        }
        return await ScannerSheet.show(over: root)
    }

    var canReadStoreCards: Bool { StoreCardReader.isPossible }

    func readStoreCard() async -> String? {
        await cards.read(hint: Words.text("common_nfc_hint"))
    }

    // MARK: Pictures

    func choosePicture(mostBytes: Int) async throws -> Data? {
        guard let root = Self.front else { return nil }
        return try await PicturePicker.choose(over: root, mostBytes: mostBytes)
    }

    // MARK: Place

    func findPosition(exactly: Bool) async -> PlaceAnswer { await locationAsker.find(exactly: exactly) }

    // MARK: Speaking up

    func maySpeakUp() async -> Leave { await Notices.leave() }

    func askToSpeakUp() async -> Leave { await Notices.ask() }

    var tellsOfOffers: Bool {
        get { settings.tellsOfOffers }
        set { settings.tellsOfOffers = newValue }
    }

    var remindsOfSplit: Bool { settings.remindsOfSplit }

    func remindOfSplit(_ on: Bool) async {
        settings.remindsOfSplit = on
        await Notices.remindMonthly(settings.isReminderDue)
    }

    func hasSplit(_ has: Bool, profile personaId: String) async {
        if settings.hasSplit(has, profile: personaId) { await Notices.remindMonthly(settings.isReminderDue) }
    }

    var remindsOfHistories: Bool { settings.remindsOfHistories }

    func remindOfHistories(_ on: Bool) async {
        settings.remindsOfHistories = on
        await Notices.remindOfHistories(at: settings.historiesReady(after: .now))
    }

    func waits(for readyMs: [Int64], profile personaId: String) async {
        if settings.waits(for: readyMs, profile: personaId) {
            await Notices.remindOfHistories(at: settings.historiesReady(after: .now))
        }
    }

    var isWidgetAllowed: Bool {
        get { settings.isWidgetAllowed }
        set {
            settings.isWidgetAllowed = newValue
            if !newValue { showOnWidget(nil) }
        }
    }

    func showOnWidget(_ split: WidgetSplit?) {
        if let split, isWidgetAllowed {
            let lines = split.lines.prefix(WidgetSnapshot.mostLines).map {
                WidgetSnapshot.Line(name: $0.name, amount: $0.amount, part: $0.part)
            }
            try? WidgetSnapshot(month: split.month, total: split.total, lines: lines).save()
        } else {
            WidgetSnapshot.clear()
        }
        WidgetCenter.shared.reloadAllTimelines()
    }

    // MARK: Music

    var mayNoteMusic: Leave { NowPlayingCapture.leave }

    var musicProfile: String? { settings.musicPersona }

    func noteMusic(for personaId: String?) async -> Leave {
        settings.musicPersona = personaId
        await resumeCapture()
        return NowPlayingCapture.leave
    }

    func musicLibraryFile() async -> URL? {
        let file = try? LibraryExport.write(since: settings.musicLibraryRead ?? .distantPast)
        if file != nil { settings.musicLibraryRead = .now }
        return file
    }

    /// Capture works while locked: it needs the profile's id and none of its keys.
    func resumeCapture() async {
        capture?.stop()
        capture = nil
        guard let agent = app?.agent, let personaId = settings.musicPersona else { return }
        // What was noted while the profile was open, or by a run before, goes into its log.
        if let persona = app?.persona, persona.id() == personaId { _ = try? await persona.drain() }
        let begun = NowPlayingCapture(agent: agent, personaId: personaId, log: log)
        capture = begun
        await begun.start()
    }

    func pauseCapture() {
        capture?.stop()
        capture = nil
    }

    // MARK: Offers

    /// Looks for offers to open requests, as far as iOS gives time, unless it is time to lock. True when it could look.
    func lookForOffers() async -> Bool {
        guard let app else { return true }
        do {
            let came = try await app.whileAwake { persona in
                log?.note(.jobStarted)
                return try await Self.collect(persona)
            }
            guard let came else { return true }
            if came && settings.tellsOfOffers { await Notices.show(.offer) }
            log?.note(.jobFinished)
            // Until it locks, there may be another time.
            if app.isHidden && app.persona != nil { OfferRefresh.ask() }
            return true
        } catch {
            log?.note(.jobStopped, code: Int64(Problem(error).code))
            return false
        }
    }

    /// Whether an offer came to one of the open requests.
    private static func collect(_ persona: Persona) async throws -> Bool {
        var came = false
        for intent in try persona.intents() where intent.state == "open" {
            let before = try persona.offers(intent: intent.intent).offers.count
            let task = try persona.collect(intent: intent.intent, waitMs: 5_000, enough: 0)
            let found = try await withTaskCancellationHandler {
                try await task.finish()
            } onCancel: {
                task.cancel()
            }
            came = came || found.offers.count > before
        }
        return came
    }

    // MARK: Settings

    var proxyOfNextStart: String? {
        get { settings.proxy }
        set { settings.proxy = newValue }
    }

    func openSettings() {
        guard let page = URL(string: UIApplication.openSettingsURLString) else { return }
        UIApplication.shared.open(page)
    }

    private static var front: UIViewController? {
        let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
        var front = scenes.first { $0.activationState == .foregroundActive }?.keyWindow?.rootViewController
        while let over = front?.presentedViewController { front = over }
        return front
    }
}
