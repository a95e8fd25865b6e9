// The page of a work, creator, show, publisher or source, and the lists that lead to such pages.
package tekram.ui.history.answer

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import tekram.ffi.About
import tekram.ffi.Known
import tekram.ffi.Listen
import tekram.ffi.Ranked
import tekram.ffi.What
import tekram.ui.common.LocalFormats
import tekram.ui.common.PhasePane
import tekram.ui.common.Rows
import tekram.ui.common.RowsList
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Section
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.word
import tekram.ui.history.ListenRow
import tekram.ui.history.sourceName

/** `history_page`: all that is known of one work, creator, show, publisher or source. */
@Composable
fun PageScreen(
    state: PageState,
    listens: Rows<Listen>,
    onNear: (Int) -> Unit,
    onRetry: () -> Unit,
    onWork: (Long) -> Unit,
    onListen: (Listen) -> Unit,
    onBack: (() -> Unit)?,
) {
    val about = state.about
    val title = about?.let { if (it.what == What.SOURCE) sourceName(it.name) else it.name.ifBlank { word("history_untitled") } }
    ScreenFrame(title ?: word("history_answer_title"), onBack) {
        val words = phaseWords("history").copy(emptyTitle = word("history_answer_gone"), emptyText = null)
        PhasePane(state.phase, words, onRetry = onRetry) {
            if (about == null) return@PhasePane
            RowsList(listens, onNear, before = {
                item { Parts(about, onWork) }
            }) { listen ->
                ListenRow(listen, withDate = true) { onListen(listen) }
                HorizontalDivider()
            }
        }
    }
}

@Composable
private fun Parts(
    about: About,
    onWork: (Long) -> Unit,
) = Column(Modifier.padding(screenPadding), verticalArrangement = Arrangement.spacedBy(screenPadding)) {
    val formats = LocalFormats.current
    Section(null) {
        if (about.maker.isNotEmpty()) Text(about.maker, style = MaterialTheme.typography.titleMedium)
        Text(amountText(about.amount), style = MaterialTheme.typography.displaySmall, color = MaterialTheme.colorScheme.primary)
        Text(plural("history_plays", about.amount.plays.toLong()), style = MaterialTheme.typography.titleMedium)
        Text(word("history_answer_first", formats.isoDate(about.firstDate)))
        Text(word("history_answer_last", formats.isoDate(about.lastDate)))
    }
    if (about.months.size > 1) {
        Section(word("history_answer_by_month")) {
            BarChart(about.months.map { Bar(formats.month(it.date), "", it.amount.playedMs) })
        }
    }
    if (about.works.isNotEmpty()) {
        Section(word("history_answer_works")) { about.works.forEach { RankRow(it) { onWork(it.id) } } }
    }
    Text(word("history_answer_listens"), Modifier.semantics { heading() }, style = MaterialTheme.typography.titleMedium)
}

/** `history_glance_top`: all ranks of a range. */
@Composable
fun TopScreen(
    what: What,
    span: String,
    ranks: Rows<Ranked>,
    onNear: (Int) -> Unit,
    onRetry: () -> Unit,
    onOpen: (Ranked) -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_answer_list_title", word(what.wordKey), spanName(span)), onBack) {
    PhasePane(ranks.phase, phaseWords("history"), onRetry = onRetry) {
        RowsList(ranks, onNear) { ranked ->
            RankRow(ranked) { onOpen(ranked) }
            HorizontalDivider()
        }
    }
}

/** `history_glance_new` and `history_glance_forgotten`: works that were new in a range, and those that are no more. */
@Composable
fun KnownScreen(
    title: String,
    works: Rows<Known>,
    onNear: (Int) -> Unit,
    onRetry: () -> Unit,
    onOpen: (Known) -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(title, onBack) {
    val words = phaseWords("history").copy(emptyTitle = word("history_answer_nothing"), emptyText = null)
    PhasePane(works.phase, words, onRetry = onRetry) {
        RowsList(works, onNear) { known ->
            KnownRow(known) { onOpen(known) }
            HorizontalDivider()
        }
    }
}
