// The recovery words: what they are for, the words themselves, and the check that they are on paper. The screen is kept out
// of pictures, the words cannot be selected, and they leave the memory of the screen with it.
package tekram.ui.me

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.mutableStateListOf
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.unit.dp
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
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.word
import tekram.ui.start.HiddenScreen

/** `me_words_show`: what the words are for, then the words. */
@Composable
fun WordsScreen(
    state: RecoveryState,
    onShow: () -> Unit,
    onWritten: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_words_title"), onBack) {
    PhasePane(state.phase, phaseWords("me")) {
        ScrollingColumn {
            val shown = state.shown
            if (shown == null) Intro(state, onShow) else Shown(shown.words, onWritten)
        }
    }
}

@Composable
private fun ColumnScope.Intro(
    state: RecoveryState,
    onShow: () -> Unit,
) {
    Row(horizontalArrangement = Arrangement.spacedBy(12.dp), verticalAlignment = Alignment.CenterVertically) {
        val tint = if (state.hasWords) MaterialTheme.colorScheme.primary else MaterialTheme.colorScheme.error
        Icon(if (state.hasWords) Icons.Check else Icons.Warning, contentDescription = null, tint = tint)
        Text(word(if (state.hasWords) "me_words_set" else "me_words_missing"), style = MaterialTheme.typography.titleMedium)
    }
    Text(word("me_words_intro"))
    Text(word("me_words_no_backup"))
    Section(null) { Text(word("me_words_alone")) }
    state.failure?.let { ErrorLine(errorText(it)) }
    if (state.hasWords) Text(word("me_words_new_text"))
    MainButton(word(if (state.hasWords) "me_words_new" else "me_words_show"), onShow, busy = state.busy, icon = Icons.Show)
}

@Composable
private fun ColumnScope.Shown(
    words: List<String>,
    onWritten: () -> Unit,
) {
    HiddenScreen()
    Text(word("me_words_no_copy"), style = MaterialTheme.typography.bodyMedium)
    BoxWithConstraints(Modifier.fillMaxWidth()) {
        val needed = COLUMN * LocalDensity.current.fontScale
        val columns = (maxWidth / needed).toInt().coerceIn(1, MOST_COLUMNS)
        val rows = (words.size + columns - 1) / columns
        Row(horizontalArrangement = Arrangement.spacedBy(12.dp)) {
            words.withIndex().chunked(rows).forEach { column ->
                Column(Modifier.weight(1f), verticalArrangement = Arrangement.spacedBy(10.dp)) {
                    column.forEach { (index, text) -> Numbered(index + 1, text) }
                }
            }
        }
    }
    MainButton(word("me_words_written"), onWritten, icon = Icons.Check)
}

private val COLUMN = 132.dp
private const val MOST_COLUMNS = 4

@Composable
private fun Numbered(
    number: Int,
    text: String,
) {
    val spoken = word("me_words_word_a11y", number, text)
    Row(
        Modifier.clearAndSetSemantics { contentDescription = spoken },
        horizontalArrangement = Arrangement.spacedBy(8.dp),
    ) {
        val colors = MaterialTheme.colorScheme
        Text(LocalFormats.current.number(number.toLong()), Modifier.widthIn(min = 24.dp), color = colors.onSurfaceVariant)
        Text(text, style = MaterialTheme.typography.bodyLarge.copy(fontWeight = FontWeight.Medium, textDirection = TextDirection.Ltr))
    }
}

/** What the check of the words can be asked to do. */
interface CheckActions {
    /** Takes the words into use when the answers are right. */
    fun check(answers: List<String>)

    /** Goes back to the words. */
    fun showAgain()

    /** Leaves after the check. */
    fun done()
}

/** `me_words_check`: some of the words, asked for. */
@Composable
fun CheckScreen(
    state: RecoveryState,
    actions: CheckActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_words_check_title"), onBack) {
    PhasePane(state.phase, phaseWords("me")) {
        ScrollingColumn {
            when {
                state.done -> Checked(actions::done)
                state.questions.isEmpty() -> NothingToCheck(state, actions::showAgain)
                else -> Questions(state, actions)
            }
        }
    }
}

@Composable
private fun ColumnScope.Checked(onDone: () -> Unit) {
    Icon(Icons.Check, contentDescription = null, tint = MaterialTheme.colorScheme.primary)
    Text(word("me_words_check_ok"), Modifier.semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.titleMedium)
    MainButton(word("common_done"), onDone)
}

@Composable
private fun ColumnScope.NothingToCheck(
    state: RecoveryState,
    onShow: () -> Unit,
) {
    state.failure?.let { ErrorLine(errorText(it)) }
    if (!state.busy) MainButton(word("me_words_show"), onShow, icon = Icons.Show)
}

@Composable
private fun ColumnScope.Questions(
    state: RecoveryState,
    actions: CheckActions,
) {
    val answers = remember(state.questions) { mutableStateListOf(*Array(state.questions.size) { "" }) }
    val answered = answers.none { it.isBlank() }
    HiddenScreen()
    Text(word("me_words_check_text"))
    state.questions.forEachIndexed { index, position ->
        val last = index == state.questions.lastIndex
        OutlinedTextField(
            answers[index],
            { answers[index] = it },
            Modifier.fillMaxWidth().testTag("me_words_check_$position"),
            enabled = !state.busy,
            label = { Text(word("me_words_check_word", position)) },
            isError = state.wrong == position,
            singleLine = true,
            keyboardOptions =
                KeyboardOptions(
                    capitalization = KeyboardCapitalization.None,
                    autoCorrectEnabled = false,
                    keyboardType = KeyboardType.Password,
                    imeAction = if (last) ImeAction.Done else ImeAction.Next,
                ),
            keyboardActions = KeyboardActions(onDone = { if (answered) actions.check(answers.toList()) }),
        )
    }
    val wrong = state.wrong
    when {
        wrong != null -> ErrorLine(word("me_words_check_wrong_at", wrong))
        state.failure != null -> ErrorLine(errorText(state.failure))
    }
    MainButton(word("me_words_check_go"), { actions.check(answers.toList()) }, enabled = answered, busy = state.busy, icon = Icons.Check)
    if (wrong != null) OtherButton(word("me_words_check_again"), actions::showAgain, enabled = !state.busy, icon = Icons.Show)
}
