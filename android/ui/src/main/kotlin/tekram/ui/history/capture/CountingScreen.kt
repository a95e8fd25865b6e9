// What counts as a play: a rule for each kind, in words, with a few steps to choose from, and the way back to the usual ones.
package tekram.ui.history.capture

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.material3.FilterChip
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import tekram.ffi.CountingRule
import tekram.ui.common.ErrorLine
import tekram.ui.common.LocalFormats
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.touchable
import tekram.ui.common.word
import tekram.ui.history.wordKey

private const val SECOND = 1_000L
private const val WHOLE = 1_000L
private val least = listOf(0L, 10 * SECOND, 30 * SECOND, 60 * SECOND, 300 * SECOND)
private val shares = listOf(0L, WHOLE / 4, WHOLE / 2, WHOLE)

/** `history_capture_counting`: what counts as a play. */
@Composable
fun CountingScreen(
    state: CountingState,
    onRule: (CountingRule) -> Unit,
    onReset: () -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_counting_title"), onBack) {
    PhasePane(state.phase, phaseWords("history"), onRetry = onRetry) {
        ScrollingColumn {
            Text(word("history_counting_text"))
            state.failure?.let { ErrorLine(errorText(it)) }
            state.rules.forEach { Rule(it, state.busy, onRule) }
            OtherButton(word("history_counting_reset"), onReset, busy = state.busy, enabled = state.rules.any { !it.usual })
        }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Rule(
    rule: CountingRule,
    busy: Boolean,
    onRule: (CountingRule) -> Unit,
) = Section(word(rule.kind.wordKey)) {
    val formats = LocalFormats.current
    Text(sentence(rule))
    FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        Choice(word("history_counting_never"), rule.leastMs == null, busy) { onRule(rule.copy(leastMs = null)) }
        (least + listOfNotNull(rule.leastMs)).distinct().sorted().forEach { ms ->
            val name = if (ms == 0L) word("history_counting_always") else formats.duration(ms)
            Choice(name, rule.leastMs == ms, busy) { onRule(rule.copy(leastMs = ms)) }
        }
    }
    if (rule.leastMs != null) {
        FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            (shares + rule.sharePermille).distinct().sorted().forEach { share ->
                val name = if (share == 0L) word("history_counting_any_part") else word("history_counting_part", formats.percent(share))
                Choice(name, rule.sharePermille == share, busy) { onRule(rule.copy(sharePermille = share)) }
            }
        }
    }
}

@Composable
private fun Choice(
    name: String,
    selected: Boolean,
    busy: Boolean,
    onSelect: () -> Unit,
) = FilterChip(selected, { if (!selected) onSelect() }, { Text(name) }, Modifier.touchable(), enabled = !busy)

@Composable
private fun sentence(rule: CountingRule): String {
    val formats = LocalFormats.current
    val leastMs = rule.leastMs ?: return word("history_counting_rule_never")
    val time = formats.duration(leastMs)
    val part = formats.percent(rule.sharePermille)
    return when {
        rule.sharePermille == 0L -> word("history_counting_rule", time)
        rule.enoughMs == 0L -> word("history_counting_rule_part", time, part)
        else -> word("history_counting_rule_enough", time, part, formats.duration(rule.enoughMs))
    }
}
