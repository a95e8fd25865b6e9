// How the open profile is unlocked: each way with when it was added, adding and removing them, and the passphrase.
package tekram.ui.me

import androidx.compose.foundation.layout.Column
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import tekram.ffi.WayIn
import tekram.ffi.WayInKind
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PassphraseLine
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.word
import tekram.ui.start.DeviceLock
import tekram.ui.start.HiddenScreen

/** What can be done with ways in. */
interface WaysActions {
    /** Adds the device's lock. */
    fun addDevice()

    /** Opens adding or changing the passphrase. */
    fun passphrase()

    /** Opens the recovery words. */
    fun words()

    /** Opens making a new key. */
    fun newKey()

    /** Removes a way. */
    fun remove(way: WayIn)

    /** Reads the ways again. */
    fun reload()
}

/** `me_ways`: the ways in. */
@Composable
fun WaysScreen(
    state: WaysState,
    lock: DeviceLock,
    actions: WaysActions,
    onBack: (() -> Unit)?,
) {
    var removing by remember { mutableStateOf<WayIn?>(null) }
    ScreenFrame(word("me_ways_title"), onBack) {
        PhasePane(state.phase, phaseWords("me"), onRetry = actions::reload) {
            ScrollingColumn {
                Text(word("me_ways_text"))
                Column {
                    state.ways.forEach { way ->
                        Way(way, removable = state.ways.size > 1 && !state.busy) { removing = way }
                        HorizontalDivider()
                    }
                }
                if (state.ways.size == 1) Text(word("me_way_last"))
                state.failure?.let { ErrorLine(errorText(it)) }
                Done(state.done)
                if (!state.hasDevice && lock == DeviceLock.Ready) {
                    OtherButton(word("me_way_add_key_store"), actions::addDevice, busy = state.busy, icon = Icons.Presence)
                }
                val passphrase = word(if (state.hasPassphrase) "me_way_change_passphrase" else "me_way_add_passphrase")
                OtherButton(passphrase, actions::passphrase, enabled = !state.busy, icon = Icons.Key)
                OtherButton(word("me_words_title"), actions::words, enabled = !state.busy, icon = Icons.Words)
                QuietButton(word("me_key_offer"), actions::newKey, enabled = !state.busy, icon = Icons.Refresh)
            }
        }
    }
    removing?.let { way ->
        RemoveWay(way, { removing = null }) {
            removing = null
            actions.remove(way)
        }
    }
}

/** Asks before a way in is removed. */
@Composable
internal fun RemoveWay(
    way: WayIn,
    onDismiss: () -> Unit,
    onRemove: () -> Unit,
) = AlertDialog(
    onDismissRequest = onDismiss,
    title = { Text(word("me_way_remove_title", wayName(way))) },
    text = { Text(word("me_way_remove_text")) },
    confirmButton = { QuietButton(word("common_remove"), onRemove) },
    dismissButton = { QuietButton(word("common_cancel"), onDismiss) },
)

@Composable
private fun Way(
    way: WayIn,
    removable: Boolean,
    onRemove: () -> Unit,
) {
    val name = wayName(way)
    val added = way.addedMs?.let { word("me_way_added", LocalFormats.current.date(it)) }
    val remove = word("me_way_remove_title", name)
    ListRow(name, below = added, icon = way.icon, end = { if (removable) IconAction(Icons.Delete, remove, onClick = onRemove) })
}

@Composable
internal fun wayName(way: WayIn): String =
    when (way.kind) {
        WayInKind.Passphrase -> word("me_way_passphrase")
        WayInKind.RecoveryPhrase -> word("me_way_recovery_phrase")
        is WayInKind.KeyStore -> word("me_way_key_store")
    }

private val WayIn.icon: ImageVector
    get() =
        when (kind) {
            WayInKind.Passphrase -> Icons.Key
            WayInKind.RecoveryPhrase -> Icons.Words
            is WayInKind.KeyStore -> Icons.Presence
        }

@Composable
private fun Done(done: WayDone?) {
    val text =
        when (done) {
            null -> return
            WayDone.Added -> word("me_way_added_done")
            WayDone.Changed -> word("me_passphrase_changed")
            WayDone.Removed -> word("me_way_removed_done")
        }
    Text(text, Modifier.semantics { liveRegion = LiveRegionMode.Polite })
}

/** `me_passphrase`: a new passphrase, or another in its place. */
@Composable
fun PassphraseScreen(
    state: WaysState,
    onAdd: (String) -> Unit,
    onChange: (String, String) -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word(if (state.hasPassphrase) "me_way_change_passphrase" else "me_way_add_passphrase"), onBack) {
    PhasePane(state.phase, phaseWords("me")) {
        ScrollingColumn {
            if (state.done == null) {
                PassphraseFields(state, onAdd, onChange)
            } else {
                Done(state.done)
                onBack?.let { MainButton(word("common_done"), it) }
            }
        }
    }
}

@Composable
private fun PassphraseFields(
    state: WaysState,
    onAdd: (String) -> Unit,
    onChange: (String, String) -> Unit,
) {
    var old by remember { mutableStateOf("") }
    var new by remember { mutableStateOf("") }
    var again by remember { mutableStateOf("") }
    val differs = again.isNotEmpty() && again != new
    val ready = new.isNotEmpty() && again == new && (old.isNotEmpty() || !state.hasPassphrase)
    val go = { if (state.hasPassphrase) onChange(old, new) else onAdd(new) }
    HiddenScreen()
    Text(word("start_passphrase_hint"))
    if (state.hasPassphrase) {
        val wrong = state.failure?.name == "wrong_passphrase"
        PassphraseLine(old, { old = it }, word("me_passphrase_old"), Modifier.testTag("me_passphrase_old"), wrong = wrong, enabled = !state.busy)
    }
    PassphraseLine(new, { new = it }, word("me_passphrase_new"), Modifier.testTag("me_passphrase_new"), enabled = !state.busy)
    PassphraseLine(
        again,
        { again = it },
        word("start_passphrase_again"),
        Modifier.testTag("me_passphrase_again"),
        below = word("start_passphrase_differs").takeIf { differs },
        wrong = differs,
        enabled = !state.busy,
        onDone = { if (ready) go() },
    )
    state.failure?.let { ErrorLine(errorText(it)) }
    MainButton(word(if (state.hasPassphrase) "common_change" else "common_add"), go, enabled = ready, busy = state.busy)
}
