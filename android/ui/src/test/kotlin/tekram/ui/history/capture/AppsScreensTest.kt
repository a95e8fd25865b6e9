// Clicks through other apps and the form of an article.
package tekram.ui.history.capture

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
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
import androidx.compose.ui.test.performTextInput
import org.junit.jupiter.api.Test
import tekram.ui.onScreen
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class AppsScreensTest {
    private val said = mutableListOf<String>()
    private val apps =
        object : AppsActions {
            override fun add(app: String) {
                said += "add $app"
            }

            override fun seen() {
                said += "seen"
            }

            override fun revoke(token: String) {
                said += "revoke $token"
            }

            override fun answer(wanted: Boolean) {
                said += "answer $wanted"
            }
        }

    @Test
    fun `the endpoint is switched off, its address is shown, and a token is taken back after a question`() =
        onScreen({ AppsScreen(someApps, apps, {}, {}) }) {
            onNodeWithText("http://127.0.0.1:8929").performScrollTo().assertIsDisplayed()
            onNodeWithText("Take it from other apps").performScrollTo().performClick()
            onNodeWithContentDescription("Take the token of Reader back").performScrollTo().performClick()
            assertEquals(listOf("answer false"), said)
            onAllNodesWithText("Take back").onLast().performClick()
            assertEquals(listOf("answer false", "revoke 2"), said)
        }

    @Test
    fun `an app is named, and its token is shown until it was taken down`() {
        onScreen({ AppsScreen(someApps.copy(tokens = emptyList()), apps, {}, {}) }) {
            onNodeWithText("Make a token").performScrollTo().assertIsNotEnabled()
            onNodeWithTag("history_apps_name").performScrollTo().performTextInput("Reader")
            onNodeWithText("Make a token").performScrollTo().performClick()
        }
        onScreen({ AppsScreen(freshApp, apps, {}, {}) }) {
            onNodeWithText(freshApp.fresh!!.token).performScrollTo().assertIsDisplayed()
            onNodeWithText("Done").performScrollTo().performClick()
        }
        assertEquals(listOf("add Reader", "seen"), said)
    }

    @Test
    fun `an article is typed, its minutes are chosen, and it is kept`() {
        var form by mutableStateOf(ReadForm())
        onScreen({ ReadScreen(ReadState(form), { form = it }, { said += "keep" }, {}, {}) }) {
            onNodeWithText("Add").performScrollTo().assertIsNotEnabled()
            onNodeWithTag("history_page_url").performScrollTo().performTextInput("https://harbour.example/a")
            onNodeWithTag("history_page_name").performScrollTo().performTextInput("Ferries")
            onNodeWithTag("history_page_minutes").performScrollTo().performTextInput("no")
            onNodeWithText("Add").performScrollTo().assertIsNotEnabled()
            onNodeWithText("10 minutes").performScrollTo().performClick()
            onNodeWithText("Add").performScrollTo().performClick()
        }
        assertEquals(ReadForm("https://harbour.example/a", "Ferries", minutes = "10"), form)
        assertEquals(listOf("keep"), said)
    }
}
