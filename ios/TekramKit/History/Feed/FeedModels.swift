// Podcasts and stations: which there are, adding and letting go, asking the feeds, a podcast's episodes, and one episode with
// its notes and chapters. What was heard of an episode is the core's answer, from the log.
import Foundation
import Observation
import TekramCore

/// history_feed.
@MainActor
@Observable
public final class FeedsModel {
    /// Whether the lists could be read.
    public private(set) var phase: Phase = .loading
    /// The podcasts that are followed, by title.
    public private(set) var feeds: [Feed] = []
    /// The radio stations, by name.
    public private(set) var stations: [Station] = []
    /// Feeds are being asked; how far it is once one has answered.
    public private(set) var isAsking = false
    /// The feed that was done last.
    public private(set) var asked: FeedRefreshed?
    /// What came of it.
    public private(set) var refreshed: FeedsRefreshed?
    /// Why something was not done.
    public private(set) var problem: Problem?

    /// The address that is typed.
    public var address = ""
    /// What the person calls the station.
    public var name = ""
    /// The address is the person's own, or a stream may go unencrypted.
    public var isAllowed = false

    private let persona: Persona
    @ObservationIgnored private var work: Task<Void, Never>?

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Reads the lists.
    public func load() async {
        do {
            (feeds, stations) = (try await persona.feeds(), try persona.stations())
            phase = .loaded(feeds.isEmpty && stations.isEmpty)
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads now, and again after each change, until the task ends.
    public func follow() async { await persona.follow("listen") { await load() } }

    /// Follows the podcast at the typed address, and asks it. True when it is followed.
    public func addFeed() async -> Bool {
        problem = nil
        do {
            let feed = try persona.followFeed(address: trimmed(address), private: isAllowed)
            cleared()
            await refresh(feed)
            return true
        } catch {
            problem = Problem(error)
            return false
        }
    }

    /// Adds the station at the typed address. True when it is there.
    public func addStation() async -> Bool {
        problem = nil
        do {
            _ = try persona.addStation(name: trimmed(name), address: trimmed(address), allowInsecure: isAllowed)
            cleared()
            await load()
            return true
        } catch {
            problem = Problem(error)
            return false
        }
    }

    /// Forgets what was typed.
    public func cleared() { (address, name, isAllowed, problem) = ("", "", false, nil) }

    /// Lets a podcast go.
    public func unfollow(_ feed: Int64) async {
        await change { [persona] in try persona.unfollowFeed(feed: feed) }
    }

    /// Takes a station off the list.
    public func remove(station: Int64) async {
        await change { [persona] in try persona.removeStation(station: station) }
    }

    /// Asks the feeds that may be asked now, or one.
    public func refresh(_ feed: Int64? = nil) async {
        guard !isAsking else { return }
        (isAsking, asked, refreshed, problem) = (true, nil, nil, nil)
        let work = Task {
            do {
                refreshed = try await persona.startRefreshFeeds(feed: feed).run { asked = $0 }
            } catch {
                let problem = Problem(error)
                if !problem.isCancelled { self.problem = problem }
            }
        }
        self.work = work
        await work.value
        (isAsking, self.work) = (false, nil)
        await load()
    }

    /// Stops asking; what was answered before is kept.
    public func stop() { work?.cancel() }

    private func change(_ change: () throws -> Void) async {
        problem = nil
        do { try change() } catch { problem = Problem(error) }
        await load()
    }

    private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// history_feed_episodes: the episodes of a podcast.
@MainActor
@Observable
public final class EpisodesModel {
    /// The episodes, newest first.
    public let episodes: PagedRows<Episode>
    private let persona: Persona

    /// The episodes of `feed`.
    public init(persona: Persona, feed: Int64) {
        self.persona = persona
        episodes = PagedRows { after, limit in
            let page = try await persona.episodes(feed: feed, after: after, limit: limit)
            return RowPage(rows: page.episodes, next: page.next)
        }
    }

    /// Reads now, and again after each change, until the task ends.
    public func follow() async { await persona.follow("listen") { await episodes.reload() } }
}

/// history_feed_episode: one episode.
@MainActor
@Observable
public final class EpisodeModel {
    /// Whether it could be read.
    public private(set) var phase: Phase = .loading
    /// The episode with its notes.
    public private(set) var detail: EpisodeDetail?
    /// Its chapters, as far as they are here.
    public private(set) var chapters: Chapters?
    /// Chapters are being fetched.
    public private(set) var isFetching = false
    /// Why they were not.
    public private(set) var problem: Problem?

    private let persona: Persona
    private let episode: Int64

    /// The episode of `persona`.
    public init(persona: Persona, episode: Int64) {
        (self.persona, self.episode) = (persona, episode)
    }

    /// Reads it.
    public func load() async {
        do {
            let detail = try await persona.episode(episode: episode)
            (self.detail, chapters) = (detail, detail.chapters)
            phase = .ready
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads now, and again after each change, until the task ends.
    public func follow() async { await persona.follow("listen") { await load() } }

    /// Fetches the chapters that lie in a file of their own: its server learns that somebody asks.
    public func fetchChapters() async {
        guard !isFetching else { return }
        (isFetching, problem) = (true, nil)
        defer { isFetching = false }
        do {
            chapters = try await persona.fetchChapters(episode: episode)
        } catch {
            problem = Problem(error)
        }
    }
}
