// A year, a month or everything at a glance: how long, when, from where, what most, what new and what no more.
package tekram.ui.history.answer

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.FilterChip
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import tekram.ffi.DatedAmount
import tekram.ffi.Glance
import tekram.ffi.Known
import tekram.ffi.PeriodAmount
import tekram.ffi.Ranked
import tekram.ffi.What
import tekram.ui.common.Formats
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalSeries
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.touchable
import tekram.ui.common.word
import tekram.ui.history.sourceName
import java.time.LocalDate
import java.time.Year
import java.time.YearMonth

private const val MONTHS = 12
private const val DAYS_APART = 5

/** What a glance leads to. */
interface GlanceActions {
    /** Looks at another range. */
    fun look(span: String)

    /** Opens the page of a work, creator, show or publisher. */
    fun open(id: Long)

    /** Opens the page of a source. */
    fun source(name: String)

    /** Opens all ranks of the range. */
    fun all(what: What)

    /** Opens all that was new in the range. */
    fun new()

    /** Opens all that was heard often and is no more. */
    fun forgotten()

    /** Opens what was on at a moment. */
    fun moment()
}

/** `history_glance`: a range at a glance. [today] says what the chips lead to. */
@Composable
fun GlanceScreen(
    state: GlanceState,
    actions: GlanceActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
    today: LocalDate = LocalDate.now(),
) = ScreenFrame(
    word("history_answer_title"),
    onBack,
    actions = { IconAction(Icons.Clock, word("history_answer_when_title"), onClick = actions::moment) },
) {
    PhasePane(state.phase, phaseWords("history"), onRetry = onRetry) {
        val glance = state.glance ?: return@PhasePane
        ScrollingColumn {
            Lengths(state.span, today, actions::look)
            Stepper(state.span, actions::look)
            Total(glance)
            if (glance.total.listens > 0uL) {
                Times(state, glance)
                Sources(glance.sources, actions)
                Ranks(What.WORK, glance.works, actions)
                Ranks(What.CREATOR, glance.creators, actions)
                Ranks(What.SHOW, glance.shows, actions)
                Ranks(What.PUBLISHER, state.publishers, actions)
                Works("history_answer_new", "history_answer_new_all", state.new, actions::new, actions::open)
            }
            Works("history_answer_forgotten", "history_answer_forgotten_all", state.forgotten, actions::forgotten, actions::open)
        }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Lengths(
    span: String,
    today: LocalDate,
    onSpan: (String) -> Unit,
) = FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
    Length("history_answer_month", monthOf(span) != null) {
        onSpan((if (isYear(span)) YearMonth.of(span.toInt(), today.month) else YearMonth.from(today)).toString())
    }
    Length("history_answer_year", isYear(span)) { onSpan((monthOf(span)?.year ?: today.year).toString()) }
    Length("history_answer_all_time", span == ALL_TIME) { onSpan(ALL_TIME) }
}

@Composable
private fun Length(
    key: String,
    on: Boolean,
    onClick: () -> Unit,
) = FilterChip(on, onClick, { Text(word(key)) }, Modifier.touchable())

/** What a range is called on the screen. */
@Composable
internal fun spanName(span: String): String = if (span == ALL_TIME) word("history_answer_all_time") else LocalFormats.current.month(span)

@Composable
private fun Stepper(
    span: String,
    onSpan: (String) -> Unit,
) = Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
    val before = neighbour(span, -1)
    val after = neighbour(span, 1)
    if (before != null) IconAction(Icons.Back, word("history_answer_before_a11y", spanName(before))) { onSpan(before) }
    Text(
        spanName(span),
        Modifier.weight(1f).semantics {
            heading()
            liveRegion = LiveRegionMode.Polite
        },
        style = MaterialTheme.typography.titleLarge,
        textAlign = if (before == null) TextAlign.Start else TextAlign.Center,
    )
    if (after != null) IconAction(Icons.Forward, word("history_answer_after_a11y", spanName(after))) { onSpan(after) }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Total(glance: Glance) =
    Section(null) {
        val formats = LocalFormats.current
        if (glance.total.listens == 0uL) {
            Text(word("history_answer_nothing"))
            return@Section
        }
        Text(amountText(glance.total), style = MaterialTheme.typography.displaySmall, color = MaterialTheme.colorScheme.primary)
        Text(plural("history_plays", glance.total.plays.toLong()), style = MaterialTheme.typography.titleMedium)
        FlowRow(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(24.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Count(glance.different.works, glance.new.works, "history_answer_works")
            Count(glance.different.creators, glance.new.creators, "history_answer_creators")
            Count(glance.different.shows, glance.new.shows, "history_answer_shows")
        }
        val streaks = glance.streaks
        Text(plural("history_answer_days_heard", streaks.daysHeard.toLong()))
        streaks.longest?.let {
            Text(plural("history_answer_longest", it.days.toLong(), it.days.toLong(), formats.isoDate(it.firstDate), formats.isoDate(it.lastDate)))
        }
        streaks.current?.let { Text(plural("history_answer_current", it.days.toLong())) }
        glance.busiestDay?.let { Text(word("history_answer_busiest", formats.isoDate(it.date), formats.duration(it.amount.playedMs))) }
        if (glance.total.estimatedMs > 0) Text(word("history_estimated"), style = MaterialTheme.typography.bodySmall)
    }

@Composable
private fun Count(
    different: ULong,
    new: ULong,
    key: String,
) = Column(Modifier.semantics(mergeDescendants = true) { }) {
    val formats = LocalFormats.current
    Text(formats.number(different.toLong()), style = MaterialTheme.typography.titleLarge)
    Text(word(key), style = MaterialTheme.typography.bodyMedium)
    Text(word("history_answer_of_them_new", formats.number(new.toLong())), style = MaterialTheme.typography.bodySmall)
}

@Composable
private fun Times(
    state: GlanceState,
    glance: Glance,
) {
    val formats = LocalFormats.current
    val month = monthOf(state.span)
    when {
        state.span == ALL_TIME -> Section(word("history_answer_by_year")) { BarChart(state.periods.map { Bar(it.period, it.period, it.amount.playedMs) }) }
        month != null -> Section(word("history_answer_by_day")) { BarChart(dayBars(month, glance.days, formats)) }
        else -> Section(word("history_answer_by_month")) { BarChart(monthBars(state.span, glance.months, formats)) }
    }
    if (state.span != ALL_TIME) {
        Section(word("history_answer_by_week")) { BarChart(weekBars(state.periods, formats), color = LocalSeries.current[2]) }
    }
    Section(word("history_answer_by_hour")) { WeekGrid(glance.hoursOfWeek) }
}

private fun monthBars(
    year: String,
    months: List<DatedAmount>,
    formats: Formats,
): List<Bar> {
    val played = months.associate { it.date to it.amount.playedMs }
    return (1..MONTHS).map { number ->
        val month = Year.parse(year).atMonth(number)
        Bar(formats.month(month.toString()), formats.shortestMonth(number), played[month.toString()] ?: 0)
    }
}

private fun dayBars(
    month: YearMonth,
    days: List<DatedAmount>,
    formats: Formats,
): List<Bar> {
    val played = days.associate { it.date to it.amount.playedMs }
    return (1..month.lengthOfMonth()).map { number ->
        val date = month.atDay(number).toString()
        Bar(formats.isoDate(date), if (number == 1 || number % DAYS_APART == 0) formats.number(number.toLong()) else "", played[date] ?: 0)
    }
}

private fun weekBars(
    weeks: List<PeriodAmount>,
    formats: Formats,
): List<Bar> = weeks.map { Bar(formats.isoDate(it.firstDate), "", it.amount.playedMs) }

@Composable
private fun Sources(
    sources: List<Ranked>,
    actions: GlanceActions,
) = Section(word("history_answer_sources")) {
    ShareBar(sources)
    sources.forEachIndexed { index, source ->
        RankRow(source, sourceName(source.name), LocalSeries.current[index]) { actions.source(source.name) }
    }
}

@Composable
private fun Ranks(
    what: What,
    ranks: List<Ranked>,
    actions: GlanceActions,
) {
    if (ranks.isEmpty()) return
    Section(word(what.wordKey)) {
        ranks.forEach { RankRow(it) { actions.open(it.id) } }
        QuietButton(word("history_answer_all_${what.name.lowercase()}"), { actions.all(what) }, icon = Icons.Forward)
    }
}

@Composable
private fun Works(
    key: String,
    allKey: String,
    works: List<Known>,
    onAll: () -> Unit,
    onOpen: (Long) -> Unit,
) {
    if (works.isEmpty()) return
    Section(word(key)) {
        works.forEach { KnownRow(it) { onOpen(it.id) } }
        QuietButton(word(allKey), onAll, icon = Icons.Forward)
    }
}
