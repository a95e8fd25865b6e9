// Choosing when the profile locks by itself, and, with a warning that cannot be missed, whether wrong passphrases delete it.
package tekram.ui.vault

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.unit.dp
import tekram.ui.common.ChoiceCard
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.word
import tekram.ui.keep.Kept

private val lockChoicesS: List<UInt> = listOf(60u, 300u, 900u, 3600u)
private val wipeChoices: List<UInt> = listOf(10u, 20u)
private const val MS = 1000L

/** What can be chosen about locking. */
interface LockingActions {
    /** Locks after so many seconds without a touch, or never by itself. */
    fun lockAfter(seconds: UInt?)

    /** Deletes after so many wrong passphrases, or never. */
    fun wipeAfter(wrong: UInt?)

    /** Reads it again. */
    fun reload()
}

/** `me_locking`: when it locks by itself, and when it is deleted. */
@Composable
fun LockingScreen(
    state: Kept<LockRules>,
    actions: LockingActions,
    onBack: (() -> Unit)?,
) {
    var asking by remember { mutableStateOf<UInt?>(null) }
    ScreenFrame(word("me_locking_title"), onBack) {
        PhasePane(state.phase, phaseWords("me"), onRetry = actions::reload) {
            val rules = state.value ?: return@PhasePane
            ScrollingColumn {
                state.failure?.let { ErrorLine(errorText(it)) }
                Text(word("me_locking_text"))
                LockChoices(rules, !state.busy, actions::lockAfter)
                WipeChoices(rules, !state.busy, { actions.wipeAfter(null) }) { asking = it }
            }
        }
    }
    asking?.let { wrong ->
        ConfirmWipe({ asking = null }) {
            asking = null
            actions.wipeAfter(wrong)
        }
    }
}

@Composable
private fun LockChoices(
    rules: LockRules,
    enabled: Boolean,
    onChoose: (UInt?) -> Unit,
) = Column(Modifier.selectableGroup(), verticalArrangement = Arrangement.spacedBy(8.dp)) {
    // A time that another program chose stands between ours.
    val choices = (lockChoicesS + listOfNotNull(rules.autoLockS)).distinct().sorted()
    ChoiceCard(word("me_locking_never"), null, rules.autoLockS == null, enabled = enabled) { onChoose(null) }
    choices.forEach { seconds ->
        val time = LocalFormats.current.duration(seconds.toLong() * MS)
        ChoiceCard(time, null, rules.autoLockS == seconds, Modifier.testTag("me_locking_$seconds"), enabled) { onChoose(seconds) }
    }
}

@Composable
private fun WipeChoices(
    rules: LockRules,
    enabled: Boolean,
    onNever: () -> Unit,
    onAsk: (UInt) -> Unit,
) = Section(word("me_wipe_title")) {
    val after = rules.wipeAfter
    Text(if (after == null) word("me_wipe_off") else plural("me_wipe_on", after.toLong()))
    Column(Modifier.selectableGroup(), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        ChoiceCard(word("me_wipe_never"), null, after == null, enabled = enabled) { if (after != null) onNever() }
        (wipeChoices + listOfNotNull(after)).distinct().sorted().forEach { wrong ->
            ChoiceCard(plural("me_wipe_after", wrong.toLong()), null, after == wrong, enabled = enabled) { if (after != wrong) onAsk(wrong) }
        }
    }
}

/** Asks before wrong passphrases may delete the profile. */
@Composable
internal fun ConfirmWipe(
    onDismiss: () -> Unit,
    onConfirm: () -> Unit,
) = AlertDialog(
    onDismissRequest = onDismiss,
    icon = { Icon(Icons.Warning, contentDescription = null, tint = MaterialTheme.colorScheme.error) },
    title = { Text(word("me_wipe_sure_title")) },
    text = { Text(word("me_wipe_sure_text")) },
    confirmButton = { QuietButton(word("me_wipe_sure_go"), onConfirm) },
    dismissButton = { QuietButton(word("common_cancel"), onDismiss) },
)
