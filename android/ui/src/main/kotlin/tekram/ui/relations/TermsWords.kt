// The roster in the person's language: words by the terms' id and the clause's name, and the core's English text for
// those that have none. The ids themselves are never shown.
package tekram.ui.relations

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.Clause
import tekram.ffi.ClauseRule
import tekram.ui.common.Icons
import tekram.ui.common.LocalWords
import tekram.ui.common.word
import java.util.Locale

/** What the terms of that id are called; [fallback] is the core's text. */
@Composable
fun termsTitle(
    id: String,
    fallback: String,
): String = ownWord("terms_${wordId(id)}_title", fallback)

/** What the terms of that id say, in a paragraph; [fallback] is the core's text. */
@Composable
fun termsSummary(
    id: String,
    fallback: String,
): String = ownWord("terms_${wordId(id)}_summary", fallback)

/** What a clause says under the heading of its rule. */
@Composable
fun clauseText(clause: Clause): String = ownWord("terms_clause_${clause.name.lowercase(Locale.ROOT)}", clause.label)

private fun wordId(id: String) = id.lowercase(Locale.ROOT).replace('-', '_')

@Composable
private fun ownWord(
    key: String,
    fallback: String,
): String = if (LocalWords.current.has(key)) word(key) else fallback

/** [clauses] under the headings of their rules: must, may, must not. */
@Composable
fun Clauses(clauses: List<Clause>) {
    ClauseRule.entries.forEach { rule ->
        val under = clauses.filter { it.rule == rule }
        if (under.isNotEmpty()) {
            Text(ruleText(rule), Modifier.semantics { heading() }, style = MaterialTheme.typography.titleSmall)
            under.forEach { ClauseLine(rule, clauseText(it)) }
        }
    }
}

@Composable
private fun ClauseLine(
    rule: ClauseRule,
    text: String,
) = Row(horizontalArrangement = Arrangement.spacedBy(12.dp)) {
    Icon(rule.icon, contentDescription = null, Modifier.size(20.dp), tint = MaterialTheme.colorScheme.primary)
    Column { Text(text) }
}

/** The heading of a rule. */
@Composable
fun ruleText(rule: ClauseRule): String =
    when (rule) {
        ClauseRule.OBLIGATION -> word("terms_rule_obligation")
        ClauseRule.PERMISSION -> word("terms_rule_permission")
        ClauseRule.PROHIBITION -> word("terms_rule_prohibition")
    }

private val ClauseRule.icon: ImageVector
    get() =
        when (this) {
            ClauseRule.OBLIGATION -> Icons.Check
            ClauseRule.PERMISSION -> Icons.Add
            ClauseRule.PROHIBITION -> Icons.Close
        }
