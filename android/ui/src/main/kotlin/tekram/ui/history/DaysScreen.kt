// The days of the log: each with how long was played and from where, as a bar and in words.
package tekram.ui.history

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.unit.dp
import tekram.ffi.Day
import tekram.ffi.SourceHours
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalSeries
import tekram.ui.common.LocalWords
import tekram.ui.common.Offer
import tekram.ui.common.PhasePane
import tekram.ui.common.Rows
import tekram.ui.common.RowsList
import tekram.ui.common.ScreenFrame
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.touchable
import tekram.ui.common.word

/** What the list of days leads to. */
interface DaysActions {
    /** Opens the listens of a day. */
    fun day(day: Day)

    /** Opens the search. */
    fun search()

    /** Opens the imports. */
    fun import()

    /** Opens the year at a glance. */
    fun glance()

    /** Opens everything else that History does. */
    fun more()
}

/** `history_days`: the days on which something was heard, newest first; [sources] are all there are, in the order of their colours. */
@Composable
fun DaysScreen(
    days: Rows<Day>,
    sources: List<String>,
    onNear: (Int) -> Unit,
    onRetry: () -> Unit,
    actions: DaysActions,
    above: @Composable () -> Unit = {},
) = ScreenFrame(
    word("history_title"),
    onBack = null,
    actions = {
        IconAction(Icons.Search, word("history_search_a11y"), onClick = actions::search)
        IconAction(Icons.Chart, word("history_answer_title"), onClick = actions::glance)
        IconAction(Icons.More, word("history_more_title"), onClick = actions::more)
    },
) {
    Column {
        above()
        PhasePane(days.phase, phaseWords("history"), onRetry = onRetry, empty = Offer(word("history_import"), actions::import)) {
            RowsList(days, onNear) { day ->
                DayRow(day, sources) { actions.day(day) }
                HorizontalDivider()
            }
        }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun DayRow(
    day: Day,
    sources: List<String>,
    onClick: () -> Unit,
) {
    val formats = LocalFormats.current
    val date = formats.isoDay(day.date)
    val total = formats.duration(day.playedMs)
    // A screen reader says the texts of the row one after the other: a description of its own would stand in their place.
    Surface(onClick, Modifier.fillMaxWidth().touchable()) {
        Column(Modifier.padding(horizontal = 16.dp, vertical = 12.dp), verticalArrangement = Arrangement.spacedBy(6.dp)) {
            FlowRow(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.SpaceBetween) {
                Text(date, Modifier.padding(end = 12.dp), style = MaterialTheme.typography.titleMedium)
                Text(
                    if (day.playedMs > 0) word("history_day_total", total) else plural("history_plays", day.plays.toLong()),
                    style = MaterialTheme.typography.bodyMedium,
                    color = MaterialTheme.colorScheme.onSurfaceVariant,
                )
            }
            SourceBar(day.sources, sources)
            FlowRow(horizontalArrangement = Arrangement.spacedBy(12.dp)) {
                day.sources.forEach { SourceName(it, LocalSeries.current[sources.place(it.source)]) }
            }
            if (day.estimatedMs > 0) Text(word("history_estimated"), style = MaterialTheme.typography.bodySmall)
        }
    }
}

/** A source keeps its colour from day to day: that of its place among all. One that was not there a moment ago comes last. */
private fun List<String>.place(source: String): Int = indexOf(source).takeIf { it >= 0 } ?: size

/** The parts of a day side by side, in the colours of [all] sources; the words below say the same. */
@Composable
private fun SourceBar(
    parts: List<SourceHours>,
    all: List<String>,
) {
    val series = LocalSeries.current
    val played = parts.filter { it.playedMs > 0 }
    if (played.isEmpty()) return
    Row(
        Modifier
            .fillMaxWidth()
            .height(10.dp)
            .clip(RoundedCornerShape(5.dp))
            .clearAndSetSemantics { },
    ) {
        played.forEach { source ->
            Box(Modifier.weight(source.playedMs.toFloat()).fillMaxHeight().background(series[all.place(source.source)]))
        }
    }
}

@Composable
private fun SourceName(
    source: SourceHours,
    color: Color,
) {
    val formats = LocalFormats.current
    val name = sourceName(source.source)
    val amount = if (source.playedMs > 0) formats.duration(source.playedMs) else plural("history_plays", source.plays.toLong())
    Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
        Box(Modifier.size(10.dp).clip(CircleShape).background(color))
        Text(word("history_source_share", name, amount), style = MaterialTheme.typography.bodySmall)
    }
}

/** What a source is called on the screen: the core names services by a stable name, players by their own. */
@Composable
fun sourceName(source: String): String {
    val words = LocalWords.current
    val key = "history_format_$source"
    return when {
        source.isBlank() -> word("history_source_unnamed")
        words.has(key) -> words.word(key)
        else -> source
    }
}
