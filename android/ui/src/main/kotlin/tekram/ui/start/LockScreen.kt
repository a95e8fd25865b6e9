// The lock: which profile, then the way in that it has. A way that did not work leaves the others on offer.
package tekram.ui.start

import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Icon
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
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.WayInKind
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PassphraseLine
import tekram.ui.common.QuietButton
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.word

/** What the lock can be asked to do. */
interface LockActions {
    /** Turns to a profile. */
    fun choose(id: String?)

    /** Turns to another way of unlocking. */
    fun unlockBy(way: Unlocking)

    /** Unlocks with the device's own lock. */
    fun withDevice()

    /** Unlocks with a passphrase. */
    fun withPassphrase(passphrase: String)

    /** Unlocks with the recovery words. */
    fun withWords(words: String)

    /** Begins another profile. */
    fun addProfile()

    /** The older state that the chosen profile is counts from now on. */
    fun acceptRollback()

    /** Saves what is whole of the chosen profile. */
    fun rescue()

    /** Brings a profile back from a backup. */
    fun restore()
}

/** `lock`: the profiles, or how the chosen one is unlocked. */
@Composable
fun LockScreen(
    state: StartState,
    deviceLock: DeviceLock,
    lockedItself: Boolean,
    actions: LockActions,
    notDeleted: NotDeleted? = null,
) {
    val persona = state.persona
    val note = if (lockedItself) word("start_auto_locked_idle") else null
    if (persona == null) {
        StartFrame(word("start_lock_title"), note, onBack = null) {
            notDeleted?.let { NotDeletedLine(it) }
            state.personas.forEach { entry ->
                val spoken = if (entry.name.isEmpty()) word("start_profile_unnamed_a11y") else word("start_profile_a11y", entry.name)
                ListRow(
                    shownName(entry),
                    Modifier.semantics(mergeDescendants = true) { contentDescription = spoken },
                    mark = { ProfileMark(entry) },
                    onClick = { actions.choose(entry.id) },
                    end = { Icon(Icons.Forward, contentDescription = null) },
                )
            }
            QuietButton(word("start_new_profile"), actions::addProfile, icon = Icons.Add)
            QuietButton(word("start_restore_offer"), actions::restore, icon = Icons.Import)
        }
    } else {
        val back = { actions.choose(null) }.takeIf { state.personas.size > 1 && !state.busy }
        val hello = if (persona.name.isEmpty()) word("start_lock_one_unnamed") else word("start_lock_one", persona.name)
        StartFrame(hello, note, back) {
            if (persona.colour != null || persona.avatar != null) ProfileMark(persona.colour, persona.avatar, size = 72.dp)
            notDeleted?.let { NotDeletedLine(it) }
            persona.problem?.let { Damaged(actions) }
            if (state.rollbackAccepted) Text(word("start_rolled_accepted"), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
            when (state.unlocking) {
                Unlocking.Device -> ByDevice(state, actions)
                Unlocking.Passphrase -> ByPassphrase(state, actions)
                Unlocking.Words -> ByWords(state, actions)
            }
            OtherWays(state, deviceLock, actions)
            if (!state.busy) {
                if (state.personas.size > 1) QuietButton(word("start_other_profile"), { actions.choose(null) })
                QuietButton(word("start_new_profile"), actions::addProfile, icon = Icons.Add)
                QuietButton(word("start_restore_offer"), actions::restore, icon = Icons.Import)
            }
        }
    }
}

/** Why it did not open, and what can be done about it. */
@Composable
private fun ColumnScope.Refused(
    state: StartState,
    actions: LockActions,
) {
    val name = state.refusal?.name
    when {
        state.waitSeconds > 0 -> ErrorLine(word("start_wait_text", LocalFormats.current.wait(state.waitSeconds)))
        name == ROLLED_BACK -> RolledBack(state.busy, actions)
        else -> FailureLine(state.failure)
    }
    if (name in damages && state.persona?.problem == null) Damaged(actions)
}

private const val ROLLED_BACK = "rolled_back"

/** What an older state means, and the way to it after a question. */
@Composable
private fun RolledBack(
    busy: Boolean,
    actions: LockActions,
) {
    var asking by rememberSaveable { mutableStateOf(false) }
    Section(word("start_rolled_title"), Modifier.semantics { liveRegion = LiveRegionMode.Polite }.testTag("lock_rolled_back")) {
        Text(word("start_rolled_text"))
        Text(word("start_rolled_pay"))
        OtherButton(word("start_rolled_open"), { asking = true }, enabled = !busy)
    }
    if (asking) {
        AcceptRollback({ asking = false }) {
            asking = false
            actions.acceptRollback()
        }
    }
}

/** Asks once more before an older state counts. */
@Composable
internal fun AcceptRollback(
    onDismiss: () -> Unit,
    onAccept: () -> Unit,
) = AlertDialog(
    onDismissRequest = onDismiss,
    title = { Text(word("start_rolled_sure_title")) },
    text = { Text(word("start_rolled_sure_text")) },
    confirmButton = { QuietButton(word("start_rolled_open"), onAccept) },
    dismissButton = { QuietButton(word("common_cancel"), onDismiss) },
)

/** Nothing is deleted; what is whole can be saved, or a backup restored. */
@Composable
private fun Damaged(actions: LockActions) =
    Section(null, Modifier.testTag("lock_damaged")) {
        Text(word("start_damaged_text"))
        OtherButton(word("start_damaged_rescue"), actions::rescue, icon = Icons.Check)
        OtherButton(word("start_damaged_restore"), actions::restore, icon = Icons.Import)
    }

/** That a profile is still there which was to be deleted, and why. */
@Composable
private fun NotDeletedLine(notDeleted: NotDeleted) {
    Text(word("start_profile_not_deleted", notDeleted.name))
    ErrorLine(errorText(notDeleted.why))
}

@Composable
private fun ColumnScope.ByDevice(
    state: StartState,
    actions: LockActions,
) {
    Refused(state, actions)
    MainButton(word(if (state.busy) "start_unlocking" else "start_unlock_with_phone"), actions::withDevice, busy = state.busy, icon = Icons.Presence)
}

@Composable
private fun ColumnScope.ByPassphrase(
    state: StartState,
    actions: LockActions,
) {
    var passphrase by remember(state.chosen) { mutableStateOf("") }
    HiddenScreen()
    PassphraseLine(
        passphrase,
        { passphrase = it },
        word("start_passphrase_label"),
        Modifier.testTag("lock_passphrase"),
        wrong = state.failure != null && state.refusal?.name !in damages + ROLLED_BACK,
        enabled = !state.busy,
        onDone = { if (passphrase.isNotEmpty() && state.waitSeconds == 0L) actions.withPassphrase(passphrase) },
    )
    Refused(state, actions)
    MainButton(
        word(if (state.busy) "start_unlocking" else "start_unlock"),
        { actions.withPassphrase(passphrase) },
        enabled = passphrase.isNotEmpty() && state.waitSeconds == 0L,
        busy = state.busy,
    )
}

@Composable
private fun ColumnScope.ByWords(
    state: StartState,
    actions: LockActions,
) {
    var words by remember(state.chosen) { mutableStateOf("") }
    HiddenScreen()
    RecoveryWordsField(
        words,
        { words = it },
        Modifier.testTag("lock_words"),
        wrong = state.failure != null && state.refusal?.name !in damages + ROLLED_BACK,
        enabled = !state.busy,
    )
    Refused(state, actions)
    MainButton(
        word(if (state.busy) "start_unlocking" else "start_unlock"),
        { actions.withWords(words.trim()) },
        enabled = wordCount(words) == WORDS_IN_PHRASE,
        busy = state.busy,
    )
}

@Composable
private fun ColumnScope.OtherWays(
    state: StartState,
    deviceLock: DeviceLock,
    actions: LockActions,
) {
    val kinds =
        state.persona
            ?.ways
            .orEmpty()
            .map { it.kind }
    val offered =
        listOfNotNull(
            Triple(Unlocking.Device, "start_unlock_with_phone", Icons.Presence).takeIf {
                kinds.any { it is WayInKind.KeyStore } &&
                    deviceLock == DeviceLock.Ready
            },
            Triple(Unlocking.Passphrase, "start_unlock_with_passphrase", Icons.Key).takeIf { WayInKind.Passphrase in kinds },
            Triple(Unlocking.Words, "start_unlock_with_words", Icons.Words).takeIf { WayInKind.RecoveryPhrase in kinds },
        )
    offered.filter { (way) -> way != state.unlocking }.forEach { (way, key, icon) ->
        OtherButton(word(key), { actions.unlockBy(way) }, enabled = !state.busy, icon = icon)
    }
}
