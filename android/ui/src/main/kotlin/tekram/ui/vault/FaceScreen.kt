// How the profile looks: a picture, one of a few colours that can be told apart, and three switches for what may be seen by
// somebody who holds the locked phone.
package tekram.ui.vault

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.ProfileFace
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.ToggleRow
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.word
import tekram.ui.keep.Kept
import tekram.ui.start.ProfileMark
import tekram.ui.start.colourOf

/** Colours to choose from, each with the end of its word. */
internal val faceColours: List<Pair<UInt, String>> =
    listOf(
        0x00696Eu to "teal",
        0xB45309u to "amber",
        0x6D5AAEu to "violet",
        0xB3266Bu to "berry",
        0x4D7C0Fu to "green",
        0x1D5FBFu to "blue",
        0x8A5A44u to "brown",
        0x5F6B7Au to "slate",
    )

/** What can be done about the profile's look. */
interface FaceActions {
    /** Gives it a colour, or none. */
    fun colour(colour: UInt?)

    /** Chooses a picture. */
    fun choosePicture()

    /** Takes the picture away. */
    fun removePicture()

    /** Says what is seen while it is locked. */
    fun show(
        name: Boolean,
        colour: Boolean,
        picture: Boolean,
    )

    /** Reads it again. */
    fun reload()
}

/** `me_face`: how the profile looks. */
@Composable
fun FaceScreen(
    state: Kept<ProfileFace>,
    actions: FaceActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_face_title"), onBack) {
    PhasePane(state.phase, phaseWords("me"), onRetry = actions::reload) {
        ScrollingColumn {
            state.value?.let { face ->
                state.failure?.let { ErrorLine(errorText(it)) }
                Picture(face, state.busy, actions)
                Section(word("me_face_colour")) { Colours(face.colour, !state.busy, actions::colour) }
                Shown(face, !state.busy, actions)
            }
        }
    }
}

@Composable
private fun Picture(
    face: ProfileFace,
    busy: Boolean,
    actions: FaceActions,
) = Section(word("me_face_picture")) {
    Row(horizontalArrangement = Arrangement.spacedBy(16.dp), verticalAlignment = Alignment.CenterVertically) {
        val spoken = word("me_face_picture_a11y")
        ProfileMark(face.colour, face.avatar, Modifier.semantics { contentDescription = spoken }, size = 72.dp)
        Column(Modifier.weight(1f)) {
            Text(face.name, style = MaterialTheme.typography.titleMedium)
            Text(word("me_face_picture_text"), style = MaterialTheme.typography.bodyMedium)
        }
    }
    val choose = if (face.avatar == null) "me_face_picture_choose" else "me_face_picture_change"
    OtherButton(word(choose), actions::choosePicture, busy = busy)
    if (face.avatar != null) QuietButton(word("me_face_picture_remove"), actions::removePicture, enabled = !busy, icon = Icons.Delete)
}

@Composable
private fun Colours(
    chosen: UInt?,
    enabled: Boolean,
    onChoose: (UInt?) -> Unit,
) = FlowRow(Modifier.selectableGroup(), horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
    Swatch(null, word("me_face_colour_none"), chosen == null, enabled) { onChoose(null) }
    faceColours.forEach { (colour, name) -> Swatch(colour, word("me_face_colour_$name"), chosen == colour, enabled) { onChoose(colour) } }
    // One that another program gave it stands beside ours, so that it is seen to be chosen.
    chosen?.takeIf { own -> faceColours.none { it.first == own } }?.let { Swatch(it, word("me_face_colour_own"), true, enabled) {} }
}

@Composable
private fun Swatch(
    colour: UInt?,
    name: String,
    selected: Boolean,
    enabled: Boolean,
    onSelect: () -> Unit,
) = Box(
    Modifier
        .size(48.dp)
        .selectable(selected, enabled, Role.RadioButton, onClick = onSelect)
        .semantics { contentDescription = name },
    contentAlignment = Alignment.Center,
) {
    val ground = colour?.let(::colourOf) ?: MaterialTheme.colorScheme.surface
    val ink =
        when {
            colour == null -> MaterialTheme.colorScheme.onSurface
            ground.luminance() > BRIGHT -> Color.Black
            else -> Color.White
        }
    Box(
        Modifier.size(40.dp).background(ground, CircleShape).border(1.dp, MaterialTheme.colorScheme.outline, CircleShape),
        contentAlignment = Alignment.Center,
    ) {
        if (selected) Icon(Icons.Check, contentDescription = null, tint = ink)
    }
}

private const val BRIGHT = 0.36f

@Composable
private fun Shown(
    face: ProfileFace,
    enabled: Boolean,
    actions: FaceActions,
) = Section(word("me_face_locked_title")) {
    Text(word("me_face_locked_text"))
    Column {
        val hidden = word("me_face_name_hidden").takeIf { !face.showsName }
        ToggleRow(word("me_face_show_name"), hidden, face.showsName, enabled = enabled) { actions.show(it, face.showsColour, face.showsAvatar) }
        ToggleRow(word("me_face_show_colour"), null, face.showsColour, enabled = enabled) { actions.show(face.showsName, it, face.showsAvatar) }
        ToggleRow(word("me_face_show_picture"), null, face.showsAvatar, enabled = enabled) { actions.show(face.showsName, face.showsColour, it) }
    }
}
