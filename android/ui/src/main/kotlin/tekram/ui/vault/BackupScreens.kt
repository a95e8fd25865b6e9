// Backups: how old the last one is, said so that it is noticed when it is too old, making one now, where they go, and the
// server as another place for them.
package tekram.ui.vault

import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardType
import tekram.ffi.BackupPlaceKind
import tekram.ffi.BackupPlan
import tekram.ui.common.ErrorLine
import tekram.ui.common.Formats
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PassphraseLine
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.Shown
import tekram.ui.common.TextLine
import tekram.ui.common.ToggleRow
import tekram.ui.common.WorkBar
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.word
import tekram.ui.start.HiddenScreen

/** A backup older than this many days is said to be old. */
private const val OLD_DAYS = 7L

/** What can be done about backups. */
interface BackupActions {
    /** Chooses the folder. */
    fun chooseFolder()

    /** Opens the screen of the server. */
    fun server()

    /** Opens the recovery words. */
    fun words()

    /** Whether a backup is made every day. */
    fun daily(daily: Boolean)

    /** Backs up no longer. */
    fun forget()

    /** Makes a backup now. */
    fun start()

    /** Stops it. */
    fun stop()

    /** Reads it again. */
    fun reload()
}

/** Whether the last backup is too old, or there is none. */
internal fun isOld(
    plan: BackupPlan,
    formats: Formats,
): Boolean = plan.lastMs.let { it == null || formats.daysSince(it) > OLD_DAYS }

/** How old the last backup is. */
@Composable
internal fun ageText(plan: BackupPlan): String {
    val last = plan.lastMs ?: return word("me_backup_never")
    val days = LocalFormats.current.daysSince(last)
    return if (days == 0L) word("me_backup_today") else plural("me_backup_days_ago", days)
}

/** What kind of place it is. */
@Composable
private fun placeText(plan: BackupPlan): String =
    when {
        plan.kind == BackupPlaceKind.FOLDER -> word("me_backup_place_folder")
        plan.inHomeNetwork -> word("me_backup_place_home")
        else -> word("me_backup_place_server")
    }

/** What [failure] of a place says: where a private address or one without encryption is refused, the switch for it is named. */
@Composable
private fun placeErrorText(failure: Shown): String =
    when (failure.name) {
        "private_address" -> word("me_backup_server_private", word("me_backup_server_home"))
        "insecure_server" -> word("me_backup_server_insecure", word("me_backup_server_home"))
        else -> errorText(failure)
    }

/** `me_backup`: backups of the profile. */
@Composable
fun BackupScreen(
    state: BackupUiState,
    actions: BackupActions,
    onBack: (() -> Unit)?,
) {
    var forgetting by remember { mutableStateOf(false) }
    ScreenFrame(word("me_backup_title"), onBack) {
        PhasePane(state.phase, phaseWords("me"), onRetry = actions::reload) {
            ScrollingColumn {
                Text(word("me_backup_text"))
                val plan = state.plan
                if (plan == null) {
                    ErrorLine(word("me_backup_none"))
                    state.failure?.let { ErrorLine(placeErrorText(it)) }
                } else {
                    Age(plan)
                    Making(state, plan, actions)
                    Section(word("me_backup_place")) {
                        Text(placeText(plan))
                        Text(plan.place, style = MaterialTheme.typography.titleSmall)
                    }
                    ToggleRow(word("me_backup_daily"), word("me_backup_daily_text"), plan.daily, enabled = !state.busy, onChange = actions::daily)
                }
                if (!state.hasWords) NoWords(actions::words)
                Places(state, actions)
                if (plan != null) QuietButton(word("me_backup_forget"), { forgetting = true }, enabled = !state.busy && !state.working, icon = Icons.Delete)
            }
        }
    }
    if (forgetting) {
        ForgetPlace({ forgetting = false }) {
            forgetting = false
            actions.forget()
        }
    }
}

@Composable
private fun ColumnScope.Age(plan: BackupPlan) {
    val formats = LocalFormats.current
    val age = ageText(plan)
    if (isOld(plan, formats)) ErrorLine(age) else Text(age, style = MaterialTheme.typography.titleMedium)
    plan.lastMs?.let { last ->
        if (isOld(plan, formats)) Text(word("me_backup_old"))
        Text(word("me_backup_last", formats.dateAndTime(last), formats.size(plan.lastBytes?.toLong() ?: 0)), style = MaterialTheme.typography.bodyMedium)
    }
}

@Composable
private fun ColumnScope.Making(
    state: BackupUiState,
    plan: BackupPlan,
    actions: BackupActions,
) {
    val problem = plan.lastProblem
    when {
        state.failure != null -> {
            ErrorLine(placeErrorText(state.failure))
        }

        problem != null && !state.working -> {
            Text(word("me_backup_problem"))
            ErrorLine(placeErrorText(Shown(0, problem, "vault")))
        }

        state.done != null -> {
            Text(word("me_backup_done"), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
        }
    }
    if (state.working) {
        WorkBar(word("me_backup_working"), state.progress, actions::stop)
    } else {
        MainButton(word("me_backup_now"), actions::start, enabled = !state.busy, icon = Icons.Export)
    }
}

@Composable
private fun NoWords(onWords: () -> Unit) =
    Section(null) {
        Text(word("me_backup_no_words"))
        OtherButton(word("me_words_title"), onWords, icon = Icons.Words)
    }

@Composable
private fun Places(
    state: BackupUiState,
    actions: BackupActions,
) = Section(null) {
    Text(word("me_backup_choose_folder_text"))
    val enabled = !state.busy && !state.working
    if (state.plan == null) {
        MainButton(word("me_backup_choose_folder"), actions::chooseFolder, enabled = enabled, busy = state.busy, icon = Icons.Tray)
    } else {
        OtherButton(word("me_backup_choose_folder"), actions::chooseFolder, enabled = enabled, busy = state.busy, icon = Icons.Tray)
    }
    OtherButton(word("me_backup_choose_server"), actions::server, enabled = enabled, icon = Icons.Network)
}

/** Asks before backups are made no longer. */
@Composable
internal fun ForgetPlace(
    onDismiss: () -> Unit,
    onForget: () -> Unit,
) = AlertDialog(
    onDismissRequest = onDismiss,
    title = { Text(word("me_backup_forget_title")) },
    text = { Text(word("me_backup_forget_text")) },
    confirmButton = { QuietButton(word("me_backup_forget"), onForget) },
    dismissButton = { QuietButton(word("common_cancel"), onDismiss) },
)

/** `me_backup_server`: a server as the place of backups. */
@Composable
fun BackupServerScreen(
    state: BackupUiState,
    onUse: (TypedServer) -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_backup_server_title"), onBack) {
    ScrollingColumn {
        Text(word("me_backup_server_text"))
        ServerFields(state.failure, state.busy, word("me_backup_server_go"), onUse)
    }
}

/** Address, user and password of a server, for backups or to restore from, and whether it is in the home network. */
@Composable
internal fun ColumnScope.ServerFields(
    failure: Shown?,
    busy: Boolean,
    title: String,
    onGo: (TypedServer) -> Unit,
) {
    var url by rememberSaveable { mutableStateOf("") }
    var user by rememberSaveable { mutableStateOf("") }
    var password by remember { mutableStateOf("") }
    var inHomeNetwork by rememberSaveable { mutableStateOf(false) }
    val ready = url.isNotBlank()
    val go = { onGo(TypedServer(url, user, password, inHomeNetwork)) }
    HiddenScreen()
    TextLine(
        url,
        { url = it },
        word("me_backup_server_url"),
        Modifier.testTag("server_url"),
        below = word("me_backup_server_hint"),
        enabled = !busy,
        keyboard = KeyboardType.Uri,
    )
    ToggleRow(
        word("me_backup_server_home"),
        word("me_backup_server_home_text"),
        inHomeNetwork,
        Modifier.testTag("server_home"),
        enabled = !busy,
        onChange = { inHomeNetwork = it },
    )
    TextLine(user, { user = it }, word("me_backup_server_user"), Modifier.testTag("server_user"), enabled = !busy)
    PassphraseLine(password, { password = it }, word("me_backup_server_password"), Modifier.testTag("server_password"), enabled = !busy, onDone = {
        if (ready) go()
    })
    failure?.let { ErrorLine(placeErrorText(it)) }
    MainButton(title, go, enabled = ready, busy = busy, icon = Icons.Network)
}
