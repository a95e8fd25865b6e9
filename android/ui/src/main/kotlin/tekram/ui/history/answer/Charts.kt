// Charts over time, drawn as they are needed here: bars that say their value when tapped, and the hours of a week as a grid.
// Each says in words for a screen reader what it shows.
package tekram.ui.history.answer

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.gestures.detectTapGestures
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.geometry.CornerRadius
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.lerp
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.LayoutDirection
import androidx.compose.ui.unit.dp
import tekram.ffi.HoursOfWeek
import tekram.ffi.Ranked
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalSeries
import tekram.ui.common.word

private const val HOURS = 24
private const val HOURS_APART = 6
private const val DAYS = 7
private const val FAINTEST = 0.18f
private const val BAR_WIDTH = 0.72f

/** One bar: what it is called in full, a short name below it (empty: none), and how long was played. */
internal data class Bar(
    val name: String,
    val short: String,
    val playedMs: Long,
)

/** Bars from a common ground; the one that is tapped is said above, before that the largest. */
@Composable
internal fun BarChart(
    bars: List<Bar>,
    modifier: Modifier = Modifier,
    color: Color = LocalSeries.current[0],
) {
    if (bars.isEmpty()) return
    val formats = LocalFormats.current
    val most = bars.maxOf { it.playedMs }
    var tapped by remember(bars) { mutableStateOf<Int?>(null) }
    val shown = bars[tapped ?: bars.indexOfFirst { it.playedMs == most }]
    val value = word("history_answer_bar", shown.name, formats.duration(shown.playedMs))
    val spoken = bars.filter { it.playedMs > 0 }.map { word("history_answer_bar", it.name, formats.duration(it.playedMs)) }.joinToString("; ")
    val mirrored = LocalLayoutDirection.current == LayoutDirection.Rtl
    val track = MaterialTheme.colorScheme.surfaceVariant
    val faint = lerp(color, track, if (tapped == null) 0f else 1 - 2 * FAINTEST)
    Column(modifier, verticalArrangement = Arrangement.spacedBy(4.dp)) {
        Text(
            if (tapped == null) word("history_answer_most", value) else value,
            style = MaterialTheme.typography.bodyMedium,
            color = MaterialTheme.colorScheme.onSurfaceVariant,
        )
        Canvas(
            Modifier
                .fillMaxWidth()
                .height(112.dp)
                .semantics {
                    contentDescription = spoken
                    role = Role.Image
                }.pointerInput(bars, mirrored) {
                    detectTapGestures { at ->
                        val place = (at.x / size.width * bars.size).toInt().coerceIn(bars.indices)
                        val bar = if (mirrored) bars.lastIndex - place else place
                        tapped = bar.takeIf { it != tapped }
                    }
                },
        ) {
            val step = size.width / bars.size
            val width = step * BAR_WIDTH
            val round = CornerRadius((width / 2).coerceAtMost(4.dp.toPx()))
            bars.forEachIndexed { index, bar ->
                val left = (if (mirrored) bars.lastIndex - index else index) * step + (step - width) / 2
                val high = if (most > 0) (bar.playedMs.toFloat() / most * size.height) else 0f
                if (high > 0) {
                    val tall = high.coerceAtLeast(2.dp.toPx())
                    drawRoundRect(if (index == tapped || tapped == null) color else faint, Offset(left, size.height - tall), Size(width, tall), round)
                } else {
                    drawRect(track, Offset(left, size.height - 1.dp.toPx()), Size(width, 1.dp.toPx()))
                }
            }
        }
        if (bars.any { it.short.isNotEmpty() }) {
            Row(Modifier.fillMaxWidth().clearAndSetSemantics { }) {
                bars.forEach {
                    Text(
                        it.short,
                        Modifier.weight(1f),
                        style = MaterialTheme.typography.labelSmall,
                        textAlign = TextAlign.Center,
                        softWrap = false,
                        color = MaterialTheme.colorScheme.onSurfaceVariant,
                    )
                }
            }
        }
    }
}

/** The week as seven rows of hours, the darker the more was heard; the hour that is tapped is said above, before that the fullest. */
@Composable
internal fun WeekGrid(
    hours: HoursOfWeek,
    modifier: Modifier = Modifier,
) {
    val formats = LocalFormats.current
    val cells = hours.days.flatten().map { it.playedMs }
    val most = cells.maxOrNull() ?: 0
    if (most == 0L || cells.size != DAYS * HOURS) return
    var tapped by remember(hours) { mutableStateOf<Int?>(null) }
    val shown = tapped ?: cells.indexOf(most)
    val value = word("history_answer_hour", formats.weekday(shown / HOURS + 1), formats.hour(shown % HOURS), formats.duration(cells[shown]))
    val fullest = word("history_answer_most", value)
    val mirrored = LocalLayoutDirection.current == LayoutDirection.Rtl
    val color = LocalSeries.current[0]
    val track = MaterialTheme.colorScheme.surfaceVariant
    val ring = MaterialTheme.colorScheme.onSurface
    Column(modifier, verticalArrangement = Arrangement.spacedBy(4.dp)) {
        Text(
            if (tapped == null) fullest else value,
            style = MaterialTheme.typography.bodyMedium,
            color = MaterialTheme.colorScheme.onSurfaceVariant,
        )
        Row(horizontalArrangement = Arrangement.spacedBy(6.dp)) {
            Column(Modifier.clearAndSetSemantics { }.fillMaxWidth(0.12f).aspectRatio(GRID_ASPECT * 0.12f / 0.86f)) {
                for (day in 1..DAYS) {
                    Box(Modifier.weight(1f), contentAlignment = Alignment.CenterStart) {
                        Text(formats.weekday(day, short = true), style = MaterialTheme.typography.labelSmall, softWrap = false, maxLines = 1)
                    }
                }
            }
            Canvas(
                Modifier
                    .weight(1f)
                    .aspectRatio(GRID_ASPECT)
                    .semantics {
                        contentDescription = fullest
                        role = Role.Image
                    }.pointerInput(hours, mirrored) {
                        detectTapGestures { at ->
                            val place = (at.x / size.width * HOURS).toInt().coerceIn(0, HOURS - 1)
                            val hour = if (mirrored) HOURS - 1 - place else place
                            val cell = (at.y / size.height * DAYS).toInt().coerceIn(0, DAYS - 1) * HOURS + hour
                            tapped = cell.takeIf { it != tapped }
                        }
                    },
            ) {
                val across = size.width / HOURS
                val down = size.height / DAYS
                val gap = 2.dp.toPx()
                val round = CornerRadius(2.dp.toPx())
                cells.forEachIndexed { index, played ->
                    val hour = index % HOURS
                    val corner = Offset((if (mirrored) HOURS - 1 - hour else hour) * across + gap / 2, index / HOURS * down + gap / 2)
                    val part = if (played == 0L) 0f else FAINTEST + (1 - FAINTEST) * played / most
                    drawRoundRect(if (index == tapped) ring else lerp(track, color, part), corner, Size(across - gap, down - gap), round)
                }
            }
        }
        Row(Modifier.fillMaxWidth().clearAndSetSemantics { }) {
            Box(Modifier.fillMaxWidth(0.14f))
            for (hour in 0 until HOURS step HOURS_APART) {
                Text(formats.hour(hour), Modifier.weight(1f), style = MaterialTheme.typography.labelSmall, softWrap = false, maxLines = 1)
            }
        }
    }
}

private const val GRID_ASPECT = 2.1f

/** Shares side by side; the rows below say the same. */
@Composable
internal fun ShareBar(
    ranks: List<Ranked>,
    modifier: Modifier = Modifier,
) {
    val series = LocalSeries.current
    val parts = ranks.filter { it.amount.playedMs > 0 }
    if (parts.isEmpty()) return
    Row(modifier.fillMaxWidth().height(14.dp).clip(RoundedCornerShape(7.dp)).clearAndSetSemantics { }, Arrangement.spacedBy(1.dp)) {
        parts.forEach { Box(Modifier.weight(it.amount.playedMs.toFloat()).fillMaxHeight().background(series[ranks.indexOf(it)])) }
    }
}
