// Samples of the screens of podcasts.
package tekram.ui.history.feed

import androidx.compose.runtime.Composable
import tekram.ffi.Chapter
import tekram.ffi.ChapterSource
import tekram.ffi.Chapters
import tekram.ffi.Episode
import tekram.ffi.EpisodeDetail
import tekram.ffi.EpisodeHeard
import tekram.ffi.Feed
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.Tab
import tekram.ui.history.rows
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample

/** 2026-10-05, 18:30 UTC. */
private const val EVENING = 1_791_225_000_000L
private const val MINUTE = 60_000L
private const val DAY = 24 * 60 * MINUTE

internal fun feed(
    id: Long,
    title: String,
    address: String,
    newEpisodes: ULong = 0u,
    gone: Boolean = false,
    problem: String = "",
) = Feed(
    feed = id,
    creditKey = "feed-$id",
    title = title,
    author = "Harbour Lights Media",
    address = address,
    private = address.endsWith("…"),
    siteUrl = "",
    folder = "",
    episodes = 24u,
    newEpisodes = newEpisodes,
    newestTitle = if (title.isEmpty()) "" else "The lighthouse keeper’s radio",
    newestMs = EVENING,
    checkedMs = EVENING,
    changedMs = EVENING,
    nextMs = EVENING + DAY,
    moved = false,
    gone = gone,
    failures = if (problem.isEmpty()) 0u else 1u,
    problem = problem,
)

internal val someFeeds =
    listOf(
        feed(1, "Harbour Lights", "https://harbour.example/feed.xml", newEpisodes = 3u),
        feed(2, "Breakwater, the long conversations for those who pay", "https://breakwater.example/…"),
        feed(3, "Nachtprogramm", "https://nacht.example/rss", problem = "offline"),
        feed(4, "Sea Level", "https://sea.example/rss", gone = true),
        feed(5, "", "https://new.example/feed"),
    )

private fun episode(
    id: Long,
    title: String,
    heardMs: Long = 0,
    whole: Boolean = false,
) = Episode(
    episode = id,
    feed = 1,
    title = title,
    author = "Mara Lind",
    pageUrl = "https://harbour.example/$id",
    enclosureUrl = "https://harbour.example/$id.mp3",
    enclosureType = "audio/mpeg",
    enclosureBytes = 40_000_000,
    durationMs = 42 * MINUTE,
    publishedMs = EVENING - id * 7 * DAY,
    hasChapters = true,
    heard = EpisodeHeard(if (heardMs > 0) 1u else 0u, heardMs, emptyList(), null, 0, whole),
)

internal val someEpisodes =
    listOf(
        episode(1, "The lighthouse keeper’s radio"),
        episode(2, "What the tide brings in, and what it takes away again", heardMs = 11 * MINUTE),
        episode(3, "A storm in the log", heardMs = 42 * MINUTE, whole = true),
    )

private fun detail(
    source: ChapterSource,
    chapters: List<Chapter>,
) = EpisodeDetail(
    someEpisodes.first(),
    "Harbour Lights",
    "Mara visits the last keeper of the light at Nordkap and listens to his radio.\n\nSound: Nils Ferro.",
    Chapters(source, chapters),
)

private fun chapter(
    minute: Long,
    title: String,
    inContents: Boolean = true,
) = Chapter(minute * MINUTE, null, title, "", inContents)

internal val chaptersHere =
    EpisodeState(
        Phase.Ready,
        detail(
            ChapterSource.FEED,
            listOf(chapter(0, "Good evening"), chapter(5, "A picture", inContents = false), chapter(8, "The light"), chapter(63, "The radio")),
        ),
    )
internal val chaptersElsewhere = EpisodeState(Phase.Ready, detail(ChapterSource.FILE_NOT_FETCHED, emptyList()))
internal val anArticle =
    chaptersHere.run {
        val written = detail!!.episode.copy(enclosureUrl = "", enclosureType = "", pageUrl = "https://harbour.example/night-ferries", durationMs = null)
        copy(detail = detail.copy(episode = written, chapters = Chapters(ChapterSource.FEED, emptyList())))
    }

private val noFeeds =
    object : FeedsActions {
        override fun open(feed: Long) = Unit

        override fun follow(
            address: String,
            onDone: () -> Unit,
        ) = Unit

        override fun refresh() = Unit

        override fun stop() = Unit

        override fun import() = Unit

        override fun export() = Unit

        override fun stations() = Unit
    }

private val noShow =
    object : ShowActions {
        override fun near(index: Int) = Unit

        override fun open(episode: Long) = Unit

        override fun refresh() = Unit

        override fun unfollow() = Unit
    }

/** Screens of podcasts. */
val feedSamples: List<Sample> =
    listOf(
        sample("history_feed", tab = Tab.History, wide = true) { Feeds(FeedsState(Phase.Ready, someFeeds)) },
        sample("history_feed", "empty", Tab.History) { Feeds(FeedsState(Phase.Empty, failure = Shown(1, "bad_feed_address", "listen"))) },
        sample("history_feed", "asking", Tab.History) { Feeds(FeedsState(Phase.Ready, someFeeds, busy = true, asked = 2)) },
        sample("history_feed_show", tab = Tab.History) { Show(ShowState(someFeeds[0]), someEpisodes) },
        sample("history_feed_show", "empty", Tab.History) { Show(ShowState(someFeeds[2]), emptyList()) },
        sample("history_feed_episode", tab = Tab.History) { EpisodeScreen(chaptersHere, {}, {}, {}) },
        sample("history_feed_episode", "chapters", Tab.History) { EpisodeScreen(chaptersElsewhere, {}, {}, {}) },
        sample("history_feed_episode", "article", Tab.History) { EpisodeScreen(anArticle, {}, {}, {}) },
    )

@Composable
private fun Feeds(state: FeedsState) = FeedsScreen(state, noFeeds, {}, {})

@Composable
private fun Show(
    state: ShowState,
    episodes: List<Episode>,
) = ShowScreen(state, rows(episodes), noShow, {}, {})
