// A device in memory, as the person's answers make it: for view models that ask the device around the screens.
import Foundation

@testable import TekramKit

@MainActor
final class MemoryPhone: Phone {
    let asks = AskQueue()
    var canScan = false
    var cameraLeave = Leave.given
    var canReadStoreCards = false
    var card: String?

    func scan() async -> String? { card }
    func readStoreCard() async -> String? { card }

    /// What the person chooses as a picture; throws when it is none.
    var picture: Result<Data?, any Error> = .success(nil)
    func choosePicture(mostBytes: Int) async throws -> Data? { try picture.get() }

    /// What the person says about the position.
    var placeLeave = Leave.given
    var allowsExactPlace = true
    /// How each search for the position was meant.
    private(set) var searches: [Bool] = []

    func findPosition(exactly: Bool) async -> PlaceAnswer {
        searches.append(exactly)
        guard placeLeave == .given else { return .refused }
        return exactly && !allowsExactPlace ? .rough : .found
    }

    var noticeLeave = Leave.notAsked
    /// What the person answers when the system asks.
    var answer = Leave.given
    var tellsOfOffers = false
    private(set) var remindsOfSplit = false

    func maySpeakUp() async -> Leave { noticeLeave }

    func askToSpeakUp() async -> Leave {
        if noticeLeave == .notAsked { noticeLeave = answer }
        return noticeLeave
    }

    func remindOfSplit(_ on: Bool) async { remindsOfSplit = on }

    /// The profiles that have something to divide.
    private(set) var splitProfiles: Set<String> = []

    func hasSplit(_ has: Bool, profile personaId: String) async {
        if has { splitProfiles.insert(personaId) } else { splitProfiles.remove(personaId) }
    }

    private(set) var remindsOfHistories = true
    /// What the profiles wait for.
    private(set) var awaited: [String: [Int64]] = [:]

    func remindOfHistories(_ on: Bool) async { remindsOfHistories = on }
    func waits(for readyMs: [Int64], profile personaId: String) async { awaited[personaId] = readyMs }

    var isWidgetAllowed = false {
        didSet { if !isWidgetAllowed { widget = nil } }
    }
    /// What stands on the widget.
    private(set) var widget: WidgetSplit?

    func showOnWidget(_ split: WidgetSplit?) { widget = isWidgetAllowed ? split : nil }

    var mayNoteMusic = Leave.notAsked
    private(set) var musicProfile: String?

    func noteMusic(for personaId: String?) async -> Leave {
        if personaId != nil && mayNoteMusic == .notAsked { mayNoteMusic = answer }
        musicProfile = personaId
        return mayNoteMusic
    }

    func musicLibraryFile() async -> URL? { nil }

    var playback: PlayerModel?
    var proxyOfNextStart: String?
    private(set) var settingsOpened = 0
    func openSettings() { settingsOpened += 1 }
}
