// Clicks through the screens of the encrypted store.
package tekram.ui.vault

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.assertIsOff
import androidx.compose.ui.test.assertIsOn
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import org.junit.jupiter.api.Test
import tekram.ffi.AuditBreak
import tekram.ffi.AuditItem
import tekram.ffi.AuditReport
import tekram.ffi.BackupFile
import tekram.ffi.RescuedTable
import tekram.ffi.WayIn
import tekram.ffi.WayInKind
import tekram.ffi.WorkProgress
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.permille
import tekram.ui.keep.Kept
import tekram.ui.onScreen
import tekram.ui.start.DeviceLock
import tekram.ui.start.Unlocking
import kotlin.test.assertEquals
import kotlin.test.assertNull

@OptIn(ExperimentalTestApi::class)
class VaultScreensTest {
    private val said = mutableListOf<String>()

    @Test
    fun `wiping is switched on only after the warning`() {
        val actions =
            object : LockingActions by noLockingActions {
                override fun wipeAfter(wrong: UInt?) {
                    said += "wipe $wrong"
                }

                override fun lockAfter(seconds: UInt?) {
                    said += "lock $seconds"
                }
            }
        onScreen({ LockingScreen(Kept(Phase.Ready, LockRules()), actions) {} }) {
            onNodeWithText("15 minutes").performScrollTo().performClick()
            onNodeWithText("After 10 wrong tries").performScrollTo().performClick()
            onNodeWithText("Cancel").performClick()
            assertEquals(listOf("lock 900"), said)
            onNodeWithText("After 10 wrong tries").performScrollTo().performClick()
            onNodeWithText("Really delete after wrong tries?").assertIsDisplayed()
            onNodeWithText("Switch it on").performClick()
            assertEquals(listOf("lock 900", "wipe 10"), said)
        }
    }

    @Test
    fun `a new key needs a way that stays and an answer`() {
        val ways = listOf(WayIn("passphrase", WayInKind.Passphrase, null))
        var state by mutableStateOf(KeyChangeState(Phase.Ready, ways, going = setOf("passphrase")))
        val actions =
            object : KeyChangeActions by noKeyActions {
                override fun keep(
                    name: String,
                    stays: Boolean,
                ) {
                    state = state.copy(going = if (stays) emptySet() else setOf(name))
                }

                override fun start() {
                    said += "start"
                }
            }
        onScreen({ KeyChangeScreen(state, actions) {} }) {
            onNodeWithText("At least one way has to stay.").assertIsDisplayed()
            onNodeWithText("Make a new key").performScrollTo().assertIsNotEnabled()
            onNodeWithText("Passphrase").performScrollTo().performClick()
            onNodeWithText("Make a new key").performScrollTo().performClick()
            onNodeWithText("Make a new key?").assertIsDisplayed()
            assertEquals(emptyList(), said)
            state = state.copy(working = true, progress = WorkProgress(1u, 4u))
            waitForIdle()
            onNodeWithContentDescription("25% done").assertIsDisplayed()
        }
    }

    @Test
    fun `the record says its days once and opens an entry`() {
        val actions =
            object : AuditActions by noAuditActions {
                override fun open(item: AuditItem) {
                    said += item.number.toString()
                }

                override fun search(text: String) {
                    said += text
                }

                override fun show(filter: AuditFilter) {
                    said += filter.name
                }
            }
        onScreen({ AuditScreen(AuditState(), rows(someAudit), actions) {} }) {
            onNodeWithText("Yesterday").assertIsDisplayed()
            onNodeWithText("Given to somebody").performClick()
            onNodeWithTag("me_audit_search").performTextInput("mail")
            onNodeWithText("Given to others").performClick()
            assertEquals(listOf("9", "mail", "Seen"), said)
        }
    }

    @Test
    fun `a text is destroyed after a question, and one without is not offered`() {
        var item by mutableStateOf(someAudit.first())
        onScreen({ AuditItemScreen(Phase.Ready, item, null, { said += "destroy" }, {}) }) {
            onNodeWithText("Destroy the text").performScrollTo().performClick()
            onNodeWithText("Destroy the text for good?").assertIsDisplayed()
            onNodeWithText("Cancel").performClick()
            assertEquals(emptyList(), said)
            item = someAudit.first { it.destroyed }
            waitForIdle()
            onNodeWithText("Destroy the text").assertDoesNotExist()
            onNodeWithText("Its text was destroyed").assertIsDisplayed()
        }
    }

    @Test
    fun `a record that was changed says where`() =
        onScreen({ AuditWholeScreen(AuditState(report = AuditReport(3u, 0u, listOf(AuditBreak(2u, "chain"), AuditBreak(4u, "never_heard")))), {}, {}, {}) }) {
            onNodeWithText("Somebody has changed this record", useUnmergedTree = true).assertIsDisplayed()
            onNodeWithText("Entry 2 is not what was written.").assertIsDisplayed()
            onNodeWithText("Something about entry 4 does not hold.").assertIsDisplayed()
        }

    @Test
    fun `without a place there is no backup and the screen says what that means`() {
        val actions =
            object : BackupActions by noBackupActions {
                override fun chooseFolder() {
                    said += "folder"
                }

                override fun start() {
                    said += "now"
                }

                override fun forget() {
                    said += "forget"
                }
            }
        var state by mutableStateOf(BackupUiState(Phase.Ready))
        onScreen({ BackupScreen(state, actions) {} }) {
            onNodeWithText("There is no backup.", substring = true, useUnmergedTree = true).assertIsDisplayed()
            onNodeWithText("Choose a folder").performScrollTo().performClick()
            state = someBackup
            waitForIdle()
            onNodeWithText("Backed up 2 days ago").assertIsDisplayed()
            onNodeWithText("Back up now").performScrollTo().performClick()
            onNodeWithText("Back up no longer").performScrollTo().performClick()
            onNodeWithText("Backups that were made stay where they are.").assertIsDisplayed()
            assertEquals(listOf("folder", "now"), said)
            state = someBackup.copy(plan = somePlan.copy(lastMs = null, lastProblem = "io"))
            waitForIdle()
            onNodeWithText("Never backed up", useUnmergedTree = true).assertExists()
            onNodeWithText("The last try did not work:").assertExists()
        }
    }

    @Test
    fun `a backup is opened by words or passphrase and a clash asks for a name`() {
        var state by mutableStateOf(keyStep)
        val actions =
            object : RestoreActions by noRestoreActions {
                override fun restore(
                    key: BackupSecret,
                    newName: String?,
                    replace: Boolean,
                ) {
                    said += "${key.byWords} ${key.secret} $newName $replace"
                }

                override fun chooseState(number: UInt?) {
                    said += "state $number"
                }
            }
        onScreen({ RestoreScreen(state, actions) {} }) {
            onNodeWithText("Restore").performScrollTo().assertIsNotEnabled()
            onNodeWithText("The passphrase").performScrollTo().performClick()
            onNodeWithTag("restore_passphrase").performScrollTo().performTextInput("a secret")
            onNodeWithText("Restore").performScrollTo().performClick()
            state = keyStep.copy(clash = true, failure = Shown(3025, "vault_exists", "vault"))
            waitForIdle()
            onNodeWithText("Restore").performScrollTo().assertIsNotEnabled()
            onNodeWithTag("restore_name").performScrollTo().performTextInput("Old")
            onNodeWithText("Restore").performScrollTo().performClick()
            onNodeWithText("Put it in the place of the one here").performScrollTo().performClick()
            onNodeWithText("Restore").performScrollTo().performClick()
            assertEquals(listOf("false a secret null false", "false a secret Old false", "false a secret null true"), said)
        }
    }

    @Test
    fun `a backup of the place is chosen and another place can be`() {
        val actions =
            object : RestoreActions by noRestoreActions {
                override fun choose(file: BackupFile) {
                    said += file.name
                }
            }
        onScreen({ RestoreScreen(RestoreState(RestoreStep.Files, files = listOf(someFile)), actions) { said += "back" } }) {
            onNodeWithText("3 states in it", substring = true).performClick()
            onNodeWithText("Another place").performScrollTo().performClick()
            assertEquals(listOf("home.tekram-backup", "back"), said)
        }
    }

    @Test
    fun `a private address points to the switch, and the switch is said to the core`() {
        var state by mutableStateOf(BackupUiState(Phase.Ready))
        onScreen({ BackupServerScreen(state, { said += "${it.url} ${it.inHomeNetwork}" }) {} }) {
            onNodeWithTag("server_url").performTextInput("https://192.168.178.20/backup")
            onNodeWithText("Try it and use it").performScrollTo().performClick()
            state = BackupUiState(Phase.Ready, failure = Shown(2003, "private_address", "network"))
            waitForIdle()
            onNodeWithText("switch on “This server is in my home network”", substring = true, useUnmergedTree = true).assertExists()
            onNodeWithTag("server_home").performScrollTo().assertIsOff().performClick().assertIsOn()
            onNodeWithText("Try it and use it").performScrollTo().performClick()
            state = BackupUiState(Phase.Ready, failure = Shown(2043, "insecure_server", "network"))
            waitForIdle()
            onNodeWithText("with “This server is in my home network” switched on", substring = true, useUnmergedTree = true).assertExists()
            assertEquals(listOf("https://192.168.178.20/backup false", "https://192.168.178.20/backup true"), said)
        }
    }

    @Test
    fun `restoring takes the switch along`() {
        val actions =
            object : RestoreActions by noRestoreActions {
                override fun server(typed: TypedServer) {
                    said += "${typed.url} ${typed.inHomeNetwork}"
                }
            }
        onScreen({ RestoreScreen(RestoreState(RestoreStep.Server), actions) {} }) {
            onNodeWithTag("server_url").performTextInput("http://nas.local/")
            onNodeWithTag("server_home").performScrollTo().performClick()
            onNodeWithText("Next").performScrollTo().performClick()
            assertEquals(listOf("http://nas.local/ true"), said)
        }
    }

    @Test
    fun `the plan says that its server is in the home network`() {
        var state by mutableStateOf(someBackup.copy(plan = homePlan))
        onScreen({ BackupScreen(state, noBackupActions) {} }) {
            onNodeWithText("Server in my home network").assertExists()
            state = someBackup.copy(plan = homePlan.copy(inHomeNetwork = false, lastProblem = "private_address"))
            waitForIdle()
            onNodeWithText("Server in my home network").assertDoesNotExist()
            onNodeWithText("switch on “This server is in my home network”", substring = true, useUnmergedTree = true).assertExists()
        }
    }

    @Test
    fun `a rescue asks for the old secret and a new profile`() {
        val actions =
            object : RescueActions by noRescueActions {
                override fun save(
                    way: Unlocking,
                    secret: String,
                    newName: String,
                    newPassphrase: String,
                ) {
                    said += "$way $secret $newName $newPassphrase"
                }
            }
        onScreen({ RescueScreen(RescueState(broken), DeviceLock.Ready, actions) {} }) {
            onNodeWithTag("rescue_passphrase").performScrollTo().performTextInput("old")
            onNodeWithTag("rescue_name").performScrollTo().performTextInput("Saved")
            onNodeWithText("Save it").performScrollTo().assertIsNotEnabled()
            onNodeWithTag("rescue_new_passphrase").performScrollTo().performTextInput("new")
            onNodeWithText("Save it").performScrollTo().performClick()
            onNodeWithText("This phone").performScrollTo().performClick()
            onNodeWithText("Save it").performScrollTo().performClick()
            assertEquals(listOf("Passphrase old Saved new", "Device  Saved new"), said)
        }
    }

    @Test
    fun `tables are put together to parts that a person knows`() {
        val tables =
            listOf("vault_audit_head", "listen_play", "listen_work", "vault_blob_chunk", "vault_identity", "pay_line").map { RescuedTable(it, 2u, 1u, 0u) }
        assertEquals(
            listOf(
                RescuedPart("history", 4, 2),
                RescuedPart("pay", 2, 1),
                RescuedPart("audit", 2, 1),
                RescuedPart("holdings", 2, 1),
                RescuedPart("other", 2, 1),
            ),
            byPart(tables),
        )
    }

    @Test
    fun `a share of the work is known only when its size is`() {
        assertNull(WorkProgress(5u, 0u).permille)
        assertEquals(500, WorkProgress(5u, 10u).permille)
        assertEquals(1000, WorkProgress(12u, 10u).permille)
    }

    @Test
    fun `leaving sealed needs the passphrase twice`() =
        onScreen({ LeaveScreen(LeaveState(), { said += it }, { said += "open" }, {}, {}) }) {
            onNodeWithTag("me_leave_passphrase").performScrollTo().performTextInput("a seal")
            onNodeWithText("Save encrypted").performScrollTo().assertIsNotEnabled()
            onNodeWithTag("me_leave_again").performScrollTo().performTextInput("a seal")
            onNodeWithText("Save encrypted").performScrollTo().performClick()
            onNodeWithText("Save unencrypted").performScrollTo().performClick()
            assertEquals(listOf("a seal", "open"), said)
        }
}
