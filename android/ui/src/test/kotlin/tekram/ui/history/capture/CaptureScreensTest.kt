// Clicks through pause, private session, what counts and recordings.
package tekram.ui.history.capture

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import org.junit.jupiter.api.Test
import tekram.ffi.Quiet
import tekram.ui.onScreen
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class CaptureScreensTest {
    private val said = mutableListOf<String>()
    private val quiet =
        object : QuietActions {
            override fun begin(
                quiet: Quiet,
                minutes: UInt?,
            ) {
                said += "$quiet $minutes"
            }

            override fun end(quiet: Quiet) {
                said += "end $quiet"
            }
        }

    private val recording =
        object : RecordingActions {
            override fun start() {
                said += "start"
            }

            override fun stop() {
                said += "stop"
            }

            override fun save() {
                said += "save"
            }

            override fun discard() {
                said += "discard"
            }

            override fun replay() {
                said += "replay"
            }
        }

    @Test
    fun `the log is paused for an hour or a quarter of it, and goes on with one tap`() {
        onScreen({ QuietScreen(nothingQuiet, quiet, {}, {}) }) {
            onAllNodesWithText("For an hour").onFirst().performScrollTo().performClick()
            onAllNodesWithText("For 15 minutes").onFirst().performScrollTo().performClick()
            onAllNodesWithText("Until I say so").onFirst().performScrollTo().performClick()
        }
        onScreen({ QuietScreen(bothQuiet, quiet, {}, {}) }) {
            onNodeWithText("Go on logging").performScrollTo().performClick()
            onNodeWithText("End it").performScrollTo().performClick()
        }
        assertEquals(listOf("PAUSED 60", "PAUSED 15", "PAUSED null", "end PAUSED", "end PRIVATE"), said)
    }

    @Test
    fun `a line on the home says until when and ends it`() =
        onScreen({ QuietLines(bothQuiet.now) { said += it.name } }) {
            onNodeWithText("Logging is paused until", substring = true).assertIsDisplayed()
            onNodeWithText("Go on logging").performClick()
            assertEquals(listOf("PAUSED"), said)
        }

    @Test
    fun `a rule is chosen in steps and all are reset`() =
        onScreen({ CountingScreen(someRules, { said += "${it.kind} ${it.leastMs} ${it.sharePermille}" }, { said += "reset" }, {}, {}) }) {
            onNodeWithText("Counts from 30 seconds on, when 50% of it or 4 minutes was played.").performScrollTo().assertIsDisplayed()
            onNodeWithText("25% of it").performScrollTo().performClick()
            onNodeWithText("Back to the usual rules").performScrollTo().performClick()
            assertEquals(listOf("MUSIC 30000 250", "reset"), said)
        }

    @Test
    fun `a recording is stopped, then saved or thrown away`() {
        onScreen({ RecordingScreen(runningRecording, recording, {}, {}) }) { onNodeWithText("Stop recording").performScrollTo().performClick() }
        onScreen({ RecordingScreen(stoppedRecording, recording, {}, {}) }) {
            onNodeWithText("Save as a file").performScrollTo().performClick()
            onNodeWithText("Throw it away").performScrollTo().performClick()
            onNodeWithText("Choose a file").performScrollTo().performClick()
            onNodeWithText("Start a recording").performScrollTo().performClick()
        }
        assertEquals(listOf("stop", "save", "discard", "replay", "start"), said)
    }
}
