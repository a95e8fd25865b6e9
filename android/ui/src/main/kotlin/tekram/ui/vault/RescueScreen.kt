// Saving what is whole of a damaged profile: what opens it, and name and passphrase of the new one.
package tekram.ui.vault

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.selection.selectableGroup
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
import androidx.compose.ui.unit.dp
import tekram.ffi.PersonaEntry
import tekram.ffi.WayInKind
import tekram.ui.common.ChoiceCard
import tekram.ui.common.Icons
import tekram.ui.common.MainButton
import tekram.ui.common.PassphraseLine
import tekram.ui.common.WorkBar
import tekram.ui.common.word
import tekram.ui.start.DeviceLock
import tekram.ui.start.FailureLine
import tekram.ui.start.HiddenScreen
import tekram.ui.start.RecoveryWordsField
import tekram.ui.start.StartFrame
import tekram.ui.start.Unlocking
import tekram.ui.start.shownName

/** What a rescue can be asked to do. */
interface RescueActions {
    /** Saves what is whole, opened in this way by this secret. */
    fun save(
        way: Unlocking,
        secret: String,
        newName: String,
        newPassphrase: String,
    )

    /** Stops it. */
    fun stop()

    /** Goes on to the new profile. */
    fun open()
}

/** `start_rescue`: what is whole of a damaged profile. */
@Composable
fun RescueScreen(
    state: RescueState,
    lock: DeviceLock,
    actions: RescueActions,
    onBack: (() -> Unit)?,
) {
    val entry = state.entry
    when {
        state.rescued != null -> RescuedScreen(state.rescued, actions::open)
        state.working -> StartFrame(word("start_rescue_title"), null, null) { WorkBar(word("start_rescue_working"), state.progress, actions::stop) }
        entry != null -> RescueForm(state, entry, lock, actions, onBack)
    }
}

@Composable
private fun RescueForm(
    state: RescueState,
    entry: PersonaEntry,
    lock: DeviceLock,
    actions: RescueActions,
    onBack: (() -> Unit)?,
) {
    val ways = waysOf(entry, lock)
    var way by rememberSaveable { mutableStateOf(ways.first()) }
    var secret by remember(way) { mutableStateOf("") }
    var name by rememberSaveable { mutableStateOf("") }
    var passphrase by remember { mutableStateOf("") }
    val ready = name.isNotBlank() && passphrase.isNotEmpty() && (way == Unlocking.Device || secret.isNotBlank())
    HiddenScreen()
    StartFrame(word("start_rescue_title"), word("start_rescue_text", shownName(entry)), onBack) {
        Text(word("start_rescue_old"), style = MaterialTheme.typography.titleMedium)
        if (ways.size > 1) {
            Column(Modifier.selectableGroup(), verticalArrangement = Arrangement.spacedBy(8.dp)) {
                ways.forEach { one -> ChoiceCard(word(wayKey(one)), null, way == one) { way = one } }
            }
        }
        when (way) {
            Unlocking.Device -> Unit
            Unlocking.Passphrase -> PassphraseLine(secret, { secret = it }, word("start_passphrase_label"), Modifier.testTag("rescue_passphrase"))
            Unlocking.Words -> RecoveryWordsField(secret, { secret = it }, Modifier.testTag("rescue_words"))
        }
        NewProfileFields(name, { name = it }, passphrase) { passphrase = it }
        FailureLine(state.failure)
        MainButton(word("start_rescue_go"), { actions.save(way, secret, name, passphrase) }, enabled = ready, icon = Icons.Check)
    }
}

/** Ways that the header still names; where it cannot be read, both that a person carries with them. */
private fun waysOf(
    entry: PersonaEntry,
    lock: DeviceLock,
): List<Unlocking> {
    val kinds = entry.ways.map { it.kind }
    val named =
        listOfNotNull(
            Unlocking.Passphrase.takeIf { WayInKind.Passphrase in kinds },
            Unlocking.Device.takeIf { lock == DeviceLock.Ready && kinds.any { it is WayInKind.KeyStore } },
            Unlocking.Words.takeIf { WayInKind.RecoveryPhrase in kinds },
        )
    return named.ifEmpty { listOf(Unlocking.Passphrase, Unlocking.Words) }
}

private fun wayKey(way: Unlocking): String =
    when (way) {
        Unlocking.Device -> "me_way_key_store"
        Unlocking.Passphrase -> "me_way_passphrase"
        Unlocking.Words -> "me_way_recovery_phrase"
    }
