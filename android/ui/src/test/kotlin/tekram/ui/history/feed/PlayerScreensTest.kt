// Clicks through the built-in player: what its buttons ask for, the small player, and the stations.
package tekram.ui.history.feed

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onLast
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import org.junit.jupiter.api.Test
import tekram.ui.common.Phase
import tekram.ui.onScreen
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class PlayerScreensTest {
    private val said = mutableListOf<String>()
    private val player =
        object : PlayerActions {
            override fun toggle() {
                said += "toggle"
            }

            override fun seek(toMs: Long) {
                said += "seek $toMs"
            }

            override fun skip(ms: Long) {
                said += "skip $ms"
            }

            override fun speed(permille: Long) {
                said += "speed $permille"
            }

            override fun sleep(minutes: Int?) {
                said += "sleep $minutes"
            }

            override fun close() {
                said += "close"
            }
        }

    @Test
    fun `the player is asked for exactly what was tapped`() =
        onScreen({ PlayerScreen(playingEpisode, chaptersHere.detail?.chapters?.chapters.orEmpty(), player) {} }) {
            onNodeWithContentDescription("Pause").performScrollTo().performClick()
            onNodeWithContentDescription("15 seconds back").performScrollTo().performClick()
            onNodeWithContentDescription("30 seconds on").performScrollTo().performClick()
            onNodeWithText("1.5×").performScrollTo().performClick()
            onNodeWithText("Play on").performScrollTo().performClick()
            onNodeWithText("8:00  The light").performScrollTo().performClick()
            onNodeWithText("Close the player").performScrollTo().performClick()
            assertEquals(listOf("toggle", "skip -15000", "skip 30000", "speed 1500", "sleep null", "seek 480000", "close"), said)
        }

    @Test
    fun `a station has no places and one speed`() =
        onScreen({ PlayerScreen(playingStation, emptyList(), player) {} }) {
            assertEquals(0, onAllNodesWithText("Speed").fetchSemanticsNodes().size)
            onNodeWithContentDescription("Pause").performClick()
            assertEquals(listOf("toggle"), said)
        }

    @Test
    fun `the small player opens the large one and stops what plays`() =
        onScreen({ MiniBar(playingStation, { said += "open" }, { said += "toggle" }) }) {
            onNodeWithTag("mini_player").performClick()
            onNodeWithContentDescription("Pause").performClick()
            assertEquals(listOf("open", "toggle"), said)
        }

    @Test
    fun `a station is added, played, and taken off the list after a question`() {
        val actions =
            object : StationsActions {
                override fun add(
                    name: String,
                    address: String,
                    onDone: () -> Unit,
                ) {
                    said += "add $name $address"
                    onDone()
                }

                override fun remove(station: Long) {
                    said += "remove $station"
                }

                override val play: (Long) -> Unit = { said += "play $it" }
            }
        onScreen({ StationsScreen(StationsState(Phase.Ready, someStations), actions, null, {}, {}) }) {
            onNodeWithText("Name").performTextInput("Sea")
            onNodeWithText("Address of the stream").performTextInput("https://sea.example/live")
            onNodeWithText("Add").performClick()
            onNodeWithText("Harbour Radio").performClick()
            onNodeWithContentDescription("Remove Nachtwelle").performClick()
            onAllNodesWithText("Remove").onLast().performClick()
            assertEquals(listOf("add Sea https://sea.example/live", "play 1", "remove 2"), said)
        }
    }
}
