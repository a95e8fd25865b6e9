// A file is looked at before it is read: its zone and its columns are said by the person, against the real core.
package tekram.ui.history.bring

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextReplacement
import org.junit.jupiter.api.Test
import tekram.ffi.ColumnRole
import tekram.ffi.TableMapping
import tekram.ui.CoreTest
import tekram.ui.common.PlainDevice
import tekram.ui.history.ImportActions
import tekram.ui.history.ImportModel
import tekram.ui.history.ImportScreen
import tekram.ui.history.ImportState
import tekram.ui.history.Importing
import tekram.ui.history.everything
import tekram.ui.history.noImportActions
import tekram.ui.onScreen
import java.nio.file.Files
import java.nio.file.Path
import java.time.Instant
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

class LookTest : CoreTest() {
    /** A device on which these files are chosen. */
    private class Chosen(
        private val files: List<Path>,
    ) : PlainDevice() {
        val letGo = mutableListOf<String>()

        override suspend fun pickFiles(): List<String> = files.map { it.toString() }

        override suspend fun letGo(path: String) {
            letGo += path
        }
    }

    private fun file(
        name: String,
        text: String,
    ): Path = folder.resolve(name).also { Files.writeString(it, text) }

    private suspend fun looked(
        model: ImportModel,
        what: String,
        holds: (Importing.Looked) -> Boolean,
    ): Importing.Looked =
        assertIs<Importing.Looked>(model.state.until(what) { state -> (state.importing as? Importing.Looked)?.let(holds) == true }.importing)

    @Test
    fun `a table is read by the columns and the zone that the person says`() =
        story {
            val session = session()
            val table = file("verlauf.csv", "Wann;Was;Wer\n05.10.2026 20:30;Slow Tide;Nils Ferro\n05.10.2026 20:25;Salt;Nils Ferro\n")
            val device = Chosen(listOf(table))
            val model = ImportModel(session)
            model.choose(device)
            val first = looked(model, "it is looked at") { true }
            assertEquals(null, first.look.format)
            assertEquals(listOf("Wann", "Was", "Wer"), assertNotNull(first.look.table).headings)
            var mapping = assertNotNull(first.readAs.mapping)
            mapping = mapping.with(0, ColumnRole.TIME).with(1, ColumnRole.TITLE).with(2, ColumnRole.ARTIST).copy(dayFirst = true)
            model.mapping(mapping)
            model.zone("Asia/Tokyo")
            val shown = looked(model, "its plays are shown") { it.readAs.zone == "Asia/Tokyo" && it.look.plays.firstOrNull()?.startMs == TOKYO }
            assertEquals(listOf("Slow Tide", "Salt"), shown.look.plays.map { it.title })
            model.read()
            val done = assertIs<Importing.Done>(model.state.until("it is read") { it.importing is Importing.Done }.importing)
            session.persona.acceptBatch(done.batch)
            assertEquals(
                TOKYO,
                session.persona
                    .listens(everything, null, 1u)
                    .listens
                    .single()
                    .startMs,
            )
            until { device.letGo == listOf(table.toString()) }
        }

    @Test
    fun `columns that cannot be read say why, and nothing is kept when the person leaves`() =
        story {
            val session = session()
            val model = ImportModel(session)
            val device = Chosen(listOf(file("verlauf.csv", "Wann;Was\n05.10.2026 20:30;Slow Tide\n05.10.2026 20:25;Salt\n")))
            model.choose(device)
            val first = looked(model, "it is looked at") { true }
            model.mapping(assertNotNull(first.readAs.mapping).copy(columns = emptyList()))
            assertEquals("bad_mapping", looked(model, "it is refused") { it.failure != null }.failure?.name)
            model.leave()
            model.state.until("it is left") { it.importing == Importing.Idle }
            assertTrue(session.persona.batches().isEmpty())
            until { device.letGo.size == 1 }
        }

    @Test
    fun `several files are read one after the other, and one that is none keeps no other back`() =
        story {
            val session = session()
            val one = """{"listened_at":1790000000,"track_metadata":{"track_name":"Low Tide","artist_name":"Alder"}}"""
            val model = ImportModel(session)
            model.choose(Chosen(listOf(file("a.jsonl", one), file("b.pdf", "%PDF-1.4"), file("c.jsonl", one.replace("90000000", "90000900")))))
            looked(model, "it is looked at") { it.more == 2 }
            model.read()
            val files = assertIs<Importing.Several>(model.state.until("they are read") { it.importing is Importing.Several }.importing).files
            assertEquals(listOf("a.jsonl", "b.pdf", "c.jsonl"), files.map { it.fileName })
            assertEquals(listOf(null, "unknown_format", null), files.map { it.problem })
            assertEquals(2, session.persona.batches().size)
        }

    private suspend fun until(holds: () -> Boolean) {
        kotlinx.coroutines.withTimeout(5_000) { while (!holds()) kotlinx.coroutines.delay(10) }
    }

    private companion object {
        /** 20:30 in Tokyo. */
        val TOKYO: Long = Instant.parse("2026-10-05T11:30:00Z").toEpochMilli()
    }
}

@OptIn(ExperimentalTestApi::class)
class LookScreenTest {
    private val said = mutableListOf<String>()

    @Test
    fun `a column and a zone are chosen, and the file is read`() {
        val actions =
            object : ImportActions by noImportActions {
                override fun zone(zone: String) {
                    said += zone
                }

                override fun mapping(mapping: TableMapping) {
                    said += mapping.columns.joinToString { "${it.role} ${it.column}" }
                }

                override fun read() {
                    said += "read"
                }
            }
        onScreen({ ImportScreen(ImportState(importing = lookedTable, phase = tekram.ui.common.Phase.Ready), actions, {}, {}) }) {
            onNodeWithTag("look_column_3").performScrollTo().performClick()
            onNodeWithText("Album").performScrollTo().performClick()
            onNodeWithTag("look_zone").performScrollTo().performTextReplacement("new york")
            onNodeWithText("America/New York").performScrollTo().performClick()
            onNodeWithText("Read it in").performScrollTo().performClick()
        }
        assertEquals(listOf("TIME 0, TITLE 1, ARTIST 2, ALBUM 3", "America/New_York", "read"), said)
    }
}
