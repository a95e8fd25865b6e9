// Preferences on the screen: by what they are about, each with how the person stands to it, and adding one.
package tekram.ui.keep

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.unit.dp
import tekram.ffi.Preference
import tekram.ffi.Stance
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.Offer
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.Shown
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.word
import tekram.ui.want.Choice

/** What can be done with preferences. */
interface PreferencesActions {
    /** Keeps one. */
    fun set(
        topic: String,
        value: String,
        stance: Stance,
    )

    /** Removes one. */
    fun remove(preference: Preference)

    /** The last change was seen. */
    fun seen()

    /** Reads them again. */
    fun reload()
}

/** `keep_preferences`: by what they are about. */
@Composable
fun PreferencesScreen(
    state: Kept<List<Preference>>,
    actions: PreferencesActions,
    onBack: (() -> Unit)?,
) {
    var adding by rememberSaveable { mutableStateOf(false) }
    LaunchedEffect(state.done) {
        if (state.done) {
            adding = false
            actions.seen()
        }
    }
    ScreenFrame(word("keep_preferences_title"), onBack, actions = { IconAction(Icons.Add, word("keep_preference_add")) { adding = true } }) {
        val words = phaseWords("keep").copy(emptyTitle = word("keep_preferences_empty_title"), emptyText = word("keep_preferences_empty_text"))
        PhasePane(state.phase, words, onRetry = actions::reload, empty = Offer(word("keep_preference_add")) { adding = true }) {
            ScrollingColumn {
                if (!adding) state.failure?.let { ErrorLine(errorText(it)) }
                for ((topic, those) in state.value.orEmpty().groupBy { it.topic }) {
                    Section(topic) { Column { those.forEach { PreferenceRow(it, !state.busy) { actions.remove(it) } } } }
                }
            }
        }
    }
    if (adding) {
        AddPreference(state.busy, state.failure, {
            adding = false
            actions.seen()
        }, actions::set)
    }
}

@Composable
private fun PreferenceRow(
    preference: Preference,
    enabled: Boolean,
    onRemove: () -> Unit,
) = ListRow(preference.value, below = word(preference.stance.wordKey), icon = preference.stance.icon, end = {
    IconAction(Icons.Delete, word("keep_preference_remove_a11y", preference.value), enabled = enabled, onClick = onRemove)
})

/** How a stance is called. */
internal val Stance.wordKey: String
    get() =
        when (this) {
            Stance.LIKES -> "keep_stance_likes"
            Stance.AVOIDS -> "keep_stance_avoids"
            Stance.NEEDS -> "keep_stance_needs"
        }

private val Stance.icon: ImageVector
    get() =
        when (this) {
            Stance.LIKES -> Icons.ThumbUp
            Stance.AVOIDS -> Icons.ThumbDown
            Stance.NEEDS -> Icons.Check
        }

/** Asks for one more preference. */
@Composable
internal fun AddPreference(
    busy: Boolean,
    failure: Shown?,
    onDismiss: () -> Unit,
    onAdd: (String, String, Stance) -> Unit,
) {
    var topic by remember { mutableStateOf("") }
    var value by remember { mutableStateOf("") }
    var stance by remember { mutableStateOf(Stance.LIKES) }
    AlertDialog(
        onDismissRequest = onDismiss,
        title = { Text(word("keep_preference_add")) },
        text = {
            Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
                TextLine(topic, { topic = it }, word("keep_preference_topic"), Modifier.testTag("keep_preference_topic"), word("keep_preference_topic_hint"))
                TextLine(value, { value = it }, word("keep_preference_value"), Modifier.testTag("keep_preference_value"), word("keep_preference_value_hint"))
                Column(Modifier.selectableGroup()) { Stance.entries.forEach { one -> Choice(word(one.wordKey), stance == one) { stance = one } } }
                failure?.let { ErrorLine(errorText(it)) }
            }
        },
        confirmButton = { QuietButton(word("common_add"), { onAdd(topic, value, stance) }, enabled = !busy && topic.isNotBlank() && value.isNotBlank()) },
        dismissButton = { QuietButton(word("common_cancel"), onDismiss) },
    )
}
