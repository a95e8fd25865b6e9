// The changes that were made to the log in words, and what is hidden or deleted.
package tekram.ui.history.edit

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.HorizontalDivider
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.unit.dp
import tekram.ffi.Correction
import tekram.ffi.Edit
import tekram.ffi.EditChange
import tekram.ffi.HiddenListen
import tekram.ffi.Presence
import tekram.ffi.Thumb
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.Rows
import tekram.ui.common.RowsList
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Shown
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.screenPadding
import tekram.ui.common.word
import tekram.ui.history.wordKey
import tekram.ui.want.Note

/** `history_edit_changes`: what was changed, newest first. */
@Composable
fun ChangesScreen(
    state: ChangesState,
    changes: Rows<Edit>,
    onNear: (Int) -> Unit,
    onRetry: () -> Unit,
    onUndo: () -> Unit,
    onListen: (Long) -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_edit_changes"), onBack) {
    val words = phaseWords("history").copy(emptyTitle = word("history_edit_changes_none"), emptyText = word("history_edit_changes_none_text"))
    PhasePane(changes.phase, words, onRetry = onRetry) {
        RowsList(changes, onNear, before = { item { Undo(state, onUndo) } }) { edit ->
            ChangeRow(edit, edit.edit == state.nextUndo, onListen)
            HorizontalDivider()
        }
    }
}

@Composable
private fun Undo(
    state: ChangesState,
    onUndo: () -> Unit,
) = Column(Modifier.padding(screenPadding), verticalArrangement = Arrangement.spacedBy(8.dp)) {
    Note(word("history_edit_undo_text"))
    state.failure?.let { ErrorLine(errorText(it)) }
    MainButton(word("history_edit_undo"), onUndo, enabled = state.nextUndo != null, busy = state.busy, icon = Icons.Back)
}

@Composable
private fun ChangeRow(
    edit: Edit,
    next: Boolean,
    onListen: (Long) -> Unit,
) {
    val moment = LocalFormats.current.dateAndTime(edit.editedMs)
    val back = if (edit.undoneMs != null) word("history_edit_undone") else null
    ListRow(
        changeText(edit.change),
        below = listOfNotNull(edit.title.ifEmpty { null }, moment, back).joinToString(" · "),
        icon = edit.change.icon,
        selected = next,
        onClick = edit.listen?.let { listen -> { onListen(listen) } },
    )
}

private val EditChange.icon: ImageVector
    get() =
        when (this) {
            is EditChange.Rated -> Icons.ThumbUp
            is EditChange.Noted -> Icons.Page
            is EditChange.Tagged -> Icons.Words
            is EditChange.Corrected -> Icons.Edit
            is EditChange.Moved -> if (after == Presence.SHOWN) Icons.Show else Icons.Hide
            is EditChange.DeletedForGood -> Icons.Delete
            is EditChange.Merged -> Icons.Link
            is EditChange.Split -> Icons.Remove
        }

@Composable
private fun changeText(change: EditChange): String =
    when (change) {
        is EditChange.Rated -> change.after.let { after -> if (after == null) word("history_edit_did_unrated") else rated(after) }
        is EditChange.Noted -> word(if (change.after.isEmpty()) "history_edit_did_unnoted" else "history_edit_did_noted")
        is EditChange.Tagged -> tagged(change)
        is EditChange.Corrected -> corrected(change.after)
        is EditChange.Moved -> word(change.after.didKey)
        is EditChange.DeletedForGood -> word("history_edit_did_for_good")
        is EditChange.Merged -> word("history_edit_did_merged", change.titles.joinToString(", "))
        is EditChange.Split -> word("history_edit_did_split", change.titles.joinToString(", "))
    }

@Composable
private fun rated(after: Thumb): String = word("history_edit_did_rated", word(after.wordKey))

@Composable
private fun tagged(change: EditChange.Tagged): String =
    listOfNotNull(
        change.added.takeIf { it.isNotEmpty() }?.let { word("history_edit_did_tagged", it.joinToString(", ")) },
        change.removed.takeIf { it.isNotEmpty() }?.let { word("history_edit_did_untagged", it.joinToString(", ")) },
    ).joinToString(" · ")

/** All that is corrected since the change. */
@Composable
private fun corrected(now: Correction): String {
    val parts =
        listOfNotNull(
            now.kind?.let { word(it.wordKey) },
            now.title,
            now.creators?.joinToString(", "),
            now.show,
            now.publisher,
        ).map { it.ifEmpty { word("history_edit_source_nothing") } }
    return if (parts.isEmpty()) word("history_edit_did_original") else word("history_edit_did_corrected", parts.joinToString(" · "))
}

private val Presence.didKey: String
    get() =
        when (this) {
            Presence.SHOWN -> "history_edit_did_shown"
            Presence.HIDDEN -> "history_edit_did_hidden"
            Presence.DELETED -> "history_edit_did_deleted"
        }

/** What can be done with what is hidden. */
interface HiddenActions {
    /** Row [index] is on the screen. */
    fun near(index: Int)

    /** Shows it again. */
    fun bringBack(hidden: HiddenListen)

    /** Opens it. */
    fun open(hidden: HiddenListen)
}

/** `history_edit_hidden`: what is hidden or deleted and can come back. */
@Composable
fun HiddenScreen(
    listens: Rows<HiddenListen>,
    failure: Shown?,
    actions: HiddenActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_edit_hidden"), onBack) {
    val words = phaseWords("history").copy(emptyTitle = word("history_edit_hidden_none"), emptyText = word("history_edit_hidden_below"))
    PhasePane(listens.phase, words, onRetry = onRetry) {
        RowsList(listens, actions::near, before = { failure?.let { item { ErrorLine(errorText(it), Modifier.padding(screenPadding)) } } }) { hidden ->
            HiddenRow(hidden, actions)
            HorizontalDivider()
        }
    }
}

@Composable
private fun HiddenRow(
    hidden: HiddenListen,
    actions: HiddenActions,
) {
    val formats = LocalFormats.current
    val until = hidden.forGoodMs?.let { word("history_edit_is_deleted", formats.date(it)) } ?: word("history_edit_is_hidden")
    ListRow(
        hidden.listen.title.ifBlank { word("history_untitled") },
        below = listOf(formats.dateAndTime(hidden.listen.startMs), until).joinToString(" · "),
        icon = if (hidden.forGoodMs == null) Icons.Hide else Icons.Delete,
        onClick = { actions.open(hidden) },
    ) { QuietButton(word("history_edit_bring_back"), { actions.bringBack(hidden) }) }
}
