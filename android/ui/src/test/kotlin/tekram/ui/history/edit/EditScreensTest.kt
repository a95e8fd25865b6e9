// Clicks through the screens that put the log right.
package tekram.ui.history.edit

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onLast
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextReplacement
import org.junit.jupiter.api.Test
import tekram.ffi.Correction
import tekram.ffi.HiddenListen
import tekram.ffi.Work
import tekram.ui.history.rows
import tekram.ui.onScreen
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class EditScreensTest {
    private val said = mutableListOf<String>()
    private val actions =
        object : EditActions {
            override fun note(text: String) {
                said += "note $text"
            }

            override fun tag(tag: String) {
                said += "tag $tag"
            }

            override fun untag(tag: String) {
                said += "untag $tag"
            }

            override fun correct(correction: Correction) {
                said += "correct ${correction.title} by ${correction.creators}"
            }

            override fun original() {
                said += "original"
            }

            override fun hide(hidden: Boolean) {
                said += "hide $hidden"
            }

            override fun delete() {
                said += "delete"
            }

            override fun deleteForGood() {
                said += "for good"
            }

            override fun work() {
                said += "work"
            }
        }

    @Test
    fun `a note, tags and a correction are typed`() =
        onScreen({ EditScreen(someEdit, actions, {}, {}) }) {
            onNodeWithText("Keep the note").performScrollTo().assertIsNotEnabled()
            onNodeWithTag("edit_note").performScrollTo().performTextReplacement("At sea")
            onNodeWithText("Keep the note").performScrollTo().performClick()
            onNodeWithContentDescription("Take the tag harbour away", useUnmergedTree = true).performScrollTo().performClick()
            onNodeWithText("sleep").performScrollTo().performClick()
            onNodeWithText("The source says: lighthouse_final_v3").performScrollTo().assertIsDisplayed()
            onNodeWithTag("edit_creators").performScrollTo().performTextReplacement("Mara Lind; Ines Roth")
            onNodeWithText("Keep the correction").performScrollTo().performClick()
            onNodeWithText("As the source says").performScrollTo().performClick()
            assertEquals(
                listOf("note At sea", "untag harbour", "tag sleep", "correct The lighthouse keeper’s radio by [Mara Lind, Ines Roth]", "original"),
                said,
            )
        }

    @Test
    fun `deleting for good asks first`() =
        onScreen({ EditScreen(deletedEdit, actions, {}, {}) }) {
            onNodeWithText("Bring back").performScrollTo().performClick()
            onNodeWithText("Delete for good").performScrollTo().performClick()
            assertEquals(listOf("hide false"), said)
            onAllNodesWithText("Delete for good").onLast().performClick()
            assertEquals(listOf("hide false", "for good"), said)
        }

    private val works =
        object : WorkActions {
            override fun choose(description: Long) {
                said += "choose $description"
            }

            override fun split() {
                said += "split"
            }

            override fun search(text: String) = Unit

            override fun look(other: Work?) {
                said += "look ${other?.title}"
            }

            override fun merge() {
                said += "merge"
            }
        }

    @Test
    fun `a description is split off, another work is looked at and merged`() {
        onScreen({ WorkScreen(splitting, works, {}, {}) }) {
            onNodeWithText("Slow Tide (live)").performScrollTo().performClick()
            onNodeWithText("These are another work").performScrollTo().performClick()
        }
        onScreen({ WorkScreen(merging, works, {}, {}) }) { onNodeWithText("Slow tide - Remastered").performScrollTo().performClick() }
        onScreen({ WorkScreen(looking, works, {}, {}) }) { onNodeWithText("Yes, they are one").performScrollTo().performClick() }
        assertEquals(listOf("choose 12", "split", "look Slow tide - Remastered", "merge"), said)
    }

    @Test
    fun `the newest change is taken back, and what is hidden comes back`() {
        onScreen({ ChangesScreen(ChangesState(8), rows(someChanges), {}, {}, { said += "undo" }, { said += "open $it" }, {}) }) {
            onNodeWithText("Take the newest back").performClick()
            onNodeWithText("Corrected: The lighthouse keeper’s radio").performClick()
        }
        val hidden =
            object : HiddenActions {
                override fun near(index: Int) = Unit

                override fun bringBack(hidden: HiddenListen) {
                    said += "back ${hidden.listen.id}"
                }

                override fun open(hidden: HiddenListen) = Unit
            }
        onScreen({ HiddenScreen(rows(someHidden), null, hidden, {}, {}) }) { onAllNodesWithText("Bring back").onLast().performClick() }
        assertEquals(listOf("undo", "open 2", "back 4"), said)
    }
}
