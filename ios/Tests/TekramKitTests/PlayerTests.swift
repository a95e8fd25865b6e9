// The built-in player against the real core: what a player does, turned by hand, becomes listens with exact ranges.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

/// A player that is turned by hand, with its clock.
@MainActor
private final class HandPlayer: Player {
    var whenNews: (@MainActor (PlayerNews) -> Void)?
    var whenAsked: (@MainActor (PlayerCommand) -> Void)?
    private(set) var positionMs: Int64?
    private(set) var face: PlayerFace?
    private(set) var loaded: URL?
    private var permille: Int64 = 1_000
    private var sounds = false
    /// Half an hour ago, so that nothing lies in the future.
    private var atMs = Int64(Date.now.timeIntervalSince1970 * 1_000) - 1_800_000
    private var monotonicMs: Int64 = 5_000_000

    var now: PlayerMoment { PlayerMoment(atMs: atMs, offsetMin: 60, monotonicMs: monotonicMs) }

    func load(_ address: URL, fromMs: Int64, isLive: Bool) { (loaded, positionMs, sounds) = (address, fromMs, false) }
    func play(permille: Int64) {
        self.permille = permille
        guard !sounds else { return }
        sounds = true
        whenNews?(.sounds)
    }
    func pause() {
        guard sounds else { return }
        sounds = false
        whenNews?(.stopped)
    }
    func seek(toMs: Int64) { positionMs = toMs }
    func unload() { (loaded, sounds) = (nil, false) }
    func show(_ face: PlayerFace?, permille: Int64) { self.face = face }

    /// Time passes.
    func run(seconds: Int64) {
        atMs += seconds * 1_000
        monotonicMs += seconds * 1_000
        if sounds, let at = positionMs { positionMs = at + seconds * permille }
    }

    /// The system takes the sound away.
    func interrupt() {
        sounds = false
        whenNews?(.interrupted)
    }

    /// The medium is over.
    func end() {
        sounds = false
        whenNews?(.ended)
    }
}

@MainActor
struct PlayerTests {

    private struct Stage {
        let profile: TestProfile
        let player: HandPlayer
        let model: PlayerModel
        let station: Int64

        @MainActor static func set() async throws -> Stage {
            let profile = try await TestProfile.make()
            let player = HandPlayer()
            let model = PlayerModel(agent: profile.agent, player: player)
            let station = try profile.persona.addStation(
                name: "Harbour", address: "https://radio.example/live", allowInsecure: false)
            return Stage(profile: profile, player: player, model: model, station: station)
        }

        @MainActor func heard() async throws -> [Listen] {
            _ = try await profile.persona.drain()
            return try await profile.persona.listens(query: .everything, after: nil, limit: 20).listens.reversed()
        }
    }

    @Test("each title of a station is a listen of its own, and silence is none")
    func stationsTellTitles() async throws {
        let stage = try await Stage.set()
        stage.model.play(station: stage.station, of: stage.profile.persona)
        #expect(stage.model.isOn && stage.model.isFor(stage.profile.persona))
        stage.player.whenNews?(.streamTitle("Alder - Low Tide"))
        stage.player.run(seconds: 100)
        stage.player.whenNews?(.streamTitle("Birch - Fog"))
        stage.player.run(seconds: 40)
        stage.model.pause()
        stage.player.run(seconds: 300)
        stage.model.resume()
        stage.player.run(seconds: 20)
        stage.model.close()
        let heard = try await stage.heard()
        #expect(heard.map(\.title) == ["Low Tide", "Fog"])
        #expect(heard.map(\.creators) == [["Alder"], ["Birch"]])
        #expect(heard.map(\.playedMs) == [100_000, 60_000])
        #expect(heard.allSatisfy { $0.kind == .radio && $0.show == "Harbour" && $0.offsetMin == 60 })
        #expect(stage.player.loaded == nil && stage.player.face == nil)
    }

    @Test("a call interrupts; what the person stopped stays stopped after it")
    func interruptions() async throws {
        let stage = try await Stage.set()
        stage.model.play(station: stage.station, of: stage.profile.persona)
        stage.player.run(seconds: 50)
        stage.player.interrupt()
        #expect(!stage.model.isOn)
        stage.player.run(seconds: 200)
        stage.player.whenNews?(.mayGoOn)
        #expect(stage.model.isOn)
        stage.player.run(seconds: 10)
        stage.player.whenAsked?(.pause)
        stage.player.interrupt()
        stage.player.whenNews?(.mayGoOn)
        #expect(!stage.model.isOn)
        stage.model.close()
        #expect(try await stage.heard().map(\.playedMs) == [60_000])
    }

    @Test("locked, it plays on, tells the core, and names nothing outside")
    func playsOnWhileLocked() async throws {
        let stage = try await Stage.set()
        stage.model.play(station: stage.station, of: stage.profile.persona)
        stage.player.whenNews?(.streamTitle("Alder - Low Tide"))
        #expect(stage.player.face?.title == "Low Tide")
        stage.player.run(seconds: 30)
        try stage.profile.persona.lock()
        stage.model.locked()
        #expect(stage.player.face?.title == Words.text("history_kind_radio") && stage.player.face?.show == "")
        stage.player.run(seconds: 45)
        stage.model.pause()
        #expect(stage.model.notKept == nil)
        let again = try await stage.profile.agent.unlockWithPassphrase(
            id: stage.profile.persona.id(), passphrase: TestProfile.passphrase)
        stage.model.opened(again)
        #expect(stage.player.face?.title == "Low Tide")
        _ = try await again.drain()
        let heard = try await again.listens(query: .everything, after: nil, limit: 5).listens
        #expect(heard.map(\.playedMs) == [75_000])
    }

    @Test("through a proxy nothing is played, since the player would go around it")
    func aProxyIsNotGoneAround() async throws {
        let stage = try await Stage.set()
        let model = PlayerModel(agent: stage.profile.agent, player: stage.player, isProxied: true)
        model.play(station: stage.station, of: stage.profile.persona)
        #expect(model.problem?.name == "player_proxy" && stage.player.loaded == nil && !model.isOn)
    }

    @Test("speed, seeking and the end give the exact stretches of a medium")
    func exactStretches() async throws {
        let stage = try await Stage.set()
        var seen: [PlayerEvent] = []
        let media = PlayerMedia(
            title: "The Moon", creators: ["Ada"], show: "Tidal Notes", publisher: "", url: "", mediaMs: nil,
            kind: .podcast)
        let playable = Playable(
            media: media, url: "https://cast.example/moon.mp3", mediaType: "audio/mpeg", resumeMs: 0, live: false)
        let (player, persona) = (stage.player, stage.profile.persona)
        var log = PlayerLog(playable: playable, session: "s") { seen += $0 }
        player.load(try #require(URL(string: playable.url)), fromMs: 0, isLive: false)
        log.begin(at: player.now, positionMs: 0)
        player.play(permille: 1_000)
        log.sounding(at: player.now, positionMs: 0)
        log.length(600_000, at: player.now, positionMs: 0)
        player.run(seconds: 60)
        log.speed(2_000, at: player.now, positionMs: player.positionMs)
        player.play(permille: 2_000)
        player.run(seconds: 30)
        // 120 s of it were heard; on to its last minute.
        log.moved(at: player.now, fromMs: player.positionMs, toMs: 540_000)
        player.seek(toMs: 540_000)
        player.run(seconds: 30)
        log.end(at: player.now, positionMs: player.positionMs)
        try stage.profile.agent.capture(persona: persona.id(), events: seen)
        let heard = try await stage.heard()
        #expect(heard.map(\.title) == ["The Moon"])
        #expect(heard.map(\.playedMs) == [180_000] && heard.map(\.mediaMs) == [600_000])
        #expect(Set(seen.map(\.app)) == [PlayerModel.app])
    }
}
