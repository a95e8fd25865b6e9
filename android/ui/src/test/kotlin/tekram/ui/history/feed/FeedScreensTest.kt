// Clicks through podcasts: following one, letting it go only after a question, and asking for chapters.
package tekram.ui.history.feed

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onLast
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextInput
import org.junit.jupiter.api.Test
import tekram.ffi.Episode
import tekram.ui.common.Phase
import tekram.ui.history.rows
import tekram.ui.onScreen
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class FeedScreensTest {
    private val said = mutableListOf<String>()
    private val feeds =
        object : FeedsActions {
            override fun open(feed: Long) {
                said += "open $feed"
            }

            override fun follow(
                address: String,
                onDone: () -> Unit,
            ) {
                said += "follow $address"
                onDone()
            }

            override fun refresh() = Unit

            override fun stop() = Unit

            override fun import() = Unit

            override fun export() = Unit

            override fun stations() = Unit
        }

    private val show =
        object : ShowActions {
            override fun near(index: Int) = Unit

            override fun open(episode: Long) = Unit

            override fun refresh() = Unit

            override fun unfollow() {
                said += "unfollow"
            }
        }

    @Test
    fun `an address is followed and the line is empty again`() =
        onScreen({ FeedsScreen(FeedsState(Phase.Ready, someFeeds), feeds, {}, {}) }) {
            onNodeWithText("Follow").assertIsNotEnabled()
            onNodeWithText("Address of a podcast’s feed").performTextInput("https://harbour.example/feed.xml")
            onNodeWithText("Follow").performClick()
            onNodeWithText("Follow").assertIsNotEnabled()
            onNodeWithText("Harbour Lights").performClick()
            assertEquals(listOf("follow https://harbour.example/feed.xml", "open 1"), said)
        }

    @Test
    fun `a podcast without episodes is let go after a question`() =
        onScreen({ ShowScreen(ShowState(someFeeds[2]), rows(emptyList<Episode>()), show, {}, {}) }) {
            onNodeWithText("Could not be asked the last time").assertIsDisplayed()
            onNodeWithText("Stop following").performClick()
            onNodeWithText("Cancel").performClick()
            assertEquals(emptyList(), said)
            onNodeWithText("Stop following").performClick()
            onAllNodesWithText("Stop following").onLast().performClick()
            assertEquals(listOf("unfollow"), said)
        }

    @Test
    fun `chapters in a file are fetched when they are wanted, and those outside the contents are not shown`() {
        onScreen({ EpisodeScreen(chaptersElsewhere, { said += "fetch" }, {}, {}) }) {
            onNodeWithText("Fetch the chapters").performClick()
            assertEquals(listOf("fetch"), said)
        }
        onScreen({ EpisodeScreen(chaptersHere, {}, {}, {}) }) {
            onNodeWithText("1:03:00  The radio").assertIsDisplayed()
            assertEquals(0, onAllNodesWithText("A picture", substring = true).fetchSemanticsNodes().size)
        }
    }

    @Test
    fun `an item with a page and nothing to play was read`() {
        onScreen({ EpisodeScreen(anArticle, {}, {}, {}) { said += it.episode.pageUrl } }) { onNodeWithText("I read this").performClick() }
        assertEquals(listOf("https://harbour.example/night-ferries"), said)
        onScreen({ EpisodeScreen(chaptersHere, {}, {}, {}) }) {
            assertEquals(0, onAllNodesWithText("I read this").fetchSemanticsNodes().size)
        }
    }
}
