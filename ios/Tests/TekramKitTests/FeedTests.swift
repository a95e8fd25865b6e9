// Podcasts and stations against the real core and a server on this machine: following, asking, letting go, a podcast's
// episodes, and one episode with its notes, its chapters and what was heard of it.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

/// A profile, and a podcast with two episodes that lies on this machine.
private final class Caster: Sendable {
    let folder: URL
    let agent: Agent
    let persona: Persona
    let server: PayFeedServer

    init() async throws {
        folder = try TestProfile.newFolder()
        let served = folder.appending(path: "feeds")
        try FileManager.default.createDirectory(at: served, withIntermediateDirectories: true)
        try Self.show.write(to: served.appending(path: "show.xml"), atomically: true, encoding: .utf8)
        try Self.chapters.write(to: served.appending(path: "1.json"), atomically: true, encoding: .utf8)
        server = try PayFeedServer(files: served)
        let settings = AgentSettings(
            dataFolder: folder.appending(path: "vaults").path, allow: [server.host], proxy: nil, railsOff: [],
            zone: "Europe/Berlin")
        agent = try Agent.open(settings: settings, keyStore: nil, location: nil, connectivity: nil)
        persona = try await agent.createPersona(name: "Home", passphrase: TestProfile.passphrase)
    }

    deinit {
        try? agent.close()
        try? FileManager.default.removeItem(at: folder)
    }

    func address(_ name: String) -> String { "http://\(server.host)/\(name)" }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(at: folder.appending(path: "feeds/\(name)"))
    }

    /// The newer episode first; the older one has chapters in a file of their own.
    @MainActor func episodes() async throws -> [Episode] {
        let model = FeedsModel(persona: persona)
        model.address = address("show.xml")
        #expect(await model.addFeed())
        return try await persona.episodes(feed: nil, after: nil, limit: 10).episodes
    }

    private static let show = """
        <rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
            xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>
        <title>Tidal Notes</title><itunes:author>Ada</itunes:author>
        <item><guid>1</guid><title>The Moon</title><description>What pulls the sea.</description>
        <pubDate>Tue, 01 Sep 2026 06:00:00 GMT</pubDate><itunes:duration>600</itunes:duration>
        <enclosure url="{{ORIGIN}}/1.mp3" type="audio/mpeg" length="1"/>
        <podcast:chapters url="{{ORIGIN}}/1.json" type="application/json+chapters"/></item>
        <item><guid>2</guid><title>The Sun</title><pubDate>Tue, 08 Sep 2026 06:00:00 GMT</pubDate></item>
        </channel></rss>
        """
    private static let chapters = """
        {"version":"1.2.0","chapters":[{"startTime":0,"title":"Ebb"},{"startTime":300,"title":"Flow"}]}
        """
}

@MainActor
struct FeedTests {
    @Test("a podcast is followed by its address and asked, and let go again")
    func following() async throws {
        let caster = try await Caster()
        let model = FeedsModel(persona: caster.persona)
        await model.load()
        #expect(model.phase == .empty)
        model.address = " \(caster.address("show.xml")) "
        #expect(await model.addFeed())
        #expect(model.address.isEmpty && model.problem == nil && !model.isAsking && model.phase == .ready)
        let feed = try #require(model.feeds.first)
        #expect(model.feeds.count == 1 && feed.title == "Tidal Notes" && feed.author == "Ada" && feed.episodes == 2)
        #expect(model.refreshed?.asked == 1 && model.refreshed?.newEpisodes == 2 && model.refreshed?.failed == 0)
        await model.unfollow(feed.feed)
        #expect(model.feeds.isEmpty && model.phase == .empty && model.problem == nil)
        await model.refresh(feed.feed)
        #expect(model.problem?.name == "no_such_feed")
    }

    @Test("what is no address is refused, and what was typed stays until it is put away")
    func refusing() async throws {
        let caster = try await Caster()
        let model = FeedsModel(persona: caster.persona)
        (model.address, model.isAllowed) = ("not an address", true)
        #expect(await !model.addFeed())
        #expect(model.problem?.name == "bad_feed_address" && model.address == "not an address")
        model.cleared()
        #expect(model.problem == nil && model.address.isEmpty && !model.isAllowed)
    }

    @Test("a podcast that cannot be asked says why, and one's own address is not shown")
    func failing() async throws {
        let caster = try await Caster()
        let model = FeedsModel(persona: caster.persona)
        (model.address, model.isAllowed) = (caster.address("missing.xml"), true)
        #expect(await model.addFeed())
        let feed = try #require(model.feeds.first)
        #expect(feed.private && !feed.address.contains("missing") && !feed.problem.isEmpty && feed.failures == 1)
        #expect(model.refreshed?.failed == 1 && model.asked?.of == 1)
    }

    @Test("asking can be stopped, and can be begun again")
    func stopping() async throws {
        let caster = try await Caster()
        let feed = try caster.persona.followFeed(address: caster.address("silent.xml"), private: false)
        let model = FeedsModel(persona: caster.persona)
        let asking = Task { await model.refresh(feed) }
        try await within { @MainActor in while !model.isAsking { try await Task.sleep(for: .milliseconds(5)) } }
        try await Task.sleep(for: .milliseconds(100))
        #expect(model.isAsking)
        model.stop()
        try await within { await asking.value }
        #expect(!model.isAsking && model.problem == nil && model.refreshed == nil)
        #expect(model.feeds.map(\.feed) == [feed])
        model.address = caster.address("show.xml")
        #expect(await model.addFeed())
        #expect(model.refreshed?.newEpisodes == 2)
    }

    @Test("a station is added, unencrypted only where that is allowed, and taken off again")
    func stations() async throws {
        let caster = try await Caster()
        let model = FeedsModel(persona: caster.persona)
        (model.name, model.address) = (" Harbour ", "http://radio.example/live")
        #expect(await !model.addStation())
        #expect(model.problem?.name == "insecure_stream" && model.stations.isEmpty)
        model.isAllowed = true
        #expect(await model.addStation())
        let station = try #require(model.stations.first)
        #expect(station.name == "Harbour" && station.insecure && model.name.isEmpty && !model.isAllowed)
        #expect(model.phase == .ready)
        await model.remove(station: station.station)
        #expect(model.stations.isEmpty && model.phase == .empty)
    }

    @Test("the episodes of a podcast come with the newest first, and new ones are followed")
    func episodesOfOne() async throws {
        let caster = try await Caster()
        let feed = try caster.persona.followFeed(address: caster.address("show.xml"), private: false)
        let model = EpisodesModel(persona: caster.persona, feed: feed)
        let following = Task { await model.follow() }
        try await within { @MainActor in
            while model.episodes.phase != .empty { try await Task.sleep(for: .milliseconds(5)) }
        }
        await FeedsModel(persona: caster.persona).refresh(feed)
        try await within { @MainActor in
            while model.episodes.phase != .ready { try await Task.sleep(for: .milliseconds(5)) }
        }
        following.cancel()
        await following.value
        #expect(model.episodes.rows.map(\.title) == ["The Sun", "The Moon"])
        #expect(model.episodes.rows.map(\.enclosureUrl.isEmpty) == [true, false])
        let other = EpisodesModel(persona: caster.persona, feed: feed + 1)
        await other.episodes.reload()
        #expect(other.episodes.phase == .empty)
    }

    @Test("an episode has notes, chapters that are fetched only when they are asked for, and what was heard of it")
    func oneEpisode() async throws {
        let caster = try await Caster()
        let moon = try #require(try await caster.episodes().last)
        let model = EpisodeModel(persona: caster.persona, episode: moon.episode)
        await model.load()
        #expect(model.phase == .ready && model.detail?.show == "Tidal Notes")
        #expect(model.detail?.notes == "What pulls the sea.")
        #expect(model.chapters?.source == .fileNotFetched && model.chapters?.chapters.isEmpty == true)
        await model.fetchChapters()
        #expect(model.problem == nil && !model.isFetching && model.chapters?.source == .file)
        #expect(model.chapters?.chapters.map(\.title) == ["Ebb", "Flow"])
        #expect(model.detail?.episode.heard.heardMs == 0)

        var told: [PlayerEvent] = []
        let playable = try await caster.persona.playableEpisode(episode: moon.episode)
        var log = PlayerLog(playable: playable, session: "s") { told += $0 }
        let begun = Int64(Date.now.timeIntervalSince1970 * 1_000) - 600_000
        log.begin(at: PlayerMoment(atMs: begun, offsetMin: 0, monotonicMs: 1_000), positionMs: 0)
        log.sounding(at: PlayerMoment(atMs: begun, offsetMin: 0, monotonicMs: 1_000), positionMs: 0)
        let over = PlayerMoment(atMs: begun + 90_000, offsetMin: 0, monotonicMs: 91_000)
        log.end(at: over, positionMs: 90_000)
        try caster.agent.capture(persona: caster.persona.id(), events: told)
        _ = try await caster.persona.drain()
        await model.load()
        let heard = try #require(model.detail?.episode.heard)
        #expect(heard.heardMs == 90_000 && heard.resumeMs == 90_000 && !heard.whole && heard.ranges.count == 1)
        #expect(model.chapters?.source == .file, "what was fetched stays")
    }

    @Test("chapters that are not there say so, and so does an episode that is not there")
    func nothingThere() async throws {
        let caster = try await Caster()
        let moon = try #require(try await caster.episodes().last)
        try caster.remove("1.json")
        let model = EpisodeModel(persona: caster.persona, episode: moon.episode)
        await model.load()
        await model.fetchChapters()
        #expect(model.problem != nil && !model.isFetching && model.chapters?.source == .fileNotFetched)
        let lost = EpisodeModel(persona: caster.persona, episode: 9_999)
        await lost.load()
        if case .failed(let problem) = lost.phase {
            #expect(problem.name == "no_such_episode")
        } else {
            Issue.record("\(lost.phase)")
        }
    }
}
