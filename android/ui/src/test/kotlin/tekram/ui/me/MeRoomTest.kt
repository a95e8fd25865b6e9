// The room of Me over the real core: the recovery words from another room and back to it, and the ways through the profile.
package tekram.ui.me

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import androidx.lifecycle.viewmodel.compose.LocalViewModelStoreOwner
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import tekram.ffi.RecoveryDuty
import tekram.ui.CoreTest
import tekram.ui.Room
import tekram.ui.RoomScreen
import tekram.ui.common.Place
import tekram.ui.common.PlainDevice
import tekram.ui.common.Route
import tekram.ui.common.Tab
import tekram.ui.onScreen
import tekram.ui.start.AppModel
import tekram.ui.start.AppPhase
import tekram.ui.start.Session
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class MeRoomTest : CoreTest() {
    private val app by lazy { AppModel(agent, PlainDevice()) }

    private fun open(): Session {
        runBlocking {
            app.state.until("first run") { it.phase != AppPhase.Opening }
            app.opened(session().persona)
        }
        return checkNotNull(app.session)
    }

    private fun rooms(
        session: Session,
        story: ComposeUiTest.() -> Unit,
    ) {
        val room = Room(session, app)
        onScreen({
            val state by app.state.collectAsState()
            val place: Place = state.place
            CompositionLocalProvider(LocalViewModelStoreOwner provides session) {
                key(place.top) { RoomScreen(place.top, room, { app.back() }) }
            }
        }, story = story)
    }

    private fun ComposeUiTest.click(text: String) {
        waitUntil("$text is shown", 30_000) { onAllNodes(hasText(text)).fetchSemanticsNodes().isNotEmpty() }
        onNodeWithText(text).performScrollTo().performClick()
    }

    @Test
    fun `the words are shown, checked, and lead back to where the person was`() {
        val session = open()
        app.select(Tab.Pay, Route("pay_confirm", "2026-10"))
        app.open(Route("me_words_show"))
        rooms(session) {
            click("Show the words")
            waitUntil("the words", 30_000) { onAllNodes(hasContentDescription("Word 24: ", substring = true)).fetchSemanticsNodes().isNotEmpty() }
            val words = session.persona.uncheckedRecoveryPhrase().use { it.words() }
            onNodeWithContentDescription("Word 1: ${words.first()}").performScrollTo()
            click("I have written them down")
            waitUntil("the questions", 30_000) { onAllNodes(hasText("Check them")).fetchSemanticsNodes().isNotEmpty() }
            words.forEachIndexed { index, word ->
                val tag = "me_words_check_${index + 1}"
                if (onAllNodes(hasTestTag(tag)).fetchSemanticsNodes().isNotEmpty()) onNodeWithTag(tag).performTextInput(word)
            }
            click("Check them")
            click("Done")
            waitForIdle()
        }
        assertEquals(Route("pay_confirm", "2026-10"), app.state.value.place.top)
        assertEquals(RecoveryDuty.NONE, session.persona.recoveryDuty(aboutToPay = true))
        session.end()
    }

    @Test
    fun `from the profile to a new one`() {
        val session = open()
        app.select(Tab.Me)
        rooms(session) {
            click("What was shared")
            waitUntil("nothing left", 30_000) { onAllNodes(hasText("Nothing has left this profile yet.")).fetchSemanticsNodes().isNotEmpty() }
            onNodeWithContentDescription("Go back").performClick()
            click("Networks in use")
            waitUntil("nobody", 30_000) { onAllNodes(hasText("This profile talks to nobody.")).fetchSemanticsNodes().isNotEmpty() }
            onNodeWithContentDescription("Go back").performClick()
            click("Profiles")
            click("New profile")
            onNodeWithTag("start_name").performTextInput("Shop")
            click("Next")
            onNodeWithTag("start_passphrase").performTextInput("other words in a row")
            onNodeWithTag("start_passphrase_again").performTextInput("other words in a row")
            click("Start")
            waitUntil("the new profile", 60_000) { app.session?.takeIf { it !== session } != null }
        }
        assertEquals("Shop", app.session?.persona?.name())
        checkNotNull(app.session).end()
    }
}
