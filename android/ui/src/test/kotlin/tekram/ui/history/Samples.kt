// Samples of History, one line each.
package tekram.ui.history

import androidx.compose.runtime.Composable
import tekram.ffi.Batch
import tekram.ffi.BatchState
import tekram.ffi.CaptureApp
import tekram.ffi.Day
import tekram.ffi.FilesProgress
import tekram.ffi.Known
import tekram.ffi.Listen
import tekram.ffi.ListenDetail
import tekram.ffi.ListenKind
import tekram.ffi.RefusedLine
import tekram.ffi.SourceHours
import tekram.ffi.SourcePayee
import tekram.ffi.TableMapping
import tekram.ffi.Thumb
import tekram.ffi.ToldBy
import tekram.ui.common.Phase
import tekram.ui.common.Rows
import tekram.ui.common.Shown
import tekram.ui.common.Tab
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample

private const val HOUR = 3_600_000L
private const val MINUTE = 60_000L

/** 2026-10-05, 18:30 UTC. */
private const val EVENING = 1_791_225_000_000L

private fun hours(
    source: String,
    ms: Long,
    plays: ULong,
) = SourceHours(source, ms, 0, plays, 0u)

private fun day(
    date: String,
    estimated: Long,
    vararg sources: SourceHours,
) = Day(date, sources.sumOf { it.playedMs }, estimated, sources.sumOf { it.plays }, 0u, sources.toList(), 0, 1)

internal val someDays =
    listOf(
        day("2026-10-05", 0, hours("Spotify", 2 * HOUR + 12 * MINUTE, 31u), hours("AntennaPod", 48 * MINUTE, 2u), hours("Radio", 20 * MINUTE, 5u)),
        day("2026-10-04", 9 * MINUTE, hours("ListenBrainz", 36 * MINUTE, 9u)),
        day("2026-10-02", 0, hours("AntennaPod", HOUR + 5 * MINUTE, 1u), hours("Spotify", 55 * MINUTE, 14u)),
        day("2026-10-01", 0, hours("Spotify", 0, 3u)),
    )

/** All sources of the log, in the order of their colours. */
internal val someSources = listOf("AntennaPod", "ListenBrainz", "Radio", "Spotify")

private fun listen(
    id: Long,
    kind: ListenKind,
    title: String,
    creator: String,
    show: String,
    played: Long?,
    thumb: Thumb? = null,
) = Listen(
    id,
    kind,
    title,
    listOf(creator),
    show,
    "Harbour Lights Media",
    EVENING - id * 25 * MINUTE,
    120,
    played,
    false,
    42 * MINUTE,
    "AntennaPod",
    "AntennaPod",
    "Pixel 9",
    false,
    thumb,
)

internal val someListens =
    listOf(
        listen(1, ListenKind.PODCAST, "The lighthouse keeper’s radio", "Mara Lind", "Harbour Lights", 42 * MINUTE, Thumb.UP),
        listen(2, ListenKind.MUSIC, "Slow Tide", "Nils Ferro", "Breakwater", 4 * MINUTE),
        listen(3, ListenKind.RADIO, "", "Signal & Noise", "Nachtprogramm", 11 * MINUTE, Thumb.DOWN),
        listen(4, ListenKind.VIDEO, "How tide tables were computed before there were computers", "Ada Brook", "Sea Level", null),
    )

internal val detail =
    ListenDetail(
        someListens.first(),
        "https://harbour.example/12",
        "https://harbour.example/feed.xml",
        "feed",
        "Harbour Lights",
        true,
        3u,
        2u,
        96 * MINUTE,
        EVENING - 30 * 24 * HOUR,
        EVENING,
        listOf(ToldBy(1, "gpodder_episode_actions", "episode-actions.json", EVENING, 17)),
        listOf(SourcePayee("p1", "Harbour Lights", false, "did:key:z6Mk"), SourcePayee("p2", "Nils Ferro, sound", true, null)),
    )

internal fun batch(state: BatchState) = Batch(3, state, "spotify_extended", "my_spotify_data.zip", EVENING, 1_240u, 1_180u, 48u, 12u, 1_180u)

private val refused =
    listOf(
        RefusedLine("endsong_0.json", 14, 14, "time_before_2002", "ts", "{\"ts\":\"1970-01-01T00:00:00Z\""),
        RefusedLine("", 90, 90, "nothing_named", "", "{\"ms_played\":1200}"),
    )

private val unreadable = Phase.Failed(Shown(3_002, "damaged", "vault"))

internal fun <T> rows(list: List<T>) = Rows(if (list.isEmpty()) Phase.Empty else Phase.Ready, list.size, true, list.size.coerceAtLeast(1), mapOf(0 to list))

internal fun <T> rows(phase: Phase) = Rows<T>(phase, ended = true)

val historySamples: List<Sample> =
    listOf(
        sample("history_days", tab = Tab.History, wide = true) { Days(rows(someDays)) },
        sample("history_days", "empty", Tab.History) { Days(rows(emptyList())) },
        sample("history_days", "loading", Tab.History) { Days(rows(Phase.Loading)) },
        sample("history_days", "error", Tab.History) { Days(rows(unreadable)) },
        sample("history_days", "offline", Tab.History) { Days(rows(Phase.Offline)) },
        sample("history_days", "locked", Tab.History) { Days(rows(Phase.Locked)) },
        sample("history_more", tab = Tab.History) { MoreScreen({}, {}) },
        sample("history_day", tab = Tab.History) { DayScreen("2026-10-05", rows(someListens), {}, {}, {}, {}) },
        sample("history_day", "empty", Tab.History) { DayScreen("2026-10-05", rows(emptyList()), {}, {}, {}, {}) },
        sample("history_item", tab = Tab.History) { Item(ItemState(Phase.Ready, detail)) },
        sample("history_item", "first_time", Tab.History) {
            Item(ItemState(Phase.Ready, detail.copy(listen = someListens[1], playsBefore = 0u, payees = emptyList(), subscribed = false)))
        },
        sample("history_item", "error", Tab.History) { Item(ItemState(Phase.Failed(Shown(4_020, "no_such_listen", "history")))) },
        sample(
            "history_search",
            tab = Tab.History,
        ) { Search(HistoryState("tide", ListenKind.MUSIC, null, listOf("AntennaPod", "Spotify"), true), rows(someListens)) },
        sample("history_search", "empty", Tab.History) { Search(HistoryState("zzz", searching = true), rows(emptyList())) },
        sample("history_import", tab = Tab.History) { Import(ImportState(Phase.Ready, listOf(batch(BatchState.HELD), batch(BatchState.ACCEPTED)))) },
        sample("history_import", "empty", Tab.History) { Import(ImportState(Phase.Empty)) },
        sample("history_import", "loading", Tab.History) {
            Import(ImportState(Phase.Empty, importing = Importing.Reading("my_spotify_data.zip", FilesProgress(0u, 6_200_000u, 10_000_000u, 31_402u))))
        },
        sample(
            "history_import",
            "error",
            Tab.History,
        ) { Import(ImportState(Phase.Empty, importing = Importing.Failed(Shown(2_001, "unknown_format", "history")))) },
        sample("history_pen", tab = Tab.History) { Pen(PenState(Phase.Ready, batch(BatchState.HELD), 4)) },
        sample("history_pen", "accepted", Tab.History) { Pen(PenState(Phase.Ready, batch(BatchState.ACCEPTED))) },
        sample("history_refused", tab = Tab.History) { RefusedScreen(rows(refused), {}, {}, {}) },
        sample("history_refused", "empty", Tab.History) { RefusedScreen(rows(emptyList()), {}, {}, {}) },
        sample("history_capture", tab = Tab.History) {
            CaptureScreen(CaptureState(Phase.Ready, listOf(CaptureApp("AntennaPod", true, 1), CaptureApp("Spotify", false, 1))), { _, _ -> }, {}, {})
        },
        sample("history_capture", "phone", Tab.History) {
            CaptureScreen(CaptureState(Phase.Ready, listOf(CaptureApp("AntennaPod", true, 1))), { _, _ -> }, {}, {}, {})
        },
        sample("history_capture", "empty", Tab.History) { CaptureScreen(CaptureState(Phase.Empty), { _, _ -> }, {}, {}) },
    )

@Composable
private fun Days(days: Rows<Day>) = DaysScreen(days, someSources, {}, {}, noDaysActions)

@Composable
private fun Item(state: ItemState) = ItemScreen(state, {}, {}, {}, {})

@Composable
private fun Search(
    state: HistoryState,
    found: Rows<Listen>,
) = SearchScreen(state, found, {}, {}, noSearchActions, {})

@Composable
internal fun Import(state: ImportState) = ImportScreen(state, noImportActions, {}, {})

@Composable
private fun Pen(state: PenState) = PenScreen(state, rows(someListens), {}, {}, noPenActions, {})

internal val noDaysActions =
    object : DaysActions {
        override fun day(day: Day) = Unit

        override fun search() = Unit

        override fun import() = Unit

        override fun glance() = Unit

        override fun more() = Unit
    }

internal val noImportActions =
    object : ImportActions {
        override fun choose() = Unit

        override fun from() = Unit

        override fun stop() = Unit

        override fun open(batch: Long) = Unit

        override fun zone(zone: String) = Unit

        override fun mapping(mapping: TableMapping) = Unit

        override fun read() = Unit

        override fun leave() = Unit
    }

internal val noSearchActions =
    object : SearchActions {
        override fun text(text: String) = Unit

        override fun kind(kind: ListenKind?) = Unit

        override fun source(source: String?) = Unit

        override fun listen(listen: Listen) = Unit

        override fun known(known: Known) = Unit
    }

internal val noPenActions =
    object : PenActions {
        override fun accept() = Unit

        override fun reject() = Unit

        override fun undo() = Unit

        override fun refused() = Unit
    }
