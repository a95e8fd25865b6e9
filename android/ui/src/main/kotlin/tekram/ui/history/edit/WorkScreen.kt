// One work over all sources: how each describes it, what of that is another work, and which other works are the same.
package tekram.ui.history.edit

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.Checkbox
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import tekram.ffi.MergeLook
import tekram.ffi.Work
import tekram.ffi.WorkDescription
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
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
import tekram.ui.common.plural
import tekram.ui.common.touchable
import tekram.ui.common.word
import tekram.ui.history.icon
import tekram.ui.history.sourceName
import tekram.ui.want.Note

/** What can be said of a work. */
interface WorkActions {
    /** Chooses a description, or no longer. */
    fun choose(description: Long)

    /** Says that what is chosen is another work. */
    fun split()

    /** Looks for works that may be the same. */
    fun search(text: String)

    /** Shows what would come of it; null puts that away. */
    fun look(other: Work?)

    /** Says that what is looked at is one work. */
    fun merge()
}

/** `history_edit_work`: one work being split or merged. */
@Composable
fun WorkScreen(
    state: WorkState,
    actions: WorkActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_edit_work_title"), onBack) {
    PhasePane(state.phase, phaseWords("history").copy(errorText = word("history_item_gone")), onRetry = onRetry) {
        val work = state.work ?: return@PhasePane
        ScrollingColumn {
            Text(work.title.ifBlank { word("history_untitled") }, style = MaterialTheme.typography.titleLarge)
            Text(made(work.creators, work.show) + plural("history_plays", work.plays.toLong()))
            state.failure?.let { ErrorLine(errorText(it)) }
            Descriptions(work, state, actions)
            if (state.look == null) Same(state, actions) else Look(state.look, state.busy, actions)
        }
    }
}

private fun made(
    creators: List<String>,
    show: String,
): String = listOf(creators.joinToString(", "), show, "").distinct().filterIndexed { at, text -> text.isNotEmpty() || at == 2 }.joinToString(" · ")

@Composable
private fun Descriptions(
    work: Work,
    state: WorkState,
    actions: WorkActions,
) = Section(word("history_edit_descriptions")) {
    Note(word(if (work.descriptions.size > 1) "history_edit_split_text" else "history_edit_descriptions_one"))
    work.descriptions.forEach { one ->
        if (work.descriptions.size > 1) {
            Row(
                Modifier
                    .fillMaxWidth()
                    .toggleable(one.description in state.chosen, role = Role.Checkbox) { actions.choose(one.description) }
                    .touchable()
                    .padding(vertical = 4.dp),
                verticalAlignment = Alignment.CenterVertically,
            ) {
                Checkbox(one.description in state.chosen, onCheckedChange = null)
                Described(one, Modifier.padding(start = 12.dp).weight(1f))
            }
        } else {
            Described(one, Modifier.fillMaxWidth())
        }
    }
    if (work.descriptions.size > 1) {
        OtherButton(word("history_edit_split"), actions::split, enabled = state.canSplit && !state.busy, icon = Icons.Remove)
    }
}

@Composable
private fun Described(
    one: WorkDescription,
    modifier: Modifier,
) = Column(modifier) {
    Text(one.title.ifBlank { word("history_untitled") })
    Note(made(one.creators, one.show) + plural("history_plays", one.plays.toLong()))
    Note(one.sources.map { sourceName(it) }.joinToString(", "))
}

@Composable
private fun Same(
    state: WorkState,
    actions: WorkActions,
) = Section(word("history_edit_merge_title")) {
    Note(word("history_edit_merge_text"))
    TextLine(state.text, actions::search, word("history_search_hint"), Modifier.testTag("edit_merge"), onDone = {})
    if (state.text.isNotBlank() && state.found.isEmpty()) Text(word("history_search_none", state.text))
    state.found.forEach { found ->
        ListRow(
            found.title.ifBlank { word("history_untitled") },
            below = made(found.creators, found.show) + plural("history_plays", found.plays.toLong()),
            icon = found.kind.icon,
            onClick = { actions.look(found) },
        )
    }
}

@Composable
private fun Look(
    look: MergeLook,
    busy: Boolean,
    actions: WorkActions,
) = Section(word("history_edit_merge_look")) {
    look.works.forEach { work ->
        Column {
            Text(work.title.ifBlank { word("history_untitled") })
            Note(made(work.creators, work.show) + plural("history_plays", work.plays.toLong()))
        }
    }
    Text(word("history_edit_merge_sum", plural("history_plays", look.plays.toLong()), look.sources.map { sourceName(it) }.joinToString(", ")))
    MainButton(word("history_edit_merge"), actions::merge, busy = busy, icon = Icons.Link)
    QuietButton(word("common_cancel"), { actions.look(null) }, enabled = !busy)
}
