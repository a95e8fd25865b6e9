// Turns what the built-in player does into events for the core, exactly: each says where in the medium it was at that
// moment, and nothing is told that did not happen. Events are sealed to the profile's inbox at once, so that they are
// there when iOS ends the app, and also while the profile is locked.
import TekramCore

/// The events of one medium that is played.
@MainActor
struct PlayerLog {
    /// Takes events in; the core seals them.
    let seal: ([PlayerEvent]) -> Void

    private let isLive: Bool
    private let session: String
    /// What the core said that is to be said of it; of a station, with what is on.
    private var media: PlayerMedia
    private var sounds = false
    private var permille: Int64 = 1_000

    /// A new session of the player.
    init(playable: Playable, session: String, seal: @escaping ([PlayerEvent]) -> Void) {
        (media, isLive) = (playable.media, playable.live)
        (self.session, self.seal) = (session, seal)
    }

    /// What is in hand, and where it begins.
    func begin(at now: PlayerMoment, positionMs: Int64?) {
        tell([metadata], now, positionMs)
    }

    /// It sounds from here on.
    mutating func sounding(at now: PlayerMoment, positionMs: Int64?) {
        guard !sounds else { return }
        sounds = true
        tell([.speed(permille: permille), .play], now, positionMs)
    }

    /// It does not sound any more.
    mutating func silent(at now: PlayerMoment, positionMs: Int64?) {
        guard sounds else { return }
        sounds = false
        tell([.pause], now, positionMs)
    }

    /// It was at `fromMs` and goes on at `toMs`.
    func moved(at now: PlayerMoment, fromMs: Int64?, toMs: Int64) {
        tell([.seek(toMs: toMs)], now, fromMs)
    }

    /// It goes on at another speed.
    mutating func speed(_ permille: Int64, at now: PlayerMoment, positionMs: Int64?) {
        guard permille != self.permille else { return }
        self.permille = permille
        // While it is silent there is no speed; the next sound says it.
        if sounds { tell([.speed(permille: permille)], now, positionMs) }
    }

    /// It turned out to be that long; the medium itself knows better than its feed.
    mutating func length(_ milliseconds: Int64, at now: PlayerMoment, positionMs: Int64?) {
        guard milliseconds > 0, milliseconds != media.mediaMs, !isLive else { return }
        media = PlayerMedia(
            title: media.title, creators: media.creators, show: media.show, publisher: media.publisher,
            url: media.url, mediaMs: milliseconds, kind: media.kind, feedUrl: media.feedUrl, itemGuid: media.itemGuid)
        tell([metadata], now, positionMs)
    }

    /// The station plays something else, or says nothing of it any more.
    mutating func onAir(_ media: PlayerMedia, at now: PlayerMoment) {
        guard media != self.media else { return }
        self.media = media
        tell([metadata], now, nil)
    }

    /// It still sounds: whoever is ended after this has been heard until here.
    func goesOn(at now: PlayerMoment, positionMs: Int64?) {
        guard sounds else { return }
        // A station has no places: that the same is on says as much.
        tell([positionMs.map { .position(ms: $0) } ?? metadata], now, positionMs)
    }

    /// It is over, or another one is taken up.
    mutating func end(at now: PlayerMoment, positionMs: Int64?) {
        silent(at: now, positionMs: positionMs)
        tell([.end], now, positionMs)
    }

    private var metadata: PlayerAction { .metadata(media: media) }

    private func tell(_ actions: [PlayerAction], _ now: PlayerMoment, _ positionMs: Int64?) {
        seal(
            actions.map { action in
                PlayerEvent(
                    session: session, app: PlayerModel.app, atMs: now.atMs, offsetMin: now.offsetMin,
                    monotonicMs: now.monotonicMs, action: action, positionMs: positionMs)
            })
    }
}
