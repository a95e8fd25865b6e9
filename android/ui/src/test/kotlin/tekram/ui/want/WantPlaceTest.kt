// The room of Want over the real core: the exact place is asked for when an area needs it and not before, and a store's card
// that was read among the relations fills in a request.
package tekram.ui.want

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertTextContains
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
import tekram.ui.CoreTest
import tekram.ui.Room
import tekram.ui.RoomScreen
import tekram.ui.common.Device
import tekram.ui.common.PlaceAnswer
import tekram.ui.common.PlainDevice
import tekram.ui.common.Route
import tekram.ui.common.Tab
import tekram.ui.onScreen
import tekram.ui.start.AppModel
import tekram.ui.start.AppPhase
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class WantPlaceTest : CoreTest() {
    private val app by lazy { AppModel(agent, PlainDevice()) }

    private fun rooms(
        device: Device,
        tab: Tab,
        route: Route? = null,
        story: ComposeUiTest.() -> Unit,
    ) {
        runBlocking {
            app.state.until("first run") { it.phase != AppPhase.Opening }
            app.opened(session().persona)
        }
        app.select(tab, route)
        val session = checkNotNull(app.session)
        val room = Room(session, app)
        onScreen({
            val state by app.state.collectAsState()
            CompositionLocalProvider(LocalViewModelStoreOwner provides session) {
                key(state.place.top) { RoomScreen(state.place.top, room, { app.back() }) }
            }
        }, device = device, story = story)
        session.end()
    }

    private fun ComposeUiTest.await(text: String) =
        waitUntil("$text is shown", 30_000) { onAllNodes(hasText(text, substring = true)).fetchSemanticsNodes().isNotEmpty() }

    private class Asked(
        private val answer: PlaceAnswer,
    ) : PlainDevice() {
        val places = mutableListOf<Boolean>()

        override suspend fun place(exact: Boolean): PlaceAnswer {
            places += exact
            return answer
        }
    }

    @Test
    fun `the exact place is asked for with a fine area, and a refusal leaves the coordinates`() {
        val device = Asked(PlaceAnswer.Refused)
        rooms(device, Tab.Want, Route("want_compose")) {
            await("How exact")
            onNodeWithText("A whole region (about 150 km)").performScrollTo().performClick()
            waitForIdle()
            assertEquals(emptyList(), device.places, "a coarse area asks for nothing")
            onNodeWithText("A few streets (about 150 m)").performScrollTo().performClick()
            await("Tekram may not know where this phone is.")
            assertEquals(listOf(true), device.places)
            onNodeWithText("At these coordinates").performScrollTo().performClick()
            waitForIdle()
            onNodeWithTag("want_latitude").performScrollTo().performTextInput("50.1109")
            onNodeWithTag("want_longitude").performScrollTo().performTextInput("8.6821")
            onNodeWithTag("want_what").performScrollTo().performTextInput("Tea")
            onNodeWithTag("want_relay").performScrollTo().performTextInput("wss://board.example.invalid")
            onNodeWithText("Add").performScrollTo().performClick()
            onNodeWithText("See what will be seen").performScrollTo().performClick()
            await("This is what everybody will see")
            assertEquals(listOf(true), device.places, "typed coordinates ask for nothing")
        }
    }

    @Test
    fun `only a rough place is said, and a coarse area is made with it`() {
        val device = Asked(PlaceAnswer.RoughOnly)
        rooms(device, Tab.Want, Route("want_compose")) {
            await("How exact")
            onNodeWithText("A quarter (about 1 km)").performScrollTo().performClick()
            await("Tekram may only know roughly")
            onNodeWithTag("want_what").performScrollTo().performTextInput("Tea")
            onNodeWithTag("want_relay").performScrollTo().performTextInput("wss://board.example.invalid")
            onNodeWithText("Add").performScrollTo().performClick()
            onNodeWithText("A town (about 5 km)").performScrollTo().performClick()
            onNodeWithText("See what will be seen").performScrollTo().performClick()
            waitUntil("the rough place is asked for", 30_000) { device.places == listOf(true, false) }
        }
    }

    @Test
    fun `a store's card read among the relations fills in a request`() {
        val device =
            object : PlainDevice() {
                override val readsCards = true
                var card: String? = null

                override suspend fun readCard(): String? = card
            }
        rooms(device, Tab.Relations) {
            await("Relations")
            onNodeWithContentDescription("Read the store’s card").performClick()
            await("A store’s card begins a request.")
            onAllNodes(hasText("Read the store’s card"))[1].performClick()
            await("This phone cannot read cards now.")
            device.card = "tekram:pay?page=https://shop.example"
            onAllNodes(hasText("Read the store’s card"))[1].performClick()
            await("This card does not hold up.")
            device.card = "tekram:want?what=Green+tea&board=wss://store.example"
            onAllNodes(hasText("Read the store’s card"))[1].performClick()
            await("What the store’s card says is filled in.")
            onNodeWithTag("want_what").assertTextContains("Green tea")
            onNodeWithText("wss://store.example").performScrollTo().assertIsDisplayed()
        }
        assertEquals(Tab.Want, app.state.value.place.tab)
    }
}
