// Notes, tags, corrections, hiding, deleting, merging and splitting against the real core, each taken back again.
package tekram.ui.history.edit

import org.junit.jupiter.api.Test
import tekram.ffi.Correction
import tekram.ffi.EditChange
import tekram.ffi.Listen
import tekram.ffi.Presence
import tekram.ffi.Thumb
import tekram.ui.CoreTest
import tekram.ui.common.Phase
import tekram.ui.history.ImportModel
import tekram.ui.history.Importing
import tekram.ui.history.everything
import tekram.ui.start.Session
import java.nio.file.Files
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** 2026-09-21, 14:13 UTC. */
private const val AT = 1_790_000_000L

class EditModelsTest : CoreTest() {
    private fun song(
        at: Long,
        title: String,
    ) = """{"listened_at":$at,"track_metadata":{"track_name":"$title","artist_name":"Alder","release_name":"Salt",""" +
        """"additional_info":{"artist_names":["Alder"],"duration_ms":200000}}}"""

    /** Three listens of two works, the newest first. */
    private suspend fun heard(session: Session): List<Listen> {
        val file = folder.resolve("listens.jsonl")
        Files.writeString(file, listOf(song(AT, "Low Tide"), song(AT + 900, "Low Tide"), song(AT + 1_800, "Low Tide Live")).joinToString("\n"))
        val model = ImportModel(session)
        model.importFile(file.toString())
        val done = assertIs<Importing.Done>(model.state.until("the file is read") { it.importing is Importing.Done }.importing)
        session.persona.acceptBatch(done.batch)
        return all(session)
    }

    private suspend fun all(session: Session) = session.persona.listens(everything, null, 50u).listens

    private suspend fun ready(model: EditModel) = model.state.until("the listen is there") { it.phase == Phase.Ready }

    @Test
    fun `a note, tags and a correction are kept, found, and taken back one by one`() =
        story {
            val session = session()
            val one = heard(session).first()
            val model = EditModel(session, one.id)
            ready(model)
            model.note("  heard on the ferry ")
            model.state.until("the note is kept") { !it.busy && it.detail?.listen?.note == "heard on the ferry" }
            model.tag("harbour")
            model.state.until("it is tagged") { !it.busy && it.detail?.listen?.tags == listOf("harbour") }
            val other = EditModel(session, all(session).last().id)
            assertEquals(listOf("harbour"), ready(other).offered)
            assertEquals(emptyList(), model.state.value.offered)

            val title = assertEqualsTitle(model, Correction(one.kind, "High Tide", one.creators, one.show, one.publisher))
            assertEquals("Low Tide Live", title)
            assertEquals(
                listOf(one.id),
                session.persona
                    .listens(everything.copy(text = "ferry harbour"), null, 5u)
                    .listens
                    .map { it.id },
            )

            val changes = ChangesModel(session)
            val rows = changes.changes.rows.until("the changes are there") { it.phase == Phase.Ready && it.count == 3 }
            assertIs<EditChange.Corrected>(rows[0]?.change)
            assertEquals(rows[0]?.edit, changes.state.value.nextUndo)
            repeat(3) { done ->
                changes.undo()
                changes.changes.rows.until("${done + 1} are taken back") { now -> (0..done).all { now[it]?.undoneMs != null } }
                changes.state.until("nothing is under way") { !it.busy }
            }
            assertNull(changes.state.value.nextUndo)
            assertEquals(one, all(session).first())
            model.untag("nothing")
            model.state.until("nothing is under way") { !it.busy }
        }

    private suspend fun assertEqualsTitle(
        model: EditModel,
        correction: Correction,
    ): String? {
        model.correct(correction)
        val corrected = model.state.until("it is corrected") { !it.busy && it.detail?.listen?.corrected == true }.detail
        assertEquals("High Tide", corrected?.listen?.title)
        assertNull(corrected?.original?.show, "what says the same as the source is no correction")
        return corrected?.original?.title
    }

    @Test
    fun `a correction is taken away, and the source's words are there again`() =
        story {
            val session = session()
            val one = heard(session).first()
            val model = EditModel(session, one.id)
            ready(model)
            model.correct(Correction(title = "High Tide"))
            model.state.until("it is corrected") { !it.busy && it.detail?.listen?.corrected == true }
            model.original()
            model.state.until("it is as before") { !it.busy && it.detail?.listen?.corrected == false }
            assertEquals(one.title, all(session).first().title)
        }

    @Test
    fun `what is hidden or deleted is listed and comes back, and what is deleted for good does not`() =
        story {
            val session = session()
            val listens = heard(session)
            val first = EditModel(session, listens[0].id)
            val second = EditModel(session, listens[1].id)
            ready(first)
            ready(second)
            first.hide(true)
            first.state.until("it is hidden") { !it.busy && it.detail?.listen?.hidden == true }
            second.delete()
            second.state.until("it is deleted") { !it.busy && it.detail?.forGoodMs != null }
            assertEquals(listOf(listens[2].id), all(session).map { it.id })
            val hidden = HiddenModel(session)
            val rows = hidden.listens.rows.until("both are listed") { it.count == 2 }
            assertNull(rows[0]?.forGoodMs)
            hidden.bringBack(checkNotNull(rows[1]))
            hidden.listens.rows.until("one is left") { it.count == 1 }
            assertEquals(listens.drop(1).map { it.id }, all(session).map { it.id })
            first.deleteForGood()
            first.state.until("it is gone") { it.gone && !it.busy }
            hidden.listens.rows.until("nothing is left") { it.phase == Phase.Empty }
            val changes = ChangesModel(session)
            val told = changes.changes.rows.until("the changes are there") { it.phase == Phase.Ready }
            assertEquals(EditChange.DeletedForGood, told[0]?.change)
            assertTrue((0 until told.count).any { told[it]?.change == EditChange.Moved(Presence.SHOWN, Presence.DELETED) })
        }

    @Test
    fun `a rating is among the changes and can be taken back`() =
        story {
            val session = session()
            val one = heard(session).first()
            session.persona.rate(one.id, Thumb.UP)
            val changes = ChangesModel(session)
            val rows = changes.changes.rows.until("the rating is there") { it.count == 1 }
            assertEquals(EditChange.Rated(null, Thumb.UP), rows[0]?.change)
            changes.undo()
            changes.state.until("it is taken back") { !it.busy && it.nextUndo == null }
            assertNull(all(session).first().thumb)
        }

    @Test
    fun `works are looked at, merged, and taken apart again`() =
        story {
            val session = session()
            val listens = heard(session)
            val model = WorkModel(session, listens.first().id)
            model.state.until("the work is there") { it.phase == Phase.Ready }
            model.search("low")
            val found = model.state.until("the other is found") { it.found.isNotEmpty() }.found.single()
            assertEquals("Low Tide", found.title)
            model.look(found)
            val look = checkNotNull(model.state.until("it is looked at") { it.look != null }.look)
            assertEquals(3uL, look.plays)
            assertEquals(1, model.state.value.work?.descriptions?.size, "a look changes nothing")
            model.merge()
            val merged = model.state.until("they are one") { !it.busy && it.work?.descriptions?.size == 2 }
            assertEquals(3uL, merged.work?.plays)
            assertFalse(merged.canSplit)
            val apart = checkNotNull(merged.work?.descriptions?.find { it.title == "Low Tide" })
            model.choose(apart.description)
            assertTrue(model.state.value.canSplit)
            model.split()
            model.state.until("they are two") { !it.busy && it.work?.descriptions?.size == 1 }
        }
}
