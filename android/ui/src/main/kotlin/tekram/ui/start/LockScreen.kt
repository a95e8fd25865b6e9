// The lock: which profile, then the way in that it has. A way that did not work leaves the others on offer.
package tekram.ui.start

import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import tekram.ffi.WayInKind
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PassphraseLine
import tekram.ui.common.QuietButton
import tekram.ui.common.errorText
import tekram.ui.common.word

private const val WORDS_IN_PHRASE = 24

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
}

/** `lock`: the profiles, or how the chosen one is unlocked. */
@Composable
fun LockScreen(
    state: StartState,
    deviceLock: DeviceLock,
    autoLocked: Boolean,
    actions: LockActions,
    notDeleted: NotDeleted? = null,
) {
    val persona = state.persona
    val note = word("start_auto_locked").takeIf { autoLocked }
    if (persona == null) {
        StartFrame(word("start_lock_title"), note, onBack = null) {
            notDeleted?.let { NotDeletedLine(it) }
            state.personas.forEach { entry ->
                val spoken = word("start_profile_a11y", entry.name)
                ListRow(
                    entry.name,
                    Modifier.semantics(mergeDescendants = true) { contentDescription = spoken },
                    icon = Icons.Me,
                    onClick = { actions.choose(entry.id) },
                    end = { Icon(Icons.Forward, contentDescription = null) },
                )
            }
            QuietButton(word("start_new_profile"), actions::addProfile, icon = Icons.Add)
        }
    } else {
        val back = { actions.choose(null) }.takeIf { state.personas.size > 1 && !state.busy }
        StartFrame(word("start_lock_one", persona.name), note, back) {
            notDeleted?.let { NotDeletedLine(it) }
            when (state.unlocking) {
                Unlocking.Device -> ByDevice(state, actions)
                Unlocking.Passphrase -> ByPassphrase(state, actions)
                Unlocking.Words -> ByWords(state, actions)
            }
            OtherWays(state, deviceLock, actions)
            if (!state.busy) {
                if (state.personas.size > 1) QuietButton(word("start_other_profile"), { actions.choose(null) })
                QuietButton(word("start_new_profile"), actions::addProfile, icon = Icons.Add)
            }
        }
    }
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
    FailureLine(state.failure)
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
        wrong = state.failure != null,
        enabled = !state.busy,
        onDone = { if (passphrase.isNotEmpty()) actions.withPassphrase(passphrase) },
    )
    FailureLine(state.failure)
    MainButton(
        word(if (state.busy) "start_unlocking" else "start_unlock"),
        { actions.withPassphrase(passphrase) },
        enabled = passphrase.isNotEmpty(),
        busy = state.busy,
    )
}

@Composable
private fun ColumnScope.ByWords(
    state: StartState,
    actions: LockActions,
) {
    var words by remember(state.chosen) { mutableStateOf("") }
    val count = words.split(Regex("\\s+")).count { it.isNotEmpty() }
    HiddenScreen()
    OutlinedTextField(
        words,
        { words = it },
        Modifier.fillMaxWidth().testTag("lock_words"),
        enabled = !state.busy,
        label = { Text(word("start_words_label")) },
        supportingText = { Text(if (count == 0) word("start_words_hint") else word("start_words_count", count)) },
        isError = state.failure != null,
        minLines = 4,
        textStyle = MaterialTheme.typography.bodyLarge,
        keyboardOptions =
            KeyboardOptions(
                capitalization = KeyboardCapitalization.None,
                autoCorrectEnabled = false,
                keyboardType = KeyboardType.Password,
                imeAction = ImeAction.Default,
            ),
    )
    FailureLine(state.failure)
    MainButton(
        word(if (state.busy) "start_unlocking" else "start_unlock"),
        { actions.withWords(words.trim()) },
        enabled = count == WORDS_IN_PHRASE,
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
