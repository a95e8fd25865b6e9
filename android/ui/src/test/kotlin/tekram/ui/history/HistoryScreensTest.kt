// Clicks through the screens of History.
package tekram.ui.history

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.hasScrollToNodeAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performScrollToNode
import androidx.compose.ui.test.performTextInput
import org.junit.jupiter.api.Test
import tekram.ffi.BatchState
import tekram.ffi.Day
import tekram.ffi.Listen
import tekram.ffi.ListenKind
import tekram.ffi.Thumb
import tekram.ui.common.Phase
import tekram.ui.onScreen
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class HistoryScreensTest {
    private val said = mutableListOf<String>()

    private val days =
        object : DaysActions by noDaysActions {
            override fun day(day: Day) {
                said += day.date
            }

            override fun import() {
                said += "import"
            }

            override fun more() {
                said += "more"
            }
        }

    @Test
    fun `an empty history offers an import`() =
        onScreen({ DaysScreen(rows(emptyList()), emptyList(), {}, {}, days) }) {
            onNodeWithText("Your history starts here").assertIsDisplayed()
            onNodeWithText("Import").performClick()
            assertEquals(listOf("import"), said)
        }

    @Test
    fun `more leads to what is logged, in and out`() {
        onScreen({ DaysScreen(rows(someDays), someSources, {}, {}, days) }) {
            onNodeWithContentDescription("More").performClick()
        }
        onScreen({ MoreScreen({ said += it.id }, {}) }) {
            // The list is longer than a small screen: each row is scrolled to before it is tapped.
            for (row in listOf("Notice what I play", "Import a history", "Export your history")) {
                onNode(hasScrollToNodeAction()).performScrollToNode(hasText(row))
                onNodeWithText(row).performClick()
            }
        }
        assertEquals(listOf("more", "history_capture", "history_import", "history_export"), said)
    }

    @Test
    fun `a day says its hours and opens`() =
        onScreen({ DaysScreen(rows(someDays), someSources, {}, {}, days) }) {
            onNodeWithText("3 h 20 min played", useUnmergedTree = true).assertIsDisplayed()
            // What a screen reader says of a day: all that stands there, and of plays without a time no time.
            onNode(hasText("Monday, 5 October 2026") and hasText("Spotify", substring = true) and hasText("Radio", substring = true)).assertIsDisplayed()
            onNode(hasText("Thursday, 1 October 2026") and hasText("3 plays")).assertExists()
            onNodeWithText("0 seconds", substring = true).assertDoesNotExist()
            onNodeWithText("Sunday, 4 October 2026").performClick()
            assertEquals(listOf("2026-10-04"), said)
        }

    @Test
    fun `a listen answers the questions, is rated and leads to the relation`() =
        onScreen({ ItemScreen(ItemState(Phase.Ready, detail), { said += it.name }, { said += it }, {}, {}) }) {
            onNodeWithText("Harbour Lights Media").assertIsDisplayed()
            onNodeWithContentDescription("Rate it not good").performClick()
            onNodeWithContentDescription("Take the rating back").performClick()
            onNodeWithText("2 times before").performScrollTo().assertIsDisplayed()
            onNodeWithText("Open the relation").performScrollTo().performClick()
            assertEquals(listOf(Thumb.DOWN.name, Thumb.UP.name, "did:key:z6Mk"), said)
        }

    @Test
    fun `an import is thrown away only after a question`() {
        var state by mutableStateOf(PenState(Phase.Ready, batch(BatchState.HELD)))
        val actions =
            object : PenActions by noPenActions {
                override fun accept() {
                    state = state.copy(batch = batch(BatchState.ACCEPTED))
                }

                override fun reject() {
                    said += "reject"
                }

                override fun undo() {
                    said += "undo"
                }
            }
        onScreen({ PenScreen(state, rows(someListens), {}, {}, actions, {}) }) {
            onNodeWithText("Throw away").performClick()
            onNodeWithText("Cancel").performClick()
            assertEquals(emptyList(), said)
            onNodeWithText("Add to my history").performClick()
            onNodeWithText("Take this import out again").performClick()
            onNodeWithText("Cancel").assertIsDisplayed()
            assertEquals(emptyList(), said)
        }
    }

    @Test
    fun `what is typed is searched for and a kind can be chosen`() =
        onScreen({ SearchScreen(searched, rows(someListens), {}, {}, actions, {}) }) {
            onNodeWithTag("history_search").performTextInput("tide")
            onNodeWithText("Podcast").performClick()
            onNodeWithText("Slow Tide").performClick()
            assertEquals(HistoryState("tide", ListenKind.PODCAST, null, listOf("Spotify"), true), searched)
            assertEquals(listOf("2"), said)
        }

    private var searched by mutableStateOf(HistoryState(searching = true, sources = listOf("Spotify")))

    private val actions =
        object : SearchActions by noSearchActions {
            override fun text(text: String) {
                searched = searched.copy(text = text)
            }

            override fun kind(kind: ListenKind?) {
                searched = searched.copy(kind = kind)
            }

            override fun listen(listen: Listen) {
                said += listen.id.toString()
            }
        }
}
