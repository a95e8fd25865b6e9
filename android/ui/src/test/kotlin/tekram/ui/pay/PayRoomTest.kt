// The room of Pay over the real core, from the empty split to the book: what the taps open, and what stands there.
package tekram.ui.pay

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextReplacement
import androidx.lifecycle.viewmodel.compose.LocalViewModelStoreOwner
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import tekram.binding.Work
import tekram.ui.CoreTest
import tekram.ui.Room
import tekram.ui.common.PlainDevice
import tekram.ui.common.Tab
import tekram.ui.onScreen
import tekram.ui.start.AppModel
import tekram.ui.start.AppPhase
import tekram.ui.start.Session
import java.nio.file.Files
import java.nio.file.Path
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class PayRoomTest : CoreTest() {
    private fun log(session: Session) =
        runBlocking {
            val file = listOf("../../tests/fixtures/listens", "tests/fixtures/listens").map { Path.of(it, "episode-actions.json") }.first(Files::exists)
            val task = session.persona.startImport(file.toString())
            session.persona.acceptBatch(Work(task, task::next, task::finish, task::cancel).run().batch)
        }

    @Test
    fun `a budget is set on the screen, and looking around changes nothing`() {
        val app = AppModel(agent, PlainDevice())
        runBlocking {
            app.state.until("first run") { it.phase != AppPhase.Opening }
            app.opened(session().persona)
        }
        val session = checkNotNull(app.session)
        log(session)
        app.select(Tab.Pay)
        val room = Room(session, app)
        onScreen({
            val state by app.state.collectAsState()
            val route = state.place.top
            CompositionLocalProvider(LocalViewModelStoreOwner provides session) { PayRoom(route, room, { app.back() }) }
        }) {
            fun there(text: String) = waitUntil("$text is shown", 30_000) { onAllNodesOf(text) }
            there("Choose what you want to give in a month. You can change it at any time.")
            onNodeWithText("EUR").performClick()
            onNodeWithTag("pay_budget").performTextReplacement("10")
            waitUntil("a preview", 30_000) { onAllNodesOf("Use this") && onAllNodesOf("Shares") }
            onNodeWithText("Use this").performClick()
            waitUntil("rules in force", 30_000) { session.persona.rules() != null && onAllNodesOf("Confirm") }
            onNodeWithContentDescription("All months").performClick()
            there("Account book")
            onNodeWithText("Account book").performClick()
            there("The account book is empty.")
            onNodeWithContentDescription("Go back").performClick()
            onNodeWithContentDescription("Go back").performClick()
            there("Shares")
        }
        assertEquals(1000L, session.persona.rules()?.budget?.amountMinor)
        assertEquals(emptyList(), session.persona.statements())
        session.end()
    }
}

@OptIn(ExperimentalTestApi::class)
private fun ComposeUiTest.onAllNodesOf(text: String): Boolean = onAllNodes(hasText(text)).fetchSemanticsNodes().isNotEmpty()
