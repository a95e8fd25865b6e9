// The two longer choices of a request: the terms in plain words, and the boards that it goes to.
package tekram.ui.want

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.Checkbox
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import tekram.ui.common.Icons
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalWords
import tekram.ui.common.OtherButton
import tekram.ui.common.QuietButton
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.touchable
import tekram.ui.common.word

/** The terms that are chosen, and all others once they are asked for. */
@Composable
internal fun TermsChoice(
    state: ComposeState,
    actions: ComposeActions,
) = Section(word("want_terms")) {
    var all by rememberSaveable { mutableStateOf(false) }
    val words = LocalWords.current
    val chosen = state.fields.terms
    Note(word("want_terms_text"))
    Column(Modifier.selectableGroup()) {
        state.terms.filter { all || it.id == chosen }.forEach { terms ->
            Choice(words.termsTitle(terms.id, state.terms), terms.id == chosen, words.termsSummary(terms.id, state.terms)) {
                actions.edit { it.copy(terms = terms.id) }
                all = false
            }
        }
    }
    if (!all) QuietButton(word("want_terms_choose"), { all = true }, icon = Icons.Expand)
}

/** The boards to choose from, and a field for another one. */
@Composable
internal fun Boards(
    state: ComposeState,
    actions: ComposeActions,
) = Section(word("want_relays")) {
    var typed by rememberSaveable { mutableStateOf("") }
    val chosen = state.fields.boards
    if (state.boards.isEmpty()) Note(word("want_relays_none"))
    state.boards.forEach { board ->
        Row(
            Modifier
                .fillMaxWidth()
                .toggleable(board in chosen, role = Role.Checkbox) { on ->
                    actions.edit { it.copy(boards = if (on) it.boards + board else it.boards - board) }
                }.touchable(),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Checkbox(board in chosen, onCheckedChange = null)
            Text(board, Modifier.padding(start = 12.dp))
        }
    }

    fun add() {
        actions.addBoard(typed)
        typed = ""
    }
    TextLine(
        typed,
        { typed = it },
        word("want_relay_add"),
        Modifier.testTag("want_relay"),
        below = word("want_relay_hint"),
        keyboard = KeyboardType.Uri,
        onDone = ::add,
    )
    OtherButton(word("common_add"), ::add, enabled = typed.isNotBlank(), icon = Icons.Add)
    if (LocalDevice.current.canScan) QuietButton(word("want_relay_scan"), actions::scanBoard, icon = Icons.Scan)
}
