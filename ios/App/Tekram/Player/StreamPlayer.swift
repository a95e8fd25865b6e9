// Plays podcasts and stations with AVPlayer: in the background, from the lock screen, at another speed. It tells the model
// what it does at the moment it does it; which of it counts as heard is decided by the core.
import AVFoundation
import MediaPlayer
import TekramKit

@MainActor
final class StreamPlayer: NSObject, Player {
    var whenNews: (@MainActor (PlayerNews) -> Void)?
    var whenAsked: (@MainActor (PlayerCommand) -> Void)?

    private let player = AVPlayer()
    private let titles = StreamTitles()
    private var watches: [NSKeyValueObservation] = []
    private var itemWatches: [NSKeyValueObservation] = []
    private var observers: [any NSObjectProtocol] = []
    private var ends: [ItemObserver] = []
    /// Where it is on its way to: until it is there, AVPlayer may still name the place before.
    private var pendingMs: Int64?
    private var seeks = 0
    private var isLive = false
    private var face: (PlayerFace, permille: Int64)?

    override init() {
        super.init()
        // AVPlayer says these on the main thread, where it is told what to do.
        watches.append(
            player.observe(\.timeControlStatus) { [weak self] _, _ in
                MainActor.assumeIsolated { self?.statusChanged() }
            })
        titles.whenTitle = { [weak self] title in self?.whenNews?(.streamTitle(title)) }
        observe(AVAudioSession.interruptionNotification) { [weak self] in self?.interrupted($0) }
        observe(AVAudioSession.routeChangeNotification) { [weak self] in self?.routeChanged($0) }
        takeCommands()
    }

    var positionMs: Int64? {
        if let pendingMs { return pendingMs }
        let seconds = player.currentTime().seconds
        return seconds.isFinite ? Int64(seconds * 1_000) : nil
    }

    var now: PlayerMoment {
        let now = Date.now
        return PlayerMoment(
            atMs: Int64(now.timeIntervalSince1970 * 1_000),
            offsetMin: Int64(TimeZone.current.secondsFromGMT(for: now) / 60),
            monotonicMs: Int64(clock_gettime_nsec_np(CLOCK_MONOTONIC) / 1_000_000))
    }

    func load(_ address: URL, fromMs: Int64, isLive: Bool) {
        self.isLive = isLive
        let item = AVPlayerItem(url: address)
        // Voices keep their pitch at another speed.
        item.audioTimePitchAlgorithm = .timeDomain
        watch(item)
        player.replaceCurrentItem(with: item)
        if fromMs > 0 && !isLive { seek(toMs: fromMs) }
    }

    func play(permille: Int64) {
        let session = AVAudioSession.sharedInstance()
        do {
            try session.setCategory(.playback, mode: .spokenAudio)
            try session.setActive(true)
        } catch {
            whenNews?(.failed)
            return
        }
        player.defaultRate = Float(permille) / 1_000
        player.play()
        player.rate = Float(permille) / 1_000
    }

    func pause() { player.pause() }

    func seek(toMs: Int64) {
        pendingMs = toMs
        seeks += 1
        let number = seeks
        let place = CMTime(value: toMs, timescale: 1_000)
        player.seek(to: place, toleranceBefore: .zero, toleranceAfter: .zero) { [weak self] _ in
            Task { @MainActor in
                guard let self, self.seeks == number else { return }
                self.pendingMs = nil
                self.showFace()
            }
        }
    }

    func unload() {
        player.pause()
        itemWatches = []
        ends.forEach { $0.end() }
        ends = []
        pendingMs = nil
        player.replaceCurrentItem(with: nil)
        try? AVAudioSession.sharedInstance().setActive(false, options: .notifyOthersOnDeactivation)
    }

    func show(_ face: PlayerFace?, permille: Int64) {
        self.face = face.map { ($0, permille) }
        showFace()
    }

    // MARK: What AVPlayer says

    private func statusChanged() {
        guard player.currentItem != nil else { return }
        switch player.timeControlStatus {
        case .playing: whenNews?(.sounds)
        case .waitingToPlayAtSpecifiedRate: whenNews?(.waits)
        default: whenNews?(.stopped)
        }
    }

    private func watch(_ item: AVPlayerItem) {
        let output = AVPlayerItemMetadataOutput(identifiers: nil)
        output.setDelegate(titles, queue: .main)
        item.add(output)
        itemWatches = [
            item.observe(\.status) { [weak self] item, _ in
                let (failed, length) = (item.status == .failed, item.duration.seconds)
                Task { @MainActor in
                    if failed { self?.whenNews?(.failed) }
                    if length.isFinite { self?.whenNews?(.length(milliseconds: Int64(length * 1_000))) }
                }
            }
        ]
        ends.forEach { $0.end() }
        ends = [
            ItemObserver(.AVPlayerItemDidPlayToEndTime, of: item) { [weak self] in self?.whenNews?(.ended) },
            ItemObserver(.AVPlayerItemFailedToPlayToEndTime, of: item) { [weak self] in self?.whenNews?(.failed) },
        ]
    }

    private func observe(_ name: Notification.Name, _ act: @escaping @MainActor ([String: UInt]) -> Void) {
        observers.append(
            NotificationCenter.default.addObserver(forName: name, object: nil, queue: .main) { note in
                // Only numbers cross over; the rest of a notification may not.
                var numbers: [String: UInt] = [:]
                for (key, value) in note.userInfo ?? [:] {
                    if let key = key as? String, let value = value as? UInt { numbers[key] = value }
                }
                let told = numbers
                MainActor.assumeIsolated { act(told) }
            })
    }

    private func interrupted(_ told: [String: UInt]) {
        switch told[AVAudioSessionInterruptionTypeKey].flatMap(AVAudioSession.InterruptionType.init) {
        case .began: whenNews?(.interrupted)
        case .ended:
            let options = AVAudioSession.InterruptionOptions(rawValue: told[AVAudioSessionInterruptionOptionKey] ?? 0)
            if options.contains(.shouldResume) { whenNews?(.mayGoOn) }
        default: break
        }
    }

    private func routeChanged(_ told: [String: UInt]) {
        let reason = told[AVAudioSessionRouteChangeReasonKey].flatMap(AVAudioSession.RouteChangeReason.init)
        // Headphones were pulled out: nobody around wants to hear it.
        if reason == .oldDeviceUnavailable { whenAsked?(.pause) }
    }

    // MARK: The lock screen

    private func takeCommands() {
        let center = MPRemoteCommandCenter.shared()
        take(center.playCommand) { _ in .play }
        take(center.pauseCommand) { _ in .pause }
        take(center.togglePlayPauseCommand) { _ in .toggle }
        center.skipForwardCommand.preferredIntervals = [NSNumber(value: PlayerModel.onMs / 1_000)]
        center.skipBackwardCommand.preferredIntervals = [NSNumber(value: PlayerModel.backMs / 1_000)]
        take(center.skipForwardCommand) { _ in .skip(milliseconds: PlayerModel.onMs) }
        take(center.skipBackwardCommand) { _ in .skip(milliseconds: -PlayerModel.backMs) }
        take(center.changePlaybackPositionCommand) { event in
            (event as? MPChangePlaybackPositionCommandEvent).map { .seek(toMs: Int64($0.positionTime * 1_000)) }
        }
        center.changePlaybackRateCommand.supportedPlaybackRates = PlayerModel.speeds.map {
            NSNumber(value: Double($0) / 1_000)
        }
        take(center.changePlaybackRateCommand) { event in
            (event as? MPChangePlaybackRateCommandEvent).map {
                .speed(permille: Int64(($0.playbackRate * 1_000).rounded()))
            }
        }
    }

    private func take(
        _ command: MPRemoteCommand, _ meaning: @escaping @Sendable (MPRemoteCommandEvent) -> PlayerCommand?
    ) {
        command.addTarget { [weak self] event in
            guard let asked = meaning(event) else { return .commandFailed }
            Task { @MainActor in self?.whenAsked?(asked) }
            return .success
        }
    }

    private func showFace() {
        let center = MPNowPlayingInfoCenter.default()
        guard let (face, permille) = face else {
            center.nowPlayingInfo = nil
            return
        }
        var shown: [String: Any] = [
            MPMediaItemPropertyTitle: face.title,
            MPMediaItemPropertyAlbumTitle: face.show,
            MPNowPlayingInfoPropertyIsLiveStream: face.isLive,
            MPNowPlayingInfoPropertyDefaultPlaybackRate: Double(permille) / 1_000,
            MPNowPlayingInfoPropertyPlaybackRate: Double(player.rate),
        ]
        if !face.isLive, let positionMs {
            shown[MPNowPlayingInfoPropertyElapsedPlaybackTime] = Double(positionMs) / 1_000
            shown[MPMediaItemPropertyPlaybackDuration] = face.lengthMs.map { Double($0) / 1_000 }
        }
        center.nowPlayingInfo = shown
        let commands = MPRemoteCommandCenter.shared()
        for command in [
            commands.skipForwardCommand, commands.skipBackwardCommand, commands.changePlaybackPositionCommand,
            commands.changePlaybackRateCommand,
        ] {
            command.isEnabled = !face.isLive
        }
    }
}

/// What one medium notifies of; ends with it.
@MainActor
private final class ItemObserver {
    private let token: any NSObjectProtocol

    init(_ name: Notification.Name, of item: AVPlayerItem, _ act: @escaping @MainActor () -> Void) {
        token = NotificationCenter.default.addObserver(forName: name, object: item, queue: .main) { _ in
            MainActor.assumeIsolated(act)
        }
    }

    func end() { NotificationCenter.default.removeObserver(token) }
}

/// What a station says is on, inside its stream (ICY's `StreamTitle`, timed ID3).
@MainActor
private final class StreamTitles: NSObject, AVPlayerItemMetadataOutputPushDelegate {
    var whenTitle: (@MainActor (String) -> Void)?

    nonisolated func metadataOutput(
        _ output: AVPlayerItemMetadataOutput, didOutputTimedMetadataGroups groups: [AVTimedMetadataGroup],
        from track: AVPlayerItemTrack?
    ) {
        let titles: Set<AVMetadataIdentifier> = [.icyMetadataStreamTitle, .commonIdentifierTitle]
        let items = groups.flatMap(\.items).filter { item in item.identifier.map(titles.contains) ?? false }
        guard let item = items.last else { return }
        Task { @MainActor in
            if let title = try? await item.load(.stringValue) { self.whenTitle?(title) }
        }
    }
}
