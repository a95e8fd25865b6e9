// The first screen of Me: the profile, what it holds, how it is unlocked, what it told whom, and the way out with everything.
package tekram.ui.me

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.unit.dp
import tekram.ffi.Holdings
import tekram.ffi.RecoveryDuty
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.word
import tekram.ui.vault.ageText
import tekram.ui.vault.isOld

/** What the first screen of Me leads to. */
interface MeActions {
    /** Opens the screen of that id. */
    fun open(screen: String)

    /** Calls the open profile something else. */
    fun rename(name: String)

    /** Locks the open profile. */
    fun lock()

    /** Reads everything again. */
    fun reload()
}

/** `me_home`: the open profile. */
@Composable
fun MeScreen(
    state: MeState,
    actions: MeActions,
) {
    val device = LocalDevice.current
    var renaming by rememberSaveable { mutableStateOf(false) }
    ScreenFrame(word("me_title"), onBack = null) {
        PhasePane(state.phase, phaseWords("me"), onRetry = actions::reload) {
            ScrollingColumn {
                if (state.duty != RecoveryDuty.NONE) WordsAreDue(state.duty) { actions.open("me_words_show") }
                Section(word("me_profile")) {
                    ListRow(state.name, below = word("me_profile_rename"), icon = Icons.Edit, onClick = { renaming = true })
                    Leads("me_face_title", Icons.Show) { actions.open("me_face") }
                    Leads("me_profiles", Icons.Me) { actions.open("me_profiles") }
                    state.failure?.let { ErrorLine(errorText(it)) }
                    MainButton(word("me_lock"), actions::lock, icon = Icons.Lock)
                }
                state.holdings?.let { HoldingsSection(it) }
                Kept(state.waiting) { actions.open("keep_home") }
                Section(word("me_safety")) {
                    val backup = state.backup
                    val old = backup == null || isOld(backup, LocalFormats.current)
                    Leads("me_backup_title", Icons.Export, backup?.let { ageText(it) } ?: word("me_backup_never"), old) { actions.open("me_backup") }
                    Leads("me_locking_title", Icons.Clock) { actions.open("me_locking") }
                    Leads("me_audit_title", Icons.Show) { actions.open("me_audit") }
                    Leads("me_check_title", Icons.Check) { actions.open("me_check") }
                }
                Column {
                    Leads("me_ways_title", Icons.Key) { actions.open("me_ways") }
                    val missing = word("me_words_missing").takeIf { state.duty != RecoveryDuty.NONE }
                    Leads("me_words_title", Icons.Words, missing, state.duty != RecoveryDuty.NONE) { actions.open("me_words_show") }
                    Leads("me_shared_title", Icons.Share) { actions.open("me_shared") }
                    Leads("me_networks_title", Icons.Network) { actions.open("me_networks") }
                    Leads("me_export_title", Icons.Export) { actions.open("me_export") }
                    device.phonePage?.let { page -> Leads("me_phone_title", Icons.Phone) { device.open(page) } }
                    Leads("me_about", Icons.More) { actions.open("me_about") }
                }
            }
        }
    }
    if (renaming) {
        Rename(state.name, { renaming = false }) {
            renaming = false
            actions.rename(it)
        }
    }
}

@Composable
private fun WordsAreDue(
    duty: RecoveryDuty,
    onClick: () -> Unit,
) = Section(word("me_words_ask_title"), Modifier.testTag("me_words_due")) {
    Text(word(if (duty == RecoveryDuty.ASK) "me_words_third_day" else "me_words_ask_text"))
    MainButton(word("me_words_go"), onClick, icon = Icons.Words)
}

/** A row that leads on; the dot says that something waits there. */
@Composable
private fun Leads(
    key: String,
    icon: androidx.compose.ui.graphics.vector.ImageVector,
    below: String? = null,
    dot: Boolean = false,
    onClick: () -> Unit,
) = ListRow(word(key), icon = icon, onClick = onClick, below = below, end = {
    if (dot) Box(Modifier.size(10.dp).clip(CircleShape).background(MaterialTheme.colorScheme.error))
    Icon(Icons.Forward, contentDescription = null)
})

/** Leads to what the person keeps, and says how much of it waits to be looked at. */
@Composable
private fun Kept(
    waiting: Long,
    onClick: () -> Unit,
) = ListRow(
    word("keep_title"),
    below = if (waiting > 0) plural("keep_waiting", waiting) else word("keep_kinds"),
    icon = Icons.Tray,
    onClick = onClick,
    end = {
        if (waiting > 0) Box(Modifier.size(10.dp).clip(CircleShape).background(MaterialTheme.colorScheme.error))
        Icon(Icons.Forward, contentDescription = null)
    },
)

/** What a vault holds, in numbers. */
@Composable
internal fun HoldingsSection(holdings: Holdings) =
    Section(word("me_holdings")) {
        Text(plural("me_holdings_listens", holdings.listens.toLong()))
        Text(plural("me_holdings_statements", holdings.statements.toLong()))
        Text(plural("me_holdings_intents", holdings.intents.toLong()))
        Text(plural("me_holdings_agreements", holdings.agreements.toLong()))
    }

/** Asks for another name. */
@Composable
internal fun Rename(
    before: String,
    onDismiss: () -> Unit,
    onRename: (String) -> Unit,
) {
    var name by remember { mutableStateOf(before) }
    AlertDialog(
        onDismissRequest = onDismiss,
        title = { Text(word("me_profile_rename")) },
        text = {
            TextLine(name, {
                name = it
            }, word("me_profile_name_label"), Modifier.testTag("me_profile_name"), onDone = { if (name.isNotBlank()) onRename(name) })
        },
        confirmButton = { QuietButton(word("common_rename"), { onRename(name) }, enabled = name.isNotBlank()) },
        dismissButton = { QuietButton(word("common_cancel"), onDismiss) },
    )
}
