// Tells the core what the Music app plays while this app is open: iOS shows an app no other player and nothing in the
// background. Events are sealed to the profile's inbox at once, also while it is locked; what counts as heard is decided
// by the core.
import Foundation
import MediaPlayer
import TekramCore
import TekramKit

@MainActor
final class NowPlayingCapture {
    private let agent: Agent
    private let personaId: String
    private let log: DiagnosticLog?
    private let music = MPMusicPlayerController.systemMusicPlayer
    private let session = UUID().uuidString
    private var observers: [any NSObjectProtocol] = []

    init(agent: Agent, personaId: String, log: DiagnosticLog?) {
        self.agent = agent
        self.personaId = personaId
        self.log = log
    }

    /// What the person said about Music.
    static var leave: Leave {
        switch MPMediaLibrary.authorizationStatus() {
        case .authorized: .given
        case .notDetermined: .notAsked
        default: .refused
        }
    }

    /// Asks the person the first time; does nothing without their leave.
    func start() async {
        guard observers.isEmpty, await Self.isAllowed() else { return }
        music.beginGeneratingPlaybackNotifications()
        observe(.MPMusicPlayerControllerNowPlayingItemDidChange) { [weak self] in self?.itemChanged() }
        observe(.MPMusicPlayerControllerPlaybackStateDidChange) { [weak self] in self?.stateChanged() }
        itemChanged()
        stateChanged()
    }

    func stop() {
        guard !observers.isEmpty else { return }
        observers.forEach(NotificationCenter.default.removeObserver)
        observers = []
        music.endGeneratingPlaybackNotifications()
        // What is played from now on is not seen, so it is not claimed either.
        tell(.end)
    }

    private static func isAllowed() async -> Bool {
        await withCheckedContinuation { answer in
            MPMediaLibrary.requestAuthorization { answer.resume(returning: $0 == .authorized) }
        }
    }

    private func observe(_ name: Notification.Name, _ act: @escaping @MainActor () -> Void) {
        observers.append(
            NotificationCenter.default.addObserver(forName: name, object: music, queue: .main) { _ in
                MainActor.assumeIsolated(act)
            })
    }

    private func itemChanged() {
        guard let item = music.nowPlayingItem else { return tell(.end) }
        tell(.metadata(media: Self.media(of: item)))
    }

    private func stateChanged() {
        switch music.playbackState {
        case .playing:
            tell(.play)
            tell(.speed(permille: Int64((music.currentPlaybackRate * 1_000).rounded())))
        case .stopped: tell(.end)
        case .seekingForward, .seekingBackward: break
        default: tell(.pause)
        }
    }

    private func tell(_ action: PlayerAction) {
        let seconds = music.currentPlaybackTime
        let now = Date.now
        let event = PlayerEvent(
            session: session,
            app: PhoneModel.player,
            atMs: Int64(now.timeIntervalSince1970 * 1_000),
            offsetMin: Int64(TimeZone.current.secondsFromGMT(for: now) / 60),
            monotonicMs: Int64(clock_gettime_nsec_np(CLOCK_MONOTONIC) / 1_000_000),
            action: action,
            positionMs: seconds.isFinite ? Int64(seconds * 1_000) : nil)
        // A full disk or a deleted profile loses this event and nothing else.
        do {
            try agent.capture(persona: personaId, events: [event])
        } catch {
            log?.note(.captureFailed, code: Int64(Problem(error).code))
        }
    }

    private static func media(of item: MPMediaItem) -> PlayerMedia {
        let isBook = item.mediaType.contains(.audioBook)
        let isPodcast = item.mediaType.contains(.podcast)
        return PlayerMedia(
            title: item.title ?? "",
            creators: [item.artist ?? item.albumArtist ?? ""].filter { !$0.isEmpty },
            show: (isPodcast ? item.podcastTitle : item.albumTitle) ?? "",
            publisher: "",
            url: "",
            mediaMs: item.playbackDuration > 0 ? Int64(item.playbackDuration * 1_000) : nil,
            kind: isPodcast ? .podcast : isBook ? .audiobook : .music)
    }
}
