// The field for 24 recovery words: counted as they are typed, never offered to the keyboard's memory.
package tekram.ui.start

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import tekram.ui.common.word

/** Recovery words are so many. */
internal const val WORDS_IN_PHRASE: Int = 24

/** How many words are in [words]. */
internal fun wordCount(words: String): Int = words.split(Regex("\\s+")).count { it.isNotEmpty() }

/** A field for the recovery words. */
@Composable
internal fun RecoveryWordsField(
    words: String,
    onChange: (String) -> Unit,
    modifier: Modifier = Modifier,
    wrong: Boolean = false,
    enabled: Boolean = true,
) {
    val count = wordCount(words)
    OutlinedTextField(
        words,
        onChange,
        modifier.fillMaxWidth(),
        enabled = enabled,
        label = { Text(word("start_words_label")) },
        supportingText = { Text(if (count == 0) word("start_words_hint") else word("start_words_count", count)) },
        isError = wrong,
        minLines = 4,
        textStyle = MaterialTheme.typography.bodyLarge,
        keyboardOptions =
            KeyboardOptions(
                capitalization = KeyboardCapitalization.None,
                autoCorrectEnabled = false,
                keyboardType = KeyboardType.Password,
                imeAction = ImeAction.Default,
            ),
    )
}
