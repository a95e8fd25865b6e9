// Clicks through first run and lock, and through the shell.
package tekram.ui.start

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsEnabled
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.assertIsSelected
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onLast
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import org.junit.jupiter.api.Test
import tekram.ffi.PersonaEntry
import tekram.ffi.WayIn
import tekram.ffi.WayInKind
import tekram.ui.common.Place
import tekram.ui.common.PlainDevice
import tekram.ui.common.Route
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Shell
import tekram.ui.common.Shown
import tekram.ui.onScreen
import tekram.ui.pictures.Variant
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class StartScreensTest {
    private val said = mutableListOf<String>()
    private var state by mutableStateOf(StartState())

    private val actions =
        object : LockActions by noLockActions {
            override fun choose(id: String?) {
                state = state.copy(chosen = id)
            }

            override fun unlockBy(way: Unlocking) {
                state = state.copy(unlocking = way)
            }

            override fun withPassphrase(passphrase: String) {
                said += passphrase
            }

            override fun withWords(words: String) {
                said += words
            }
        }

    @Test
    fun `a profile needs a name and then a way in`() =
        onScreen({ FirstRunScreen(state, DeviceLock.Ready, { state = state.copy(name = it) }, { said += "device" }, { said += "passphrase" }, null) }) {
            onNodeWithText("Start").assertIsNotEnabled()
            onNodeWithTag("start_name").performTextInput("Home")
            onNodeWithText("Start").assertIsEnabled().performClick()
            onNodeWithText("With a passphrase").performClick()
            onNodeWithText("Next").performClick()
            assertEquals(listOf("device", "passphrase"), said)
        }

    @Test
    fun `without a key store only a passphrase is offered`() =
        onScreen({ FirstRunScreen(StartState(name = "Home"), DeviceLock.Absent, {}, {}, { said += "passphrase" }, null) }) {
            onNodeWithText("How you unlock").assertDoesNotExist()
            onNodeWithText("Next").performClick()
            assertEquals(listOf("passphrase"), said)
        }

    @Test
    fun `a new passphrase must be typed twice alike`() {
        val device = RememberingDevice()
        onScreen({ NewPassphraseScreen(StartState(StartStep.Passphrase, "Home"), { said += it }, {}) }, device = device) {
            onNodeWithTag("start_passphrase").performTextInput("four words in a row")
            onNodeWithTag("start_passphrase_again").performTextInput("four words")
            onNodeWithText("The two are not the same.").assertIsDisplayed()
            onNodeWithText("Start").assertIsNotEnabled()
            onNodeWithTag("start_passphrase_again").performTextInput(" in a row")
            onNodeWithText("Start").performClick()
            assertEquals(listOf("four words in a row"), said)
            assertEquals(true, device.hidden)
        }
    }

    @Test
    fun `the lock asks who, then how`() {
        val ways = listOf(WayInKind.Passphrase, WayInKind.RecoveryPhrase).map { WayIn(it.toString(), it, null) }
        state = StartState(StartStep.Lock, personas = listOf("Home", "Work").map { PersonaEntry(it, it, null, null, ways, null) })
        onScreen({ LockScreen(state, DeviceLock.Absent, true, actions) }) {
            onNodeWithText("Locked because nobody had used it for a while.").assertIsDisplayed()
            onNodeWithContentDescription("Profile Work, locked").performClick()
            onNodeWithText("Hello, Work").assertIsDisplayed()
            onNodeWithTag("lock_passphrase").performTextInput("a secret")
            onNodeWithText("Unlock").performClick()
            onNodeWithText("Use the recovery words").performScrollTo().performClick()
            onNodeWithTag("lock_words").performTextInput(List(23) { "abandon" }.joinToString(" "))
            onNodeWithText("23 of 24 words").assertIsDisplayed()
            onNodeWithText("Unlock").assertIsNotEnabled()
            onNodeWithTag("lock_words").performTextInput("\nart ")
            onNodeWithText("Unlock").performClick()
            assertEquals(listOf("a secret", List(23) { "abandon" }.joinToString(" ") + "\nart"), said)
        }
    }

    private fun refused(name: String) = StartFailure.Refused(Shown(3000, name, "vault"))

    private val lockedHome = PersonaEntry("1", "Home", null, null, listOf(WayIn("passphrase", WayInKind.Passphrase, null)), null)

    @Test
    fun `an older state is explained and opened only after a question`() {
        state = StartState(StartStep.Lock, personas = listOf(lockedHome), chosen = "1", failure = refused("rolled_back"))
        val rollback =
            object : LockActions by noLockActions {
                override fun acceptRollback() {
                    said += "accepted"
                    state = state.copy(failure = null, rollbackAccepted = true)
                }
            }
        onScreen({ LockScreen(state, DeviceLock.Absent, false, rollback) }) {
            onNodeWithText("This is an older state").performScrollTo().assertIsDisplayed()
            onNodeWithText("Open it anyway").performScrollTo().performClick()
            onNodeWithText("Cancel").performClick()
            assertEquals(emptyList(), said)
            onNodeWithText("Open it anyway").performScrollTo().performClick()
            onNodeWithText("Go on with the older state?").assertIsDisplayed()
            onAllNodesWithText("Open it anyway").onLast().performClick()
            assertEquals(listOf("accepted"), said)
            onNodeWithText("Good. Unlock once more, and the older state opens.").assertIsDisplayed()
        }
    }

    @Test
    fun `a damaged profile can be rescued or restored`() {
        state = StartState(StartStep.Lock, personas = listOf(lockedHome), chosen = "1", failure = refused("damaged"))
        val rescue =
            object : LockActions by noLockActions {
                override fun rescue() {
                    said += "rescue"
                }

                override fun restore() {
                    said += "restore"
                }
            }
        onScreen({ LockScreen(state, DeviceLock.Absent, false, rescue) }) {
            onNodeWithText("Save what is whole").performScrollTo().performClick()
            onNodeWithText("Restore a backup").performScrollTo().performClick()
            assertEquals(listOf("rescue", "restore"), said)
        }
    }

    @Test
    fun `while it waits nothing can be tried and the time is said`() {
        state = StartState(StartStep.Lock, personas = listOf(lockedHome), chosen = "1", failure = refused("wait"), waitSeconds = 61)
        onScreen({ LockScreen(state, DeviceLock.Absent, false, actions) }) {
            onNodeWithTag("lock_passphrase").performTextInput("a secret")
            onNodeWithText("You can try again in 2 minutes.", substring = true, useUnmergedTree = true).assertIsDisplayed()
            onNodeWithText("Unlock").assertIsNotEnabled()
            state = state.copy(waitSeconds = 0, failure = null)
            waitForIdle()
            onNodeWithText("Unlock").performClick()
            assertEquals(listOf("a secret"), said)
        }
    }

    @Test
    fun `a profile whose name is hidden has a neutral one`() {
        state = StartState(StartStep.Lock, personas = listOf(lockedHome, lockedHome.copy(id = "2", name = "")))
        onScreen({ LockScreen(state, DeviceLock.Absent, true, actions) }) {
            onNodeWithText("Locked because nobody had used it for a while.").assertIsDisplayed()
            onNodeWithContentDescription("Profile without a name, locked").performClick()
            onNodeWithText("Hello").assertIsDisplayed()
        }
    }

    @Test
    fun `the tabs turn to their rooms and back leads out`() {
        var place by mutableStateOf(Place().open(Route("history_day")))
        onScreen({
            Shell(place, { place = place.select(it) }, { place.back()?.let { place = it } }) { route, back ->
                ScreenFrame(route.id, back) { }
            }
        }) {
            onNodeWithText("history_day").assertIsDisplayed()
            onNodeWithContentDescription("Go back").performClick()
            onNodeWithText("history_days").assertIsDisplayed()
            onNodeWithTag("tab_Relations").performClick().assertIsSelected()
            onNodeWithText("relations_list").assertIsDisplayed()
        }
    }

    @Test
    fun `a wide window shows a list and what was opened from it side by side`() =
        onScreen(
            { Shell(Place().open(Route("history_day")), {}, {}) { route, back -> ScreenFrame(route.id, back) {} } },
            Variant.Wide,
        ) {
            onNodeWithText("history_days").assertIsDisplayed()
            onNodeWithText("history_day").assertIsDisplayed()
        }
}

/** A device that only remembers whether the screen is hidden. */
private class RememberingDevice : PlainDevice() {
    var hidden = false

    override fun hideScreen(hidden: Boolean) {
        this.hidden = hidden
    }
}
