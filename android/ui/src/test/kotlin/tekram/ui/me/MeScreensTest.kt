// Clicks through the screens of Me.
package tekram.ui.me

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsEnabled
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.onAllNodesWithContentDescription
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextClearance
import androidx.compose.ui.test.performTextInput
import org.junit.jupiter.api.Test
import tekram.ffi.PersonaEntry
import tekram.ffi.RecoveryDuty
import tekram.ffi.WayIn
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.onScreen
import tekram.ui.start.DeviceLock
import kotlin.test.assertEquals
import kotlin.test.assertTrue

@OptIn(ExperimentalTestApi::class)
class MeScreensTest {
    private val said = mutableListOf<String>()

    private val actions =
        object : MeActions by noMeActions {
            override fun open(screen: String) {
                said += screen
            }

            override fun rename(name: String) {
                said += name
            }

            override fun lock() {
                said += "lock"
            }
        }

    @Test
    fun `on the third day the words are asked for`() =
        onScreen({ MeScreen(me.copy(duty = RecoveryDuty.ASK), actions) }) {
            onNodeWithText("Write down your recovery words").assertIsDisplayed()
            onNodeWithText("Write them down now").performClick()
            assertEquals(listOf("me_words_show"), said)
        }

    @Test
    fun `the profile is renamed and locked`() =
        onScreen({ MeScreen(me, actions) }) {
            onNodeWithText("Home").performClick()
            onNodeWithTag("me_profile_name").performTextClearance()
            onNodeWithText("Rename").assertIsNotEnabled()
            onNodeWithTag("me_profile_name").performTextInput("Holiday")
            onNodeWithText("Rename").performClick()
            onNodeWithText("Lock now").performClick()
            onNodeWithText("What was shared").performScrollTo().performClick()
            assertEquals(listOf("Holiday", "lock", "me_shared"), said)
        }

    @Test
    fun `a profile is deleted only when its name was typed`() =
        onScreen({ DeleteScreen(me, home, { said += "delete" }, {}) }) {
            onNodeWithText("12,408 entries in the history").assertIsDisplayed()
            onNodeWithText("Delete the profile").performScrollTo().assertIsNotEnabled()
            onNodeWithTag("me_profile_delete_name").performScrollTo().performTextInput("Home")
            onNodeWithText("Delete the profile").performScrollTo().performClick()
            assertEquals(listOf("delete"), said)
        }

    @Test
    fun `another profile is turned to`() {
        val profiles =
            object : ProfilesActions by noProfilesActions {
                override fun switchTo(profile: PersonaEntry) {
                    said += profile.name
                }

                override fun askToDelete(profile: PersonaEntry) {
                    said += "delete ${profile.name}"
                }
            }
        onScreen({ ProfilesScreen(me, profiles) {} }) {
            onNodeWithText("Switch to Shop on the corner").performClick()
            onNodeWithContentDescription("Delete the profile Home").performClick()
            assertEquals(listOf("Shop on the corner", "delete Home"), said)
        }
    }

    @Test
    fun `the last way in cannot be removed and others are after a question`() {
        var state by mutableStateOf(oneWay)
        val ways =
            object : WaysActions by noWaysActions {
                override fun remove(way: WayIn) {
                    said += way.name
                }
            }
        onScreen({ WaysScreen(state, DeviceLock.Ready, ways) {} }) {
            assertEquals(0, onAllNodesWithContentDescription("Remove “Passphrase”?").fetchSemanticsNodes().size)
            onNodeWithText("This is the last way in. Add another before you remove it.").assertIsDisplayed()
            state = threeWays
            onNodeWithContentDescription("Remove “This phone”?").performClick()
            onNodeWithText("Remove").performClick()
            assertEquals(listOf("device"), said)
        }
    }

    @Test
    fun `a new passphrase is typed twice`() =
        onScreen({ PassphraseScreen(oneWay, {}, { old, new -> said += "$old → $new" }, {}) }) {
            onNodeWithTag("me_passphrase_old").performTextInput("old")
            onNodeWithTag("me_passphrase_new").performTextInput("new")
            onNodeWithTag("me_passphrase_again").performTextInput("nex")
            onNodeWithText("The two are not the same.", useUnmergedTree = true).assertIsDisplayed()
            onNodeWithText("Change").performScrollTo().assertIsNotEnabled()
            onNodeWithTag("me_passphrase_again").performTextClearance()
            onNodeWithTag("me_passphrase_again").performTextInput("new")
            onNodeWithText("Change").performScrollTo().performClick()
            assertEquals(listOf("old → new"), said)
        }

    @Test
    fun `the words are numbered and the screen is hidden while they are shown`() {
        val hiding = mutableListOf<Boolean>()
        val device =
            object : PlainDevice() {
                override fun hideScreen(hidden: Boolean) {
                    hiding += hidden
                }
            }
        var state by mutableStateOf(RecoveryState(Phase.Ready))
        onScreen({
            WordsScreen(state, { state = state.copy(shown = ShownWords(someWords)) }, { state = state.copy(shown = null) }, {})
        }, device = device) {
            assertTrue(hiding.isEmpty())
            onNodeWithText("Show the words").performScrollTo().performClick()
            onNodeWithContentDescription("Word 1: abandon").assertIsDisplayed()
            onNodeWithContentDescription("Word 24: actual").performScrollTo().assertIsDisplayed()
            assertEquals(listOf(true), hiding)
            onNodeWithText("I have written them down").performScrollTo().performClick()
            waitForIdle()
            assertEquals(listOf(true, false), hiding)
        }
    }

    @Test
    fun `a wrong word is named and the right ones are taken`() {
        var state by mutableStateOf(asked)
        val check =
            object : CheckActions by noCheckActions {
                override fun check(answers: List<String>) {
                    said += answers
                    state = if (answers[1] == "access") state.copy(done = true) else state.copy(wrong = 11)
                }
            }
        onScreen({ CheckScreen(state, check) {} }) {
            onNodeWithText("Check them").assertIsNotEnabled()
            onNodeWithTag("me_words_check_3").performTextInput("able")
            onNodeWithTag("me_words_check_11").performTextInput("abuse")
            onNodeWithTag("me_words_check_20").performTextInput("act")
            onNodeWithText("Check them").performScrollTo().assertIsEnabled().performClick()
            onNodeWithText("Word 11 is not right yet. Look at your paper again.").assertIsDisplayed()
            onNodeWithTag("me_words_check_11").performTextClearance()
            onNodeWithTag("me_words_check_11").performTextInput("access")
            onNodeWithText("Check them").performScrollTo().performClick()
            onNodeWithText("Right. The words are now a way into this profile.").assertIsDisplayed()
            assertEquals(listOf("able", "abuse", "act", "able", "access", "act"), said)
        }
    }

    @Test
    fun `what belongs to the phone is reached where the phone has such a page`() {
        val phone =
            object : PlainDevice() {
                override val phonePage = "tekram:phone"

                override fun open(link: String) = said.add(link)
            }
        onScreen({ MeScreen(me, actions) }, device = phone) { onNodeWithText("On this phone").performScrollTo().performClick() }
        onScreen({ MeScreen(me, actions) }) { assertEquals(0, onAllNodesWithText("On this phone").fetchSemanticsNodes().size) }
        assertEquals(listOf("tekram:phone"), said)
    }

    @Test
    fun `on the phone's page players, notices and the proxy are chosen`() {
        val phoneActions =
            object : PhoneScreenActions by noPhoneActions {
                override fun allow(
                    player: Player,
                    allowed: Boolean,
                ) {
                    said += "${player.name} $allowed"
                }

                override fun want(
                    notice: Notice,
                    wanted: Boolean,
                ) {
                    said += "$notice $wanted"
                }

                override fun noticeSettings() {
                    said += "settings"
                }

                override fun useProxy(address: String?) {
                    said += "proxy $address"
                }
            }
        val notices = listOf(NoticeSwitch(Notice.Offer, wanted = true), NoticeSwitch(Notice.Statement, wanted = false, blocked = true))
        val state = PhoneScreenState(true, true, listOf(Player("a", "AntennaPod", null)), notices = notices, proxy = ProxyState(next = "http://a.example:80"))
        onScreen({ PhoneScreen(state, phoneActions) }) {
            onNodeWithText("AntennaPod").performClick()
            onNodeWithText("When an offer arrives").performScrollTo().performClick()
            onNodeWithText("When a month’s split is ready").performScrollTo().performClick()
            onNodeWithText("Open settings").performScrollTo().performClick()
            onNodeWithTag("me_proxy").performScrollTo().performTextClearance()
            onNodeWithTag("me_proxy").performTextInput("socks5://127.0.0.1:9050")
            onNodeWithText("Use this").performScrollTo().performClick()
            onNodeWithText("Use no proxy").performScrollTo().performClick()
            onNodeWithText("Kept. It holds from the next start of Tekram on.").performScrollTo().assertIsDisplayed()
        }
        val expected = listOf("AntennaPod true", "Offer false", "Statement true", "settings", "proxy socks5://127.0.0.1:9050", "proxy null")
        assertEquals(expected, said)
    }

    @Test
    fun `about saves the log where there is one`() =
        onScreen({ AboutScreen("1.2.3", LoggingEdition(), null, { said += "log" }, { said += "licences" }, {}) }) {
            onNodeWithText("Version 1.2.3").assertIsDisplayed()
            onNodeWithText("Save the log as a file").performScrollTo().performClick()
            onNodeWithText("Licences").performScrollTo().performClick()
            assertEquals(listOf("log", "licences"), said)
        }
}
