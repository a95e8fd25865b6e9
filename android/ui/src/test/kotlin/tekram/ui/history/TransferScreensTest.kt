// Clicks through the screens of History that bring something in or out: a day, imports, what they left out, exports and the
// players that are noticed.
package tekram.ui.history

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import org.junit.jupiter.api.Test
import tekram.ffi.BatchState
import tekram.ffi.CaptureApp
import tekram.ffi.FilesProgress
import tekram.ffi.RefusedLine
import tekram.ui.common.Phase
import tekram.ui.onScreen
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class TransferScreensTest {
    private val said = mutableListOf<String>()

    @Test
    fun `a listen of a day is opened`() =
        onScreen({ DayScreen("2026-10-05", rows(someListens), {}, {}, { said += it.id.toString() }, {}) }) {
            onNodeWithText("Slow Tide").performClick()
            assertEquals(listOf("2"), said)
        }

    @Test
    fun `a file is chosen, read on in and an import opened`() {
        val actions =
            object : ImportActions by noImportActions {
                override fun choose() {
                    said += "choose"
                }

                override fun open(batch: Long) {
                    said += "batch $batch"
                }

                override fun stop() {
                    said += "stop"
                }
            }
        val state = ImportState(Phase.Ready, listOf(batch(BatchState.HELD)))
        onScreen({ ImportScreen(state, actions, {}, {}) }) {
            onNode(hasText("my_spotify_data.zip") and hasClickAction()).performScrollTo().performClick()
            onNodeWithText("Choose a file").performScrollTo().performClick()
            assertEquals(listOf("batch 3", "choose"), said)
        }
        said.clear()
        val reading = state.copy(importing = Importing.Reading("my_spotify_data.zip", FilesProgress(0u, 1u, 2u, 31_402u)))
        onScreen({ ImportScreen(reading, actions, {}, {}) }) {
            onNodeWithText("31,402 lines read").assertIsDisplayed()
            onNodeWithContentDescription("Import, 50 percent read").assertIsDisplayed()
            onNodeWithText("Stop the import").performScrollTo().performClick()
            assertEquals(listOf("stop"), said)
        }
    }

    @Test
    fun `lines that were left out say where they stood and why`() =
        onScreen({ RefusedScreen(rows(listOf(RefusedLine("endsong_0.json", 14, 14, "time_before_2002", "ts", "1970"))), {}, {}) { said += "back" } }) {
            onNodeWithText("Line 14 of endsong_0.json").assertIsDisplayed()
            onNodeWithText("Field: ts", substring = true).assertIsDisplayed()
            onNodeWithContentDescription("Go back").performClick()
            assertEquals(listOf("back"), said)
        }

    @Test
    fun `a player is no longer noticed and others are chosen on the phone's page`() {
        val state = CaptureState(Phase.Ready, listOf(CaptureApp("AntennaPod", true, 1)))
        onScreen({ CaptureScreen(state, { app, allowed -> said += "$app $allowed" }, {}, {}, { said += "phone" }) }) {
            onNodeWithText("AntennaPod").performClick()
            onNodeWithText("On this phone").performScrollTo().performClick()
            assertEquals(listOf("AntennaPod false", "phone"), said)
        }
    }
}
