// Clicks through the screens of Want.
package tekram.ui.want

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import org.junit.jupiter.api.Test
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.onScreen
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class WantScreensTest {
    private val said = mutableListOf<String>()

    private val camera =
        object : PlainDevice() {
            override val canScan = true
        }

    private var compose by mutableStateOf(ComposeState(Phase.Ready, terms = roster, currencies = listOf("EUR", "SAT")))

    private val composing =
        object : ComposeActions by noComposeActions {
            override fun edit(change: (WantFields) -> WantFields) {
                compose = compose.copy(fields = change(compose.fields))
            }

            override fun addBoard(board: String) {
                said += board
                compose = compose.copy(boards = compose.boards + board)
            }

            override fun scan() {
                said += "scan"
            }

            override fun preview() {
                said += "preview"
            }
        }

    @Test
    fun `an empty list offers a new request, and a request opens`() {
        var state by mutableStateOf(WantListState(Phase.Empty))
        onScreen({ WantListScreen(state, { said += "new" }, { said += it.intent }, {}) }) {
            onNodeWithText("New request").performClick()
            state = WantListState(Phase.Ready, listOf(intent("open", "7", "Reading lamp")))
            waitForIdle()
            onNodeWithText("Reading lamp").performClick()
            assertEquals(listOf("new", "7"), said)
        }
    }

    @Test
    fun `a request is written field by field`() {
        compose = compose.copy(fields = WantFields(terms = "PDC-INTENT"))
        onScreen({ ComposeScreen(compose, composing, {}, {}) }, device = camera) {
            onNodeWithTag("want_what").performTextInput("A blue wool hat")
            onNodeWithContentDescription("Scan the barcode").performClick()
            onNodeWithContentDescription("One less").assertIsNotEnabled()
            onNodeWithContentDescription("One more").performScrollTo().performClick()
            onNodeWithTag("want_ceiling").performScrollTo().performTextInput("30")
            onNodeWithText("SAT").performScrollTo().performClick()
            onNodeWithText("At these coordinates").performScrollTo().performClick()
            onNodeWithTag("want_latitude").performScrollTo().performTextInput("50.11")
            onNodeWithText("A quarter (about 1 km)").performScrollTo().performClick()
            onNodeWithText("For 3 days").performScrollTo().performClick()
            onNodeWithText("I am in a store now").performScrollTo().performClick()
            onNodeWithText("Choose other terms").performScrollTo().performClick()
            onNodeWithText("Service only").performScrollTo().performClick()
            onNodeWithTag("want_relay").performScrollTo().performTextInput("board.example")
            onNodeWithText("Add").performScrollTo().performClick()
            onNodeWithText("board.example").performScrollTo().performClick()
            onNodeWithText("See what will be seen").performScrollTo().performClick()
            val expected =
                WantFields(
                    what = "A blue wool hat",
                    quantity = 2u,
                    ceiling = "30",
                    currency = "SAT",
                    here = false,
                    latitude = "50.11",
                    precision = 6u,
                    hours = 72u,
                    terms = "SD-BASE",
                    inStore = true,
                    boards = setOf("board.example"),
                )
            assertEquals(expected, compose.fields)
            assertEquals(listOf("scan", "board.example", "preview"), said)
        }
    }

    @Test
    fun `the preview says everything in words and word for word, is sent, and is thrown away only after a question`() {
        var state by mutableStateOf(request("draft"))
        val actions =
            object : PreviewActions by noPreviewActions {
                override fun send() {
                    said += "send"
                    state = state.copy(doing = Doing.Sending)
                }

                override fun stop() {
                    said += "stop"
                    state = state.copy(doing = Doing.Nothing, stopped = true)
                }

                override fun discard() {
                    said += "discard"
                }
            }
        onScreen({ PreviewScreen(state, actions, {}, {}) }) {
            onNodeWithContentDescription("Map of the area that will be seen", substring = true).performScrollTo().assertIsDisplayed()
            onNodeWithText("Answer my request, and nothing else").assertExists()
            onNodeWithText("PDC-INTENT", substring = true).assertDoesNotExist()
            onNodeWithText("Word for word").performScrollTo().performClick()
            onNodeWithText("\"gtin\":\"4006381333931\"", substring = true).assertExists()
            onNodeWithText("Send").performScrollTo().performClick()
            onNodeWithText("Stop").performScrollTo().performClick()
            onNodeWithText("Stopped. Nothing was sent.").performScrollTo().assertIsDisplayed()
            onNodeWithText("Throw the draft away").performScrollTo().performClick()
            onNodeWithText("Cancel").performClick()
            assertEquals(listOf("send", "stop"), said)
        }
    }

    private val offering =
        object : OffersActions by noOffersActions {
            override fun collect() {
                said += "collect"
            }

            override fun accept(offer: String) {
                said += offer
            }

            override fun pickup() {
                said += "pickup"
            }

            override fun withdraw() {
                said += "withdraw"
            }
        }

    @Test
    fun `offers say why they stand where they stand, and one is chosen`() =
        onScreen({ OffersScreen(request("open", collected), offering, {}, {}) }) {
            onNodeWithContentDescription("Place 1: Sound & Sons, €219.00").assertExists()
            onNodeWithText("• €5.50 more than the lowest price").assertExists()
            onNodeWithText("• About 4.9 km away").assertExists()
            onNodeWithText("What was left out, and why").performScrollTo().performClick()
            onNodeWithText("Dearer than your limit: 2").assertExists()
            onAllNodesWithText("Accept").onFirst().performScrollTo().performClick()
            onNodeWithText("Take the request back").performScrollTo().performClick()
            onNodeWithText("Cancel").performClick()
            assertEquals(listOf("offer1"), said)
        }

    @Test
    fun `an offer that was accepted leads to its code, and no other can be accepted`() =
        onScreen({ OffersScreen(request("accepted", collected, accepted("confirmed")), offering, {}, {}) }) {
            onNodeWithText("Accept").assertDoesNotExist()
            onNodeWithText("Show the pick-up code").performClick()
            assertEquals(listOf("pickup"), said)
        }

    @Test
    fun `accepting says the price, the terms and what the seller learns before it asks`() {
        val actions =
            object : AcceptActions by noAcceptActions {
                override fun accept() {
                    said += "accept"
                }
            }
        onScreen({ AcceptScreen(request("open", collected), "offer1", actions, {}, {}) }) {
            onNodeWithText("You promise to buy it for €219.00 from Sound & Sons. Nothing is paid now.").assertIsDisplayed()
            onNodeWithText("Under your terms: Answer my request, and nothing else").assertExists()
            onNodeWithText("What the seller gets to know").performScrollTo().assertIsDisplayed()
            onNodeWithText("Accept").performScrollTo().performClick()
            assertEquals(listOf("accept"), said)
        }
    }

    @Test
    fun `a refusal says its reason`() =
        onScreen({ AcceptScreen(request("accepted", collected, accepted("refused", "sold_out")), "offer1", noAcceptActions, {}, {}) }) {
            onNodeWithText("Sold out in the meantime.").assertIsDisplayed()
            onNodeWithText("Accept").assertDoesNotExist()
        }

    @Test
    fun `the pick-up code is read letter by letter and leads to the agreement`() =
        onScreen({ PickupScreen(request("accepted", collected, accepted("confirmed")), ::someCode, pickup, {}, {}) }) {
            onNodeWithContentDescription("Pick-up code: 7, K, 3, M, Q, 2, X, V").assertIsDisplayed()
            onNodeWithContentDescription("Pick-up code as a picture to scan").assertExists()
            onNodeWithText("Read the agreement").performScrollTo().performClick()
            assertEquals(listOf("record-a"), said)
        }

    @Test
    fun `without a code the seller is asked again`() {
        var state by mutableStateOf(request("accepted", collected, accepted("sent")))
        onScreen({ PickupScreen(state, ::someCode, pickup, {}, {}) }) {
            onNodeWithText("Sent. The seller has not answered yet.").assertIsDisplayed()
            onNodeWithText("Ask again").performScrollTo().performClick()
            state = state.copy(doing = Doing.Accepting)
            onNodeWithText("Stop waiting").performScrollTo().performClick()
            state = request("accepted", collected, accepted("refused", "sold_out"))
            onNodeWithText("Sold out in the meantime.").assertIsDisplayed()
            onNodeWithText("Ask again").assertDoesNotExist()
            onNodeWithText("Back to the offers").performScrollTo().performClick()
            assertEquals(listOf("offer1", "stop", "offers"), said)
        }
    }

    @Test
    fun `a refused offer is not called accepted`() =
        onScreen({ OffersScreen(request("accepted", collected, accepted("refused", "sold_out")), noOffersActions, {}, {}) }) {
            onNodeWithText("Offer taken back", substring = true).assertIsDisplayed()
            onNodeWithText("Offer accepted", substring = true).assertDoesNotExist()
        }

    @Test
    fun `a picture without a code says so`() =
        onScreen({ ComposeScreen(writing.copy(noCode = true), noComposeActions, {}, {}) }) {
            onNodeWithText("There is no code in the picture", substring = true).assertIsDisplayed()
        }

    private val pickup =
        object : PickupActions {
            override fun ask(offer: String) {
                said += offer
            }

            override fun stop() {
                said += "stop"
            }

            override fun agreement(record: String) {
                said += record
            }

            override fun offers() {
                said += "offers"
            }
        }
}
