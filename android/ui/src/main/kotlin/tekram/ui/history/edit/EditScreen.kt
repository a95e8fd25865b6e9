// Putting one listen right: a note beside it, tags, what it really was with what the source said below, and hiding or deleting it.
package tekram.ui.history.edit

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.AssistChip
import androidx.compose.material3.Icon
import androidx.compose.material3.InputChip
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.unit.dp
import tekram.ffi.Correction
import tekram.ffi.Listen
import tekram.ffi.ListenDetail
import tekram.ffi.ListenKind
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.touchable
import tekram.ui.common.word
import tekram.ui.history.wordKey
import tekram.ui.want.Choice
import tekram.ui.want.Note

private const val NOTE_LINES = 3

/** What can be put right about a listen. */
interface EditActions {
    /** Writes the note. */
    fun note(text: String)

    /** Adds a tag. */
    fun tag(tag: String)

    /** Takes a tag away. */
    fun untag(tag: String)

    /** Says what it was. */
    fun correct(correction: Correction)

    /** As the source has it again. */
    fun original()

    /** Hides it or shows it again. */
    fun hide(hidden: Boolean)

    /** Deletes it for thirty days. */
    fun delete()

    /** Deletes it for good; the person was asked. */
    fun deleteForGood()

    /** Opens its work, to merge or split it. */
    fun work()
}

/** `history_edit`: one listen being put right. */
@Composable
fun EditScreen(
    state: EditState,
    actions: EditActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) {
    LaunchedEffect(state.gone) { if (state.gone) onBack?.invoke() }
    ScreenFrame(word("history_edit_title"), onBack) {
        PhasePane(state.phase, phaseWords("history").copy(errorText = word("history_item_gone")), onRetry = onRetry) {
            val detail = state.detail ?: return@PhasePane
            val listen = detail.listen
            ScrollingColumn {
                Text(listen.title.ifBlank { word("history_untitled") }, style = MaterialTheme.typography.titleLarge)
                state.failure?.let { ErrorLine(errorText(it)) }
                NoteOf(listen, state.busy, actions::note)
                Tags(listen, state, actions)
                Correct(detail, state.busy, actions)
                Section(word("history_edit_work_title")) {
                    Note(word("history_edit_work_below"))
                    OtherButton(word("history_edit_work_open"), actions::work, icon = Icons.Link)
                }
                Showing(detail, state.busy, actions)
            }
        }
    }
}

@Composable
private fun NoteOf(
    listen: Listen,
    busy: Boolean,
    onNote: (String) -> Unit,
) = Section(word("history_edit_note")) {
    var text by rememberSaveable(listen.note) { mutableStateOf(listen.note) }
    OutlinedTextField(
        text,
        { text = it },
        Modifier.fillMaxWidth().testTag("edit_note"),
        label = { Text(word("history_edit_note_hint")) },
        minLines = NOTE_LINES,
    )
    OtherButton(word("history_edit_note_save"), { onNote(text) }, enabled = !busy && text.trim() != listen.note, icon = Icons.Check)
}

@Composable
private fun Tags(
    listen: Listen,
    state: EditState,
    actions: EditActions,
) = Section(word("history_edit_tags")) {
    if (listen.tags.isNotEmpty()) {
        FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            listen.tags.forEach { tag ->
                InputChip(
                    selected = true,
                    onClick = { actions.untag(tag) },
                    label = { Text(tag) },
                    modifier = Modifier.touchable(),
                    trailingIcon = { Icon(Icons.Close, word("history_edit_tag_remove_a11y", tag)) },
                )
            }
        }
    }
    var tag by rememberSaveable { mutableStateOf("") }
    val add = {
        actions.tag(tag)
        tag = ""
    }
    TextLine(tag, { tag = it }, word("history_edit_tag_new"), Modifier.testTag("edit_tag"), onDone = { if (tag.isNotBlank()) add() })
    QuietButton(word("history_edit_tag_add"), add, enabled = tag.isNotBlank() && !state.busy, icon = Icons.Add)
    if (state.offered.isNotEmpty()) {
        Note(word("history_edit_tags_used"))
        FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            state.offered.forEach { used -> AssistChip({ actions.tag(used) }, { Text(used) }, Modifier.touchable()) }
        }
    }
}

/** What was typed, and what it comes to as a correction. */
private class Typed(
    listen: Listen,
) {
    var kind by mutableStateOf(listen.kind)
    var title by mutableStateOf(listen.title)
    var creators by mutableStateOf(listen.creators.joinToString("; "))
    var show by mutableStateOf(listen.show)
    var publisher by mutableStateOf(listen.publisher)

    fun correction() =
        Correction(kind, title.trim(), creators.split(';').map { it.trim() }.filter { it.isNotEmpty() }, show.trim(), publisher.trim())
}

@Composable
private fun Correct(
    detail: ListenDetail,
    busy: Boolean,
    actions: EditActions,
) = Section(word("history_edit_correct")) {
    val listen = detail.listen
    val original = detail.original
    val typed = androidx.compose.runtime.remember(listen) { Typed(listen) }
    var kinds by rememberSaveable { mutableStateOf(false) }
    Note(word("history_edit_correct_text"))
    TextLine(typed.title, { typed.title = it }, word("history_edit_name"), Modifier.testTag("edit_title"), below = said(original?.title))
    TextLine(
        typed.creators,
        { typed.creators = it },
        word("history_edit_creators"),
        Modifier.testTag("edit_creators"),
        below = said(original?.creators?.joinToString("; ")) ?: word("history_edit_creators_below"),
    )
    TextLine(typed.show, { typed.show = it }, word("history_edit_show"), below = said(original?.show))
    TextLine(typed.publisher, { typed.publisher = it }, word("history_edit_publisher"), below = said(original?.publisher))
    QuietButton(word("history_edit_kind", word(typed.kind.wordKey)), { kinds = !kinds }, icon = if (kinds) Icons.Collapse else Icons.Expand)
    original?.kind?.let { Note(word("history_edit_source_said", word(it.wordKey))) }
    if (kinds) {
        Column(Modifier.selectableGroup()) {
            ListenKind.entries.forEach { kind ->
                Choice(word(kind.wordKey), kind == typed.kind) {
                    typed.kind = kind
                    kinds = false
                }
            }
        }
    }
    MainButton(word("history_edit_correct_save"), { actions.correct(typed.correction()) }, busy = busy, icon = Icons.Check)
    if (listen.corrected) QuietButton(word("history_edit_original"), actions::original, enabled = !busy, icon = Icons.Refresh)
}

/** What the source said in the place of a correction. */
@Composable
private fun said(original: String?): String? = original?.let { word("history_edit_source_said", it.ifEmpty { word("history_edit_source_nothing") }) }

@Composable
private fun Showing(
    detail: ListenDetail,
    busy: Boolean,
    actions: EditActions,
) = Section(word("history_edit_showing")) {
    val forGood = detail.forGoodMs
    if (detail.listen.hidden) {
        Text(if (forGood == null) word("history_edit_is_hidden") else word("history_edit_is_deleted", LocalFormats.current.date(forGood)))
        OtherButton(word("history_edit_bring_back"), { actions.hide(false) }, enabled = !busy, icon = Icons.Show)
    } else {
        Note(word("history_edit_hide_below"))
        OtherButton(word("history_edit_hide"), { actions.hide(true) }, enabled = !busy, icon = Icons.Hide)
    }
    if (forGood == null) {
        Note(word("history_edit_delete_below"))
        OtherButton(word("history_edit_delete"), actions::delete, enabled = !busy, icon = Icons.Delete)
    }
    ForGood(busy, actions::deleteForGood)
}

@Composable
private fun ForGood(
    busy: Boolean,
    onDelete: () -> Unit,
) {
    var asking by rememberSaveable { mutableStateOf(false) }
    QuietButton(word("history_edit_for_good"), { asking = true }, enabled = !busy, icon = Icons.Delete)
    if (asking) {
        AlertDialog(
            onDismissRequest = { asking = false },
            title = { Text(word("history_edit_for_good_title")) },
            text = { Text(word("history_edit_for_good_text")) },
            confirmButton = {
                TextButton({
                    asking = false
                    onDelete()
                }, Modifier.touchable()) { Text(word("history_edit_for_good")) }
            },
            dismissButton = { TextButton({ asking = false }, Modifier.touchable()) { Text(word("common_cancel")) } },
        )
    }
}
