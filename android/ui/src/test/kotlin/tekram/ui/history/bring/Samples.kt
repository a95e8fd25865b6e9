// Samples of the way to a history: who has one, a provider's page, and a file before it is read.
package tekram.ui.history.bring

import tekram.ffi.ColumnRole
import tekram.ffi.ExportLook
import tekram.ffi.FileImported
import tekram.ffi.Fill
import tekram.ffi.HistoryRequest
import tekram.ffi.ImportReport
import tekram.ffi.ListenKind
import tekram.ffi.LookedTable
import tekram.ffi.MappedColumn
import tekram.ffi.ReadAs
import tekram.ffi.SampledPlay
import tekram.ffi.SampledRefusal
import tekram.ffi.TableMapping
import tekram.ffi.providers
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.Tab
import tekram.ui.history.Import
import tekram.ui.history.ImportState
import tekram.ui.history.Importing
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample

/** 2026-10-05, 18:30 UTC. */
private const val EVENING = 1_791_225_000_000L
private const val DAY = 24L * 3_600_000

internal val bring = BringState(Phase.Ready, providers(), listOf(HistoryRequest("spotify", EVENING, EVENING + 30 * DAY, null)))

internal val noProvider =
    object : ProviderActions {
        override fun open() = Unit

        override fun remember() = Unit

        override fun forget() = Unit

        override fun choose() = Unit

        override fun name(name: String) = Unit

        override fun fill() = Unit

        override fun stop() = Unit
    }

private fun play(
    title: String,
    startMs: Long,
) = SampledPlay(title, listOf("Nils Ferro"), "Breakwater", ListenKind.MUSIC, startMs, null, 240_000, true)

private val mapping =
    TableMapping(";", true, true, listOf(MappedColumn(ColumnRole.TIME, 0u), MappedColumn(ColumnRole.TITLE, 1u), MappedColumn(ColumnRole.ARTIST, 2u)))
private val plays = listOf(play("Slow Tide", EVENING), play("Salt", EVENING - 300_000))
private val table =
    LookedTable(
        listOf("Datum", "Lied", "Interpret", "Bemerkung"),
        listOf(listOf("05.10.2026 20:30", "Slow Tide", "Nils Ferro", ""), listOf("05.10.2026 20:25", "Salt", "Nils Ferro", "laut")),
        mapping,
    )
internal val lookedTable =
    Importing.Looked(
        "verlauf.csv",
        0,
        ExportLook(null, 2_048u, 1u, 0u, table, plays, emptyList(), listOf(SampledRefusal(7u, "nothing_named", "title")), true),
        ReadAs("Europe/Berlin", mapping),
    )
internal val lookedSpotify =
    Importing.Looked(
        "Streaming_History_Audio_2024.json",
        2,
        ExportLook("spotify_extended", 12_000_000u, 1u, 0u, null, plays, emptyList(), emptyList(), false),
        ReadAs(),
    )
internal val severalRead =
    Importing.Several(
        listOf(
            FileImported("Streaming_History_Audio_2024.json", ImportReport(4, "spotify_extended", 900u, 880u, 20u, 0u, 880u, 0u, false), null),
            FileImported("ReadMeFirst.pdf", null, "unknown_format"),
        ),
    )

private fun importing(importing: Importing) = ImportState(Phase.Empty, importing = importing)

/** Screens on the way to a history. */
val bringSamples: List<Sample> =
    listOf(
        sample("history_import_from", tab = Tab.History) { ProvidersScreen(bring, {}, {}, {}) },
        sample("history_import_provider", tab = Tab.History) { ProviderScreen(bring, "spotify", noProvider, {}, {}) },
        sample("history_import_provider", "name", Tab.History) {
            ProviderScreen(bring.copy(name = "ada", filling = Filling.Asking(Fill(7, 3_000u, 3_000u, false, null))), "listenbrainz", noProvider, {}, {})
        },
        sample("history_import", "look", Tab.History) { Import(importing(lookedSpotify)) },
        sample("history_import", "table", Tab.History) { Import(importing(lookedTable)) },
        sample("history_import", "table_wrong", Tab.History) {
            Import(importing(lookedTable.copy(failure = Shown(7_041, "bad_mapping", "listen"), look = lookedTable.look.copy(plays = emptyList()))))
        },
        sample("history_import", "several", Tab.History) { Import(importing(severalRead)) },
    )
