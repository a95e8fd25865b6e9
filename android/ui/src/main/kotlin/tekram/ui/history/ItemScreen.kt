// One listen answers six questions: what was it, who made it, who published it, when and where was it heard, how often
// before, and what joins the person to its makers.
package tekram.ui.history

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.CountingRule
import tekram.ffi.ListenDetail
import tekram.ffi.Thumb
import tekram.ffi.What
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.word
import tekram.ui.history.answer.icon
import tekram.ui.history.answer.oneKey

private const val CAPTURED = "capture"

/** Pages that a listen leads to. */
interface ItemPages {
    /** Opens the page of its work, a creator, its show or its publisher. */
    fun page(id: Long)

    /** Opens the page of its source. */
    fun source(name: String)

    /** Opens what can be put right about it. */
    fun edit()
}

/** `history_item`: one listen and the six questions about it. */
@Composable
fun ItemScreen(
    state: ItemState,
    onRate: (Thumb) -> Unit,
    onRelation: (String) -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
    pages: ItemPages? = null,
) = ScreenFrame(word("history_item_title"), onBack) {
    val words = phaseWords("history").copy(errorText = word("history_item_gone"))
    PhasePane(state.phase, words, onRetry = onRetry) {
        val detail = state.detail ?: return@PhasePane
        ScrollingColumn {
            What(detail, onRate)
            if (!detail.listen.counts) Question("history_answer_counts_not", listOf(ruleText(state.rule)))
            state.failure?.let { ErrorLine(errorText(it)) }
            Question(
                "history_q_who",
                listOf(
                    detail.listen.creators
                        .joinToString(", ")
                        .ifEmpty { word("history_who_unknown") },
                ),
            )
            Question("history_q_published", listOf(detail.listen.publisher.ifEmpty { word("history_published_unknown") }))
            Heard(detail)
            Before(detail)
            Relation(detail, onRelation)
            Evidence(detail)
            if (pages != null) {
                Pages(state, pages)
                OtherButton(word("history_edit_title"), pages::edit, icon = Icons.Edit)
            }
        }
    }
}

@Composable
private fun What(
    detail: ListenDetail,
    onRate: (Thumb) -> Unit,
) {
    val listen = detail.listen
    Section(word("history_q_what")) {
        Text(listen.title.ifBlank { word("history_untitled") }, style = MaterialTheme.typography.titleLarge)
        if (listen.show.isNotEmpty()) Text(listen.show, style = MaterialTheme.typography.bodyLarge)
        Text(listOf(word(listen.kind.wordKey), playedText(listen)).joinToString(" · "))
        if (listen.note.isNotEmpty()) Text(listen.note, style = MaterialTheme.typography.bodyLarge)
        if (listen.tags.isNotEmpty()) Text(listen.tags.joinToString(" · ") { "#$it" }, color = MaterialTheme.colorScheme.primary)
        detail.original?.title?.let { Text(word("history_edit_source_said", it), style = MaterialTheme.typography.bodySmall) }
        Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(8.dp), verticalAlignment = Alignment.CenterVertically) {
            Rating(Thumb.UP, listen.thumb, onRate)
            Rating(Thumb.DOWN, listen.thumb, onRate)
            Text(word("history_thumb_note"), style = MaterialTheme.typography.bodySmall)
        }
    }
}

@Composable
private fun Rating(
    thumb: Thumb,
    now: Thumb?,
    onRate: (Thumb) -> Unit,
) {
    val on = thumb == now
    val label = if (on) word("history_thumb_none_a11y") else word(thumb.askKey)
    val ground = if (on) MaterialTheme.colorScheme.primaryContainer else MaterialTheme.colorScheme.surfaceContainerLow
    Surface(shape = CircleShape, color = ground) {
        IconAction(thumb.icon, label, Modifier.semantics { selected = on }) { onRate(thumb) }
    }
}

@Composable
private fun Question(
    key: String,
    answers: List<String>,
) = Section(word(key)) { answers.forEach { Text(it) } }

@Composable
private fun Heard(detail: ListenDetail) {
    val listen = detail.listen
    val moment = LocalFormats.current.dateAndTime(listen.startMs)
    val answers =
        listOfNotNull(
            if (listen.source.isEmpty()) moment else word("history_heard_in", moment, sourceName(listen.source)),
            listOf(listen.player, listen.device)
                .filter { it.isNotEmpty() }
                .joinToString(", ")
                .takeIf { it.isNotEmpty() }
                ?.let { word("history_heard_on", it) },
        )
    Question("history_q_heard", answers)
}

@Composable
private fun Before(detail: ListenDetail) {
    val formats = LocalFormats.current
    val first = detail.firstMs
    val answers =
        if (detail.playsBefore == 0uL || first == null) {
            listOf(word("history_before_first"))
        } else {
            listOf(plural("history_before", detail.playsBefore.toLong()), word("history_first_time", formats.date(first)))
        }
    val total = detail.totalPlayedMs.takeIf { it > 0 }?.let { word("history_played", formats.duration(it)) }
    Question("history_q_before", answers + listOfNotNull(total))
}

@Composable
private fun Relation(
    detail: ListenDetail,
    onRelation: (String) -> Unit,
) = Section(word("history_q_relation")) {
    if (detail.creditName.isNotEmpty()) Text(detail.creditName, style = MaterialTheme.typography.bodyLarge)
    if (detail.subscribed) Text(word("history_relation_subscribed"))
    if (detail.payees.isEmpty()) Text(word("history_relation_none"))
    detail.payees.forEach { payee ->
        val party = payee.party
        Text(word("history_relation_with", payee.name, word(if (party == null) "history_relation_payee" else "history_relation_agreed")))
        if (party != null) QuietButton(word("history_relation_open"), { onRelation(party) }, icon = Icons.Forward)
    }
}

/** What leads on: everything that this listen belongs to. */
@Composable
private fun Pages(
    state: ItemState,
    pages: ItemPages,
) {
    val source = state.detail?.listen?.source.orEmpty()
    if (state.belongs.isEmpty() && source.isEmpty()) return
    Section(word("history_answer_pages")) {
        state.belongs.forEach { named ->
            ListRow(
                named.name.ifBlank {
                    word("history_untitled")
                },
                below = word(named.what.oneKey),
                icon = named.what.icon,
                onClick = { pages.page(named.id) },
            ) {
                Icon(Icons.Forward, contentDescription = null)
            }
        }
        if (source.isNotEmpty()) {
            ListRow(sourceName(source), below = word(What.SOURCE.oneKey), icon = What.SOURCE.icon, onClick = { pages.source(source) }) {
                Icon(Icons.Forward, contentDescription = null)
            }
        }
    }
}

/** Why a listen does not count, by the rule of its kind. */
@Composable
private fun ruleText(rule: CountingRule?): String {
    val formats = LocalFormats.current
    val least = rule?.leastMs
    return when {
        least == null -> word("history_answer_rule_never")
        rule.sharePermille == 0L -> word("history_answer_rule_least", formats.duration(least))
        rule.enoughMs == 0L -> word("history_answer_rule_share", formats.duration(least), formats.percent(rule.sharePermille))
        else -> word("history_answer_rule_enough", formats.duration(least), formats.percent(rule.sharePermille), formats.duration(rule.enoughMs))
    }
}

@Composable
private fun Evidence(detail: ListenDetail) {
    val formats = LocalFormats.current
    val answers =
        detail.toldBy.map { told ->
            if (told.format == CAPTURED) {
                word("history_evidence_captured")
            } else {
                val imported = word("history_evidence_import", formats.date(told.importedMs))
                val record = told.record?.let { word("history_evidence_record", it) }
                listOfNotNull(imported, "${formatName(told.format)}, ${told.fileName}", record).joinToString("\n")
            }
        }
    if (answers.isNotEmpty()) Question("history_evidence", answers)
}
