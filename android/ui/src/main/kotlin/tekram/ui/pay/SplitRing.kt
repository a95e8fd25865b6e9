// The split as a ring: the largest shares in colours of their own, the others in one, what waits in a faint one. The ring
// is one sentence for a screen reader; the list below it says the same line by line, with the same colours.
package tekram.ui.pay

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import tekram.ffi.Statement
import tekram.ffi.StatementLine
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalSeries
import tekram.ui.common.SeriesColors
import tekram.ui.common.money
import tekram.ui.common.plural
import tekram.ui.common.word

/** How many lines have a colour of their own; the next colour is that of all others. */
internal const val OWN_COLORS = 7
private const val CIRCLE = 360f
private const val TOP = -90f

/** Above this text size the sum stands below the ring: it would not fit inside. */
private const val LARGEST_INSIDE = 1.3f

/** What the ring draws: where each part ends, in degrees, and which colour it has. */
@Immutable
internal class RingParts private constructor(
    val sweeps: FloatArray,
    /** Colour of each part: its place in the series, or -1 for what waits. */
    val colors: IntArray,
) {
    companion object {
        /** The parts of [lines], which come by amount with what waits last. */
        fun of(lines: List<StatementLine>): RingParts {
            val whole = lines.sumOf { it.amountMinor.toDouble() }
            if (whole <= 0) return RingParts(FloatArray(0), IntArray(0))
            val own = lines.takeWhile { it.payee != null }.take(OWN_COLORS)
            val waiting = lines.filter { it.payee == null }.sumOf { it.amountMinor.toDouble() }
            val others = whole - waiting - own.sumOf { it.amountMinor.toDouble() }
            val amounts = own.map { it.amountMinor.toDouble() } + others + waiting
            val colors = own.indices.toList() + OWN_COLORS + -1
            val drawn = amounts.indices.filter { amounts[it] > 0 }
            return RingParts(
                FloatArray(drawn.size) { (amounts[drawn[it]] / whole * CIRCLE).toFloat() },
                IntArray(drawn.size) { colors[drawn[it]] },
            )
        }
    }
}

/** The colour of the line at [index] in the ring and beside its name. */
internal fun SeriesColors.ofLine(
    index: Int,
    waits: Boolean,
    faint: Color,
): Color = if (waits) faint else this[index.coerceAtMost(OWN_COLORS)]

/** The ring of [statement] with its sum; [across] is its width. */
@Composable
internal fun SplitRing(
    statement: Statement,
    modifier: Modifier = Modifier,
    across: Dp = 196.dp,
    sum: Boolean = true,
) {
    val total = LocalFormats.current.money(statement.total)
    val spoken = word("pay_ring_a11y", plural("pay_lines", statement.lines.count { it.payee != null }.toLong()))
    val inside = LocalDensity.current.fontScale <= LARGEST_INSIDE
    Column(modifier, horizontalAlignment = Alignment.CenterHorizontally) {
        Box(Modifier.size(across).clearAndSetSemantics { contentDescription = spoken }, contentAlignment = Alignment.Center) {
            Ring(statement, Modifier.matchParentSize())
            if (sum && inside) Sum(total, Modifier.padding(across / 5))
        }
        if (sum && !inside) Sum(total, Modifier.padding(top = 8.dp))
    }
}

@Composable
private fun Sum(
    total: String,
    modifier: Modifier,
) {
    Column(modifier, horizontalAlignment = Alignment.CenterHorizontally) {
        Text(total, style = MaterialTheme.typography.titleLarge, textAlign = TextAlign.Center)
        Text(word("pay_total"), style = MaterialTheme.typography.bodySmall, textAlign = TextAlign.Center)
    }
}

@Composable
private fun Ring(
    statement: Statement,
    modifier: Modifier,
) {
    val parts = remember(statement) { RingParts.of(statement.lines) }
    val series = LocalSeries.current
    val track = MaterialTheme.colorScheme.surfaceVariant
    val faint = MaterialTheme.colorScheme.outline
    Canvas(modifier) {
        val width = size.minDimension / 6
        val stroke = Stroke(width, cap = StrokeCap.Butt)
        val corner = Offset(width / 2, width / 2)
        val square = Size(size.width - width, size.height - width)
        drawArc(track, 0f, CIRCLE, false, corner, square, style = stroke)
        var start = TOP
        for (i in parts.sweeps.indices) {
            val sweep = parts.sweeps[i]
            // A hair of ground between two parts, as long as there is something to cut it from.
            val gap = if (parts.sweeps.size > 1 && sweep > 3f) 1.2f else 0f
            val color = parts.colors[i]
            drawArc(if (color < 0) faint else series[color], start, sweep - gap, false, corner, square, style = stroke)
            start += sweep
        }
    }
}
