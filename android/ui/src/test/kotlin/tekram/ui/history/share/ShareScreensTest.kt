// Clicks through accounts, exports, and what is shown to somebody.
package tekram.ui.history.share

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import org.junit.jupiter.api.Test
import tekram.ffi.ExportForm
import tekram.ffi.SubmissionChange
import tekram.ffi.SubmissionServer
import tekram.ui.common.Phase
import tekram.ui.onScreen
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class ShareScreensTest {
    private val said = mutableListOf<String>()

    @Test
    fun `a form is chosen and the history exported`() =
        onScreen({ ExportScreen(ExportState(), { said += it.form.name }, { said += "export" }, {}, {}) }) {
            onNodeWithText("For ListenBrainz").performClick()
            onNode(hasText("Export") and hasClickAction()).performScrollTo().performClick()
            assertEquals(listOf(ExportForm.LISTENBRAINZ_JSONL.name, "export"), said)
        }

    @Test
    fun `an account is typed and added`() =
        onScreen({ AddAccountScreen(AccountsState(), { "" }, { kind, typed -> said += "$kind ${typed.url} ${typed.user} ${typed.inHomeNetwork}" }, {}) }) {
            onNodeWithText("Nextcloud").performClick()
            onNodeWithTag("account_user").performScrollTo().performTextInput("ada")
            onNodeWithTag("account_secret").performScrollTo().performTextInput("secret")
            onNodeWithTag("account_url").performScrollTo().performTextInput("http://192.168.178.20")
            onNodeWithTag("account_home").performScrollTo().performClick()
            onNode(hasText("Add") and hasClickAction()).performScrollTo().performClick()
            assertEquals(listOf("NEXTCLOUD http://192.168.178.20 ada true"), said)
        }

    @Test
    fun `what a server may get is chosen, and it is turned off`() {
        val actions =
            object : SubmissionActions {
                override fun add() = Unit

                override fun change(
                    server: SubmissionServer,
                    change: SubmissionChange,
                ) {
                    said += "${change.isOn} ${change.sources}"
                }

                override fun submit(server: SubmissionServer) = Unit

                override fun stop() = Unit

                override fun remove(server: SubmissionServer) = Unit

                override fun reload() = Unit
            }
        val state = AccountsState(Phase.Ready, servers = listOf(someServer), sources = listOf("AntennaPod", "Radio"))
        onScreen({ SubmissionScreen(state, actions, {}) }) {
            onNodeWithText("Radio").performScrollTo().performClick()
            onNodeWithText("Send to this server").performScrollTo().performClick()
            assertEquals(listOf("null [AntennaPod, Spotify, Radio]", "false null"), said)
        }
    }

    @Test
    fun `a part is left out, and nothing is signed before what they will read was seen`() {
        val actions =
            object : NoCompose() {
                override fun say(
                    part: String,
                    field: String?,
                ) {
                    said += "$part $field"
                }

                override fun sign() {
                    said += "sign"
                }
            }
        val sign = hasText("Sign it") and hasClickAction()
        onScreen({ ComposeScreen(composing, { null }, actions, {}, {}) }) {
            onNode(hasText("Left out") and hasAnyAncestor(hasTestTag("part_title"))).performScrollTo().performClick()
            onNode(hasText("Only: Day")).performScrollTo().performClick()
            onNode(sign).performScrollTo().performClick()
            assertEquals(listOf("title null", "start day", "sign"), said)
        }
        onScreen({ ComposeScreen(composing.copy(preview = null), { null }, actions, {}, {}) }) { onNode(sign).assertIsNotEnabled() }
    }
}
