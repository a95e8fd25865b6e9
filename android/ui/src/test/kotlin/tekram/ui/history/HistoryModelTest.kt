// History against the real core: from an export to the log and back, days, search, rating, export.
package tekram.ui.history

import androidx.lifecycle.ViewModel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Test
import tekram.ffi.BatchState
import tekram.ffi.ExportForm
import tekram.ffi.Thumb
import tekram.ui.CoreTest
import tekram.ui.FailingDevice
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.common.Rows
import tekram.ui.history.share.ExportModel
import tekram.ui.start.Session
import java.nio.file.Files
import java.nio.file.Path
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

class HistoryModelTest : CoreTest() {
    private fun fixture(
        name: String,
    ): String = listOf("../../tests/fixtures/listens", "tests/fixtures/listens").map { Path.of(it, name) }.first(Files::exists).toString()

    private suspend fun <T> StateFlow<Rows<T>>.there(what: String) = until(what) { it.phase != Phase.Loading }

    private suspend fun imported(session: Session): Long {
        val model = ImportModel(session)
        model.importFile(fixture("listenbrainz.zip"))
        val done = model.state.until("the import is read") { it.importing is Importing.Done || it.importing is Importing.Failed }
        return assertIs<Importing.Done>(done.importing).batch
    }

    private suspend fun accepted(session: Session): PenModel {
        val pen = PenModel(session, imported(session))
        pen.state.until("the import is shown") { it.phase == Phase.Ready }
        pen.accept()
        pen.state.until("it is added") { it.batch?.state == BatchState.ACCEPTED }
        return pen
    }

    @Test
    fun `an empty log is empty and an import fills its days`() =
        story {
            val session = session()
            val model = HistoryModel(session)
            assertEquals(
                Phase.Empty,
                model.days.rows
                    .there("the days")
                    .phase,
            )
            accepted(session)
            val days = model.days.rows.until("the days follow the log") { it.count > 0 }
            val first = assertNotNull(days[0])
            assertTrue(first.playedMs > 0 && first.sources.sumOf { it.plays } == first.plays)
            val day = DayModel(session, first.fromMs, first.toMs)
            val listens = day.listens.rows.there("the day's listens")
            assertEquals(first.plays.toLong(), listens.count.toLong())
        }

    @Test
    fun `what the pen shows is added, counted and taken out again as a whole`() =
        story {
            val session = session()
            val pen = PenModel(session, imported(session))
            val preview = pen.preview.rows.there("the preview")
            val refused = pen.refused.rows.there("the refused lines")
            val held = assertNotNull(pen.state.until("the import") { it.batch != null }.batch)
            assertEquals(BatchState.HELD, held.state)
            assertTrue(preview.count > 0)
            assertEquals(held.refused > 0uL, refused.count > 0)
            pen.accept()
            pen.state.until("it is added") { it.batch?.state == BatchState.ACCEPTED }
            assertEquals(held.listens, session.persona.holdings().listens)
            pen.undo()
            pen.state.until("it is taken out") { it.batch?.state == BatchState.UNDONE }
            assertEquals(0uL, session.persona.holdings().listens)
            pen.reject()
            val wrong = pen.state.until("it cannot be thrown away any more") { it.failure != null }
            assertEquals("wrong_batch_state", wrong.failure?.name)
        }

    @Test
    fun `a search finds as one types, narrows, and forgets when it is closed`() =
        story {
            val session = session()
            accepted(session)
            val model = HistoryModel(session)
            val all = model.days.rows.until("the days") { it.count > 0 }
            assertNotNull(all[0])
            model.search(open = true)
            val everything = model.found.rows.until("everything is found") { it.count > 0 }
            val title = assertNotNull(everything[0]).title
            model.search(title.take(6))
            val found = model.found.rows.until("the title is found") { rows -> rows.count in 1 until everything.count && rows[0] != null }
            assertTrue((0 until found.count).mapNotNull { found[it] }.any { it.title == title })
            model.search("nothing is called like this")
            model.found.rows.until("nothing is found") { it.phase == Phase.Empty }
            model.search(open = false)
            assertEquals(HistoryState(sources = model.state.value.sources), model.state.value)
        }

    @Test
    fun `a rating is kept, and given again it is taken back`() =
        story {
            val session = session()
            accepted(session)
            val page = session.persona.listens(everything, null, 1u)
            val item = ItemModel(session, page.listens.single().id)
            item.state.until("the listen") { it.phase == Phase.Ready }
            item.rate(Thumb.UP)
            item.state.until("it is rated") { it.detail?.listen?.thumb == Thumb.UP }
            assertEquals(
                Thumb.UP,
                session.persona
                    .listens(everything, null, 1u)
                    .listens
                    .single()
                    .thumb,
            )
            item.rate(Thumb.UP)
            item.state.until("the rating is taken back") { it.detail?.listen?.thumb == null }
            assertNull(
                session.persona
                    .listens(everything, null, 1u)
                    .listens
                    .single()
                    .thumb,
            )
        }

    @Test
    fun `a file that is no history is refused by name and leaves nothing`() =
        story {
            val session = session()
            val file = Files.writeString(folder.resolve("letter.txt"), "Dear Sir or Madam")
            val model = ImportModel(session)
            model.importFile(file.toString())
            val ended = model.state.until("it is refused") { it.importing is Importing.Failed }
            assertEquals("unknown_format", assertIs<Importing.Failed>(ended.importing).error.name)
            model.reload()
            model.state.until("no import stays") { it.phase == Phase.Empty }
        }

    @Test
    fun `the log is written to the file that was chosen`() =
        story {
            val session = session()
            accepted(session)
            val target = folder.resolve("out.jsonl")
            val device =
                object : PlainDevice() {
                    override suspend fun newFile(suggestedName: String) = target.toString()
                }
            val model = ExportModel(session)
            model.choose(model.state.value.choice.copy(form = ExportForm.JSON_LINES))
            model.export(device)
            val done = model.state.until("it is written") { it.done != null || it.failure != null }
            assertEquals(done.done?.written?.toLong(), Files.readAllLines(target).size.toLong())
        }

    @Test
    fun `a copy that did not get where it was wanted is not called saved`() =
        story {
            val session = session()
            accepted(session)
            val device = FailingDevice(folder)
            val model = ExportModel(session)
            model.export(device)
            val failed = model.state.until("it is refused") { !it.busy && it.failure != null }
            assertEquals("file_not_saved", failed.failure?.name)
            assertNull(failed.done)
            assertEquals(device.offered, device.letGo, "what was written on the way is not left behind")
            model.export(FailingDevice(folder, hasRoom = false))
            assertEquals("file_not_saved", model.state.until("no room") { !it.busy && it.failure != null }.failure?.name)
        }

    @Test
    fun `a file that could not be read says so, and one that was read is let go`() =
        story {
            val model = ImportModel(session())
            val device = FailingDevice(folder)
            model.choose(device)
            val ended = model.state.until("it is refused") { it.importing is Importing.Failed }
            assertEquals("file_not_read", assertIs<Importing.Failed>(ended.importing).error.name)
            device.readable = fixture("listenbrainz.zip")
            model.choose(device)
            val looked = assertIs<Importing.Looked>(model.state.until("it is looked at") { it.importing is Importing.Looked }.importing)
            assertEquals("listenbrainz", looked.look.format?.substringBefore('_'))
            assertTrue(device.letGo.isEmpty(), "it is still needed")
            model.read()
            model.state.until("it is read") { it.importing is Importing.Done }
            withTimeout(5_000) { while (device.letGo != listOf(device.readable)) delay(10) }
        }

    @Test
    fun `a locked profile is shown as locked`() =
        story {
            val session = session()
            accepted(session)
            session.persona.lock()
            val model: ViewModel = HistoryModel(session)
            assertEquals(
                Phase.Locked,
                (model as HistoryModel)
                    .days.rows
                    .there("the days")
                    .phase,
            )
        }
}
