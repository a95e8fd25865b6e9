// The rows of the split: a line with its colour, amount and what is to become of it, and a source with the slider that
// says how much it counts. Texts are made once for each line, so that a moving slider formats only what changed.
package tekram.ui.pay

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Slider
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.stateDescription
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import tekram.ffi.Money
import tekram.ffi.MonthSource
import tekram.ffi.Outcome
import tekram.ffi.StatementLine
import tekram.ffi.StatementState
import tekram.ui.common.Formats
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.screenPadding
import tekram.ui.common.word
import kotlin.math.abs
import kotlin.math.roundToInt

private const val PERMILLE = 1000.0
private const val SLIDER_STEP = 50
private const val NEAR_AS_HEARD = 60

/** As far as a slider goes unless a factor is larger already. */
private const val SLIDER_END = 3000

/** [part] of [whole] in thousandths, to be written as a percentage. */
internal fun permille(
    part: Long,
    whole: Long,
): Long = if (whole <= 0) 0 else Math.round(part * PERMILLE / whole)

/** What a row shows of a line. Equal ones are not drawn again, although each preview brings new lines. */
@Immutable
internal data class ShownLine(
    val line: StatementLine,
    val month: String,
    val budget: Money,
    val state: StatementState,
) {
    /** What is not as usual about the line: of a plan that it is not simply paid, later always where it stands. */
    val standing: String? get() = line.stateKey.takeUnless { state == StatementState.DRAFT && line.outcome == Outcome.PAY }
}

/** One line of a split with a dot of [color]; tapped, it says why. */
@Composable
internal fun LineRow(
    shown: ShownLine,
    color: Color,
    actions: SplitActions,
) {
    val line = shown.line
    val formats = LocalFormats.current
    val words = LocalWords.current
    val name = line.title()
    val quiet = MaterialTheme.colorScheme.onSurfaceVariant
    val amount = remember(shown, formats) { formats.money(line.amountMinor, shown.budget.currency) }
    val share = remember(shown, formats) { formats.percent(permille(line.shareMinor, shown.budget.amountMinor)) }
    val heard = remember(shown, formats) { words.word("pay_line_heard", share, formats.duration(line.playedMs.toLong())) }
    val why = remember(shown, words) { line.why?.let(words::reason) }
    val spoken = word("pay_ring_part_a11y", name, amount, share)
    Row(
        Modifier
            .clickable(onClickLabel = word("pay_open_why")) { actions.open("pay_why", whyAbout(shown.month, line)) }
            .fillMaxWidth()
            .heightIn(min = 64.dp)
            .padding(horizontal = screenPadding, vertical = 8.dp),
        horizontalArrangement = Arrangement.spacedBy(12.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Dot(color)
        Column(Modifier.weight(1f)) {
            NameAndAmount(name, amount, Modifier.clearAndSetSemantics { contentDescription = spoken })
            Text(heard, style = MaterialTheme.typography.bodyMedium, color = quiet)
            shown.standing?.let { Text(word(it), style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.secondary) }
            why?.let { Text(it, style = MaterialTheme.typography.bodySmall, color = quiet) }
        }
        Icon(Icons.Forward, contentDescription = null, Modifier.size(18.dp), tint = quiet)
    }
}

/** A name and, at the other side, an amount; each keeps to itself when the type is large. */
@Composable
internal fun NameAndAmount(
    name: String,
    amount: String,
    modifier: Modifier = Modifier,
) {
    Row(modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(12.dp)) {
        Text(name, Modifier.weight(1f), style = MaterialTheme.typography.bodyLarge)
        Text(amount, style = MaterialTheme.typography.titleMedium, textAlign = TextAlign.End, softWrap = false)
    }
}

@Composable
private fun Dot(color: Color) = Canvas(Modifier.size(12.dp)) { drawCircle(color) }

/** How much [source] counts and what it gets by it; [gets] is null where nobody payable is known. */
@Composable
internal fun SourceRow(
    source: MonthSource,
    permille: Int,
    gets: String?,
    onFactor: (Int) -> Unit,
) {
    val formats = LocalFormats.current
    val counts = factorText(permille, formats)
    val heard = remember(source, formats) { formats.duration(source.playedMs.toLong()) }
    val spoken = word("pay_factor_a11y", source.name, counts, gets ?: word("common_none"))
    val end = maxOf(SLIDER_END, source.permille.toInt(), permille).toFloat()
    Column(Modifier.fillMaxWidth().padding(horizontal = screenPadding, vertical = 4.dp)) {
        Column(Modifier.clearAndSetSemantics {}) {
            NameAndAmount(source.name, gets.orEmpty())
            NameAndAmount(heard, counts)
        }
        Slider(
            permille.toFloat(),
            { onFactor(snapped(it)) },
            Modifier.fillMaxWidth().testTag("pay_slider").semantics {
                contentDescription = spoken
                stateDescription = counts
            },
            valueRange = 0f..end,
        )
    }
}

@Composable
private fun factorText(
    permille: Int,
    formats: Formats,
): String =
    when (permille) {
        0 -> word("pay_factor_out")
        AS_HEARD -> word("pay_factor_normal")
        else -> formats.percent(permille.toLong())
    }

/** Steps of a twentieth, and an easy way back to how it was heard. */
internal fun snapped(value: Float): Int {
    val steps = (value / SLIDER_STEP).roundToInt() * SLIDER_STEP
    return if (abs(value - AS_HEARD) <= NEAR_AS_HEARD) AS_HEARD else steps
}
