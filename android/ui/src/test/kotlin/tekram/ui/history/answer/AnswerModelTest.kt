// What the log answers, against the real core: a range at a glance, pages, what was on when, and results as one types.
package tekram.ui.history.answer

import kotlinx.coroutines.flow.StateFlow
import org.junit.jupiter.api.Test
import tekram.ffi.What
import tekram.ui.CoreTest
import tekram.ui.common.Phase
import tekram.ui.history.HistoryModel
import tekram.ui.history.ItemModel
import tekram.ui.start.Session
import java.nio.file.Files
import java.nio.file.Path
import java.time.LocalDateTime
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

class AnswerModelTest : CoreTest() {
    /** Three listens of October 2026, one of them too short to count. */
    private suspend fun heard(session: Session) {
        val file = folder.resolve("listens.jsonl")
        Files.writeString(file, listOf(song(AT, "Low Tide"), song(AT + DAY, "Low Tide"), song(AT + DAY + 300, "High Sun")).joinToString("\n"))
        take(session, file)
    }

    private suspend fun take(
        session: Session,
        file: Path,
    ) {
        val model = tekram.ui.history.ImportModel(session)
        model.importFile(file.toString())
        val done = model.state.until("the file is read") { it.importing is tekram.ui.history.Importing.Done }
        session.persona.acceptBatch((done.importing as tekram.ui.history.Importing.Done).batch)
    }

    private fun song(
        at: Long,
        title: String,
    ) = """{"listened_at":$at,"track_metadata":{"track_name":"$title","artist_name":"Alder","release_name":"Salt",""" +
        """"additional_info":{"artist_names":["Alder"],"duration_ms":200000}}}"""

    private suspend fun glance(
        state: StateFlow<GlanceState>,
        span: String,
    ) = state.until("$span is shown") { it.phase == Phase.Ready && it.glance != null && it.span == span }

    @Test
    fun `a year, the one before and everything are shown at a glance`() =
        story {
            val session = session()
            heard(session)
            val model = GlanceModel(session, "2026")
            val year = glance(model.state, "2026")
            val total = assertNotNull(year.glance)
            assertEquals(600_000, total.total.playedMs)
            assertEquals(listOf("Low Tide", "High Sun"), total.works.map { it.name })
            assertEquals(listOf("High Sun", "Low Tide"), year.new.map { it.name })
            assertEquals(3uL, year.periods.sumOf { it.amount.plays })
            model.look("2025")
            assertEquals(0uL, model.state.until("2025 is shown") { it.glance?.firstDate == "2025-01-01" }.glance?.total?.listens)
            model.look(ALL_TIME)
            assertEquals(listOf("2026"), glance(model.state, ALL_TIME).periods.map { it.period })
        }

    @Test
    fun `a listen leads to pages that say what it belongs to`() =
        story {
            val session = session()
            heard(session)
            val first = session.persona.listens(tekram.ui.history.everything, null, 1u).listens.first()
            val item = ItemModel(session, first.id).state.until("the listen is shown") { it.phase == Phase.Ready }
            assertEquals(listOf(What.WORK, What.CREATOR, What.SHOW), item.belongs.map { it.what })
            val creator = item.belongs.first { it.what == What.CREATOR }
            val page = PageModel(session, creator.id)
            val about = assertNotNull(page.state.until("the page is shown") { it.phase == Phase.Ready }.about)
            assertEquals(3uL, about.amount.plays)
            assertEquals(listOf("Low Tide", "High Sun"), about.works.map { it.name })
            assertEquals(3, page.listens.rows.until("its listens are shown") { it.phase == Phase.Ready }.count)
            val source = PageModel(session, null, first.source).state.until("the source is shown") { it.phase == Phase.Ready }
            assertEquals(3uL, source.about?.amount?.plays)
        }

    @Test
    fun `one knows what was on at a moment, and finds as one types`() =
        story {
            val session = session()
            heard(session)
            // The session's zone is Berlin's: two hours east of UTC.
            val moment = LocalDateTime.ofEpochSecond(AT + 7_200 + 60, 0, java.time.ZoneOffset.UTC)
            val around = WhenModel(session, moment).state.until("the moment is shown") { it.around != null }.around
            assertEquals(listOf("Low Tide"), around?.playing?.map { it.title })
            val search = HistoryModel(session)
            search.search(open = true)
            search.search("lo")
            search.search("low t")
            val typed = search.state.until("something is found") { it.groups.isNotEmpty() }
            assertEquals(listOf(What.WORK), typed.groups.map { it.first })
            assertTrue(typed.groups.first().second.all { it.known.name == "Low Tide" })
        }

    private companion object {
        /** 2026-10-05T16:00:00Z. */
        const val AT = 1_791_216_000L
        const val DAY = 86_400L
    }
}
