// A new profile without an account: a name, then the device's own lock or a passphrase. The recovery words come later,
// before the first money, so that nothing stands between a person and the first minute.
package tekram.ui.start

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
import tekram.ui.common.ChoiceCard
import tekram.ui.common.Icons
import tekram.ui.common.MainButton
import tekram.ui.common.PassphraseLine
import tekram.ui.common.QuietButton
import tekram.ui.common.TextLine
import tekram.ui.common.word

/** What the device's own lock can do for a new profile. */
enum class DeviceLock {
    /** The device has none that guards keys. */
    Absent,

    /** It could, but the person has not set up a screen lock. */
    NotSetUp,

    /** A key can be made now. */
    Ready,
}

/** `start_first`: name of the profile and how it is unlocked. */
@Composable
fun FirstRunScreen(
    state: StartState,
    lock: DeviceLock,
    onName: (String) -> Unit,
    onDevice: () -> Unit,
    onPassphrase: () -> Unit,
    onBack: (() -> Unit)?,
    onRestore: (() -> Unit)? = null,
) {
    var byDevice by rememberSaveable(lock) { mutableStateOf(lock == DeviceLock.Ready) }
    val named = state.name.isNotBlank()
    StartFrame(word("start_title"), word("start_text"), onBack) {
        TextLine(
            state.name,
            onName,
            word("start_name_label"),
            Modifier.testTag("start_name"),
            below = word("start_name_hint"),
            enabled = !state.busy,
        )
        if (lock != DeviceLock.Absent) {
            Text(word("start_how_title"), style = MaterialTheme.typography.titleMedium)
            Column(Modifier.selectableGroup(), verticalArrangement = Arrangement.spacedBy(8.dp)) {
                val missing = word("start_with_phone_missing").takeIf { lock == DeviceLock.NotSetUp }
                ChoiceCard(
                    word("start_with_phone"),
                    missing ?: word("start_with_phone_text_android"),
                    byDevice,
                    enabled = lock == DeviceLock.Ready,
                ) { byDevice = true }
                ChoiceCard(word("start_with_passphrase"), word("start_with_passphrase_text"), !byDevice) { byDevice = false }
            }
        }
        FailureLine(state.failure)
        MainButton(
            when {
                state.busy -> word("start_creating")
                byDevice -> word("start_create")
                else -> word("common_next")
            },
            if (byDevice) onDevice else onPassphrase,
            enabled = named,
            busy = state.busy,
            icon = if (byDevice) Icons.Presence else null,
        )
        onRestore?.let { QuietButton(word("start_restore_offer"), it, enabled = !state.busy, icon = Icons.Import) }
    }
}

/** `start_passphrase`: the passphrase of the new profile, twice. */
@Composable
fun NewPassphraseScreen(
    state: StartState,
    onCreate: (String) -> Unit,
    onBack: (() -> Unit)?,
) {
    var passphrase by remember { mutableStateOf("") }
    var again by remember { mutableStateOf("") }
    val differs = again.isNotEmpty() && again != passphrase
    val done = passphrase.isNotEmpty() && again == passphrase
    HiddenScreen()
    StartFrame(word("start_passphrase_title"), word("start_passphrase_hint"), onBack) {
        PassphraseLine(passphrase, { passphrase = it }, word("start_passphrase_label"), Modifier.testTag("start_passphrase"), enabled = !state.busy)
        PassphraseLine(
            again,
            { again = it },
            word("start_passphrase_again"),
            Modifier.testTag("start_passphrase_again"),
            below = word("start_passphrase_differs").takeIf { differs },
            wrong = differs,
            enabled = !state.busy,
            onDone = { if (done) onCreate(passphrase) },
        )
        Text(word("start_passphrase_note"), style = MaterialTheme.typography.bodyMedium)
        FailureLine(state.failure)
        MainButton(
            if (state.busy) word("start_creating") else word("start_create"),
            { onCreate(passphrase) },
            enabled = done,
            busy = state.busy,
        )
    }
}
