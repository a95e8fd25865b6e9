// What belongs to the phone and not to a profile: what it notes of the Music app, when it speaks up, what stands on the
// lock screen, the proxy of the next start. Only the players that a profile is told of are the profile's own.
import Foundation
import Observation
import TekramCore

/// me_phone.
@MainActor
@Observable
public final class PhoneModel {
    /// The one player that iOS shows to an app, by the name that the core's list of allowed players has for it.
    public nonisolated static let player = "Music"

    /// Whether the app may see what Music plays.
    public private(set) var musicLeave: Leave = .notAsked
    /// Whether this profile notes what Music plays.
    public private(set) var notesMusic = false
    /// Name of another profile that notes it; only one can.
    public private(set) var otherNotes: String?
    /// Whether the app may speak up.
    public private(set) var noticeLeave: Leave = .notAsked
    /// Whether it says that an offer has come.
    public private(set) var tellsOfOffers = false
    /// Whether it says that a month's split is ready.
    public private(set) var remindsOfSplit = false
    /// Whether it says that a history which was asked for should be ready.
    public private(set) var remindsOfHistories = false
    /// Whether amounts may stand on the widget and the lock screen.
    public private(set) var showsAmounts = false
    /// The proxy's address, as it is typed.
    public var typedProxy = "" {
        didSet { if typedProxy != oldValue { (isProxyWrong, isProxyKept) = (false, false) } }
    }
    /// What was typed is not the address of a proxy.
    public private(set) var isProxyWrong = false
    /// It holds from the next start on.
    public private(set) var isProxyKept = false
    /// Why a switch did not turn.
    public private(set) var problem: Problem?

    private let app: AppModel
    private let persona: Persona
    private let phone: any Phone

    /// For the open profile of `app` on `phone`.
    public init(app: AppModel, persona: Persona, phone: any Phone) {
        self.app = app
        self.persona = persona
        self.phone = phone
        typedProxy = phone.proxyOfNextStart ?? ""
    }

    /// A proxy is set for the next start.
    public var hasProxy: Bool { phone.proxyOfNextStart != nil }

    /// Reads what the phone says; also after the person was in its settings.
    public func load() async {
        musicLeave = phone.mayNoteMusic
        noticeLeave = await phone.maySpeakUp()
        tellsOfOffers = phone.tellsOfOffers
        remindsOfSplit = phone.remindsOfSplit
        remindsOfHistories = phone.remindsOfHistories && noticeLeave == .given
        showsAmounts = phone.isWidgetAllowed
        readMusic()
    }

    /// Begins or ends noting what Music plays, for this profile.
    public func noteMusic(_ on: Bool) async {
        do {
            problem = nil
            // The profile first: a player that is followed and not kept would be heard for nothing.
            if on { try persona.setCaptureApp(app: Self.player, allowed: true) }
            musicLeave = await phone.noteMusic(for: on ? persona.id() : nil)
            if on && musicLeave != .given { _ = await phone.noteMusic(for: nil) }
            if !on || musicLeave != .given { try persona.setCaptureApp(app: Self.player, allowed: false) }
        } catch {
            problem = Problem(error)
        }
        readMusic()
    }

    /// Asks whether the app may speak up; the system does it once.
    public func askToSpeakUp() async { noticeLeave = await phone.askToSpeakUp() }

    /// Says that an offer has come, or no longer.
    public func tellOfOffers(_ on: Bool) async {
        if on { await askToSpeakUp() }
        phone.tellsOfOffers = on && noticeLeave == .given
        tellsOfOffers = phone.tellsOfOffers
    }

    /// Says that a month's split is ready, or no longer.
    public func remindOfSplit(_ on: Bool) async {
        if on { await askToSpeakUp() }
        await phone.remindOfSplit(on && noticeLeave == .given)
        remindsOfSplit = phone.remindsOfSplit
    }

    /// Says that a history which was asked for should be ready, or no longer.
    public func remindOfHistories(_ on: Bool) async {
        if on { await askToSpeakUp() }
        await phone.remindOfHistories(on && noticeLeave == .given)
        remindsOfHistories = phone.remindsOfHistories
    }

    /// Shows amounts on the widget and the lock screen, or no longer.
    public func showAmounts(_ on: Bool) async {
        phone.isWidgetAllowed = on
        showsAmounts = phone.isWidgetAllowed
        await SplitFollower(persona: persona, phone: phone).show()
    }

    /// Keeps the proxy that was typed for the next start.
    public func keepProxy() {
        guard let proxy = Edition.proxy(typed: typedProxy) else {
            isProxyWrong = true
            return
        }
        phone.proxyOfNextStart = proxy
        (isProxyWrong, isProxyKept) = (false, true)
    }

    /// Goes without a proxy from the next start on.
    public func stopProxy() {
        phone.proxyOfNextStart = nil
        typedProxy = ""
        (isProxyWrong, isProxyKept) = (false, true)
    }

    /// Opens the device's settings of this app.
    public func openSettings() { phone.openSettings() }

    private func readMusic() {
        notesMusic = phone.musicProfile == persona.id() && musicLeave == .given
        do {
            let other = phone.musicProfile.flatMap { $0 == persona.id() ? nil : $0 }
            otherNotes = try app.personas().first { $0.id == other }?.shownName
        } catch {
            problem = Problem(error)
        }
    }
}
