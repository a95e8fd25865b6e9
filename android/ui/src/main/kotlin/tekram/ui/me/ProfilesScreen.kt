// The profiles of this device. Switching locks the open one first; deleting says what is lost and asks for the name, since
// nothing brings a profile back.
package tekram.ui.me

import androidx.compose.foundation.layout.Column
import androidx.compose.material3.HorizontalDivider
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
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import tekram.ffi.PersonaEntry
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.word
import tekram.ui.start.ProfileMark
import tekram.ui.start.shownName

/** What can be done with profiles. */
interface ProfilesActions {
    /** Locks this profile and turns to another. */
    fun switchTo(profile: PersonaEntry)

    /** Begins another profile. */
    fun add()

    /** Brings a profile back from a backup. */
    fun restore()

    /** Asks whether a profile is to be deleted. */
    fun askToDelete(profile: PersonaEntry)

    /** Reads the list again. */
    fun reload()
}

/** `me_profiles`: the open profile and the others. */
@Composable
fun ProfilesScreen(
    state: MeState,
    actions: ProfilesActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_profiles"), onBack) {
    PhasePane(state.phase, phaseWords("me"), onRetry = actions::reload) {
        ScrollingColumn {
            Text(word("me_profiles_text"))
            state.failure?.let { ErrorLine(errorText(it)) }
            Column {
                state.personas.forEach { profile ->
                    Profile(profile, open = profile.id == state.id, state.name, actions)
                    HorizontalDivider()
                }
            }
            OtherButton(word("me_profile_new"), actions::add, icon = Icons.Add)
            OtherButton(word("start_restore_offer"), actions::restore, icon = Icons.Import)
        }
    }
}

@Composable
private fun Profile(
    profile: PersonaEntry,
    open: Boolean,
    openName: String,
    actions: ProfilesActions,
) {
    val name = if (open) openName else shownName(profile)
    val delete = word("me_profile_delete_one_a11y", name)
    if (open) {
        val spoken = word("me_profile_current_a11y", name)
        ListRow(name, Modifier.semantics { contentDescription = spoken }, mark = { ProfileMark(profile) }, end = {
            Icon(Icons.Check, contentDescription = null)
            IconAction(Icons.Delete, delete) { actions.askToDelete(profile) }
        })
    } else {
        ListRow(
            word("me_profile_switch", name),
            below = word("me_profile_switch_text", openName),
            mark = { ProfileMark(profile) },
            onClick = { actions.switchTo(profile) },
            end = { IconAction(Icons.Delete, delete) { actions.askToDelete(profile) } },
        )
    }
}

/** `me_profile_delete`: what is lost, and the name to be typed. */
@Composable
fun DeleteScreen(
    state: MeState,
    profile: PersonaEntry?,
    onDelete: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(profile?.let { word("me_profile_delete_title", state.nameOf(it).ifEmpty { shownName(it) }) } ?: word("me_profile_delete"), onBack) {
    PhasePane(state.phase, phaseWords("me")) {
        ScrollingColumn {
            if (profile == null) {
                Text(word("me_profile_deleted"))
            } else {
                Question(state, profile, onDelete, onBack)
            }
        }
    }
}

@Composable
private fun Question(
    state: MeState,
    profile: PersonaEntry,
    onDelete: () -> Unit,
    onBack: (() -> Unit)?,
) {
    var typed by remember { mutableStateOf("") }
    Icon(Icons.Warning, contentDescription = null, tint = MaterialTheme.colorScheme.error)
    Text(word("me_profile_delete_text"))
    if (profile.id == state.id) state.holdings?.let { HoldingsSection(it) }
    val name = state.nameOf(profile).ifEmpty { shownName(profile) }
    TextLine(typed, { typed = it }, word("me_profile_delete_type"), Modifier.testTag("me_profile_delete_name"), enabled = !state.busy, onDone = {})
    state.failure?.let { ErrorLine(errorText(it)) }
    MainButton(word("me_profile_delete"), onDelete, enabled = typed.trim() == name, busy = state.busy, icon = Icons.Delete)
    onBack?.let { OtherButton(word("common_cancel"), it, enabled = !state.busy) }
}
