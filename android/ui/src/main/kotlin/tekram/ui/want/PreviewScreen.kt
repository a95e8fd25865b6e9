// Exactly what everybody will see of a request, before it is sent and afterwards: the area on a map, every field in plain
// words, the text and the labels word for word, and who can read it.
package tekram.ui.want

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.unit.dp
import tekram.ffi.Cell
import tekram.ffi.Intent
import tekram.ffi.TermsRow
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalMono
import tekram.ui.common.LocalWords
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.word

/** What can be done with a request before it is sent. */
interface PreviewActions {
    /** Sends it. */
    fun send()

    /** Stops sending it. */
    fun stop()

    /** Throws the draft away. */
    fun discard()
}

/** `want_preview`: what everybody will see, or sees. */
@Composable
fun PreviewScreen(
    state: RequestState,
    actions: PreviewActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("want_preview_title"), onBack) {
    PhasePane(state.phase, phaseWords("want"), onRetry = onRetry) {
        val intent = state.intent ?: return@PhasePane
        ScrollingColumn {
            Text(word("want_preview_text"))
            Where(intent)
            Seen(intent, state.terms)
            WhoSees(intent)
            WordForWord(intent)
            state.failure?.let { ErrorLine(errorText(it)) }
            if (state.stopped) Text(word("want_send_stopped"), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
            if (intent.state == "draft") Sending(state, actions)
        }
    }
}

@Composable
private fun Sending(
    state: RequestState,
    actions: PreviewActions,
) {
    var asking by rememberSaveable { mutableStateOf(false) }
    if (state.doing == Doing.Sending) {
        Section(null, Modifier.semantics { liveRegion = LiveRegionMode.Polite }) {
            Text(word("want_send_working"))
            LinearProgressIndicator(Modifier.fillMaxWidth())
            OtherButton(word("common_stop"), actions::stop, icon = Icons.Close)
        }
    } else {
        val free = state.doing == Doing.Nothing
        MainButton(word("want_send"), actions::send, enabled = free, icon = Icons.Share)
        OtherButton(word("want_draft_discard"), { asking = true }, enabled = free, icon = Icons.Delete)
    }
    if (asking) {
        Question(word("want_draft_discard_confirm"), word("want_draft_discard"), { asking = false }) {
            asking = false
            actions.discard()
        }
    }
}

/** The area on a map, and every cell that is published with it. */
@Composable
private fun Where(intent: Intent) =
    Section(word("want_preview_area")) {
        CellMap(intent.cells)
        Text(word("want_seen_cells"), style = MaterialTheme.typography.titleSmall)
        intent.cells.forEach { cell -> CellRow(cell) }
    }

/** Every field in plain words. */
@Composable
private fun Seen(
    intent: Intent,
    roster: List<TermsRow>,
) = Section(word("want_seen")) {
    val formats = LocalFormats.current
    val words = LocalWords.current
    Named(word("want_seen_what"), intent.want)
    Named(word("want_seen_quantity"), formats.number(intent.quantity.toLong()))
    intent.gtin?.let { Named(word("want_seen_gtin"), it) }
    Named(word("want_seen_ceiling"), intent.ceiling?.let { formats.money(it.amountMinor, it.currency) } ?: word("want_ceiling_none"))
    Named(word("want_seen_until"), formats.moment(intent.until))
    Named(word("want_seen_terms"), words.termsTitle(intent.terms, roster))
    Named(word("want_seen_key"), word("want_seen_key_text"))
}

@Composable
private fun CellRow(cell: Cell) {
    val words = LocalWords.current
    val area = cell.area
    val length = cell.geohash.length
    val digits = cellDigits(length)
    val size = "want_precision_$length".takeIf(words::has)?.let { words.word(it) } ?: cell.geohash
    val along = word("want_map_range", words.latitude(area.south, digits), words.latitude(area.north, digits))
    val across = word("want_map_range", words.longitude(area.west, digits), words.longitude(area.east, digits))
    Column(Modifier.fillMaxWidth().semantics(mergeDescendants = true) {}) {
        Text(size)
        // Coordinates are read from left to right in every language.
        listOf(along, across).forEach { Note(it, MaterialTheme.typography.bodyMedium.copy(textDirection = TextDirection.Ltr)) }
    }
}

@Composable
private fun WhoSees(intent: Intent) =
    Section(word("want_who")) {
        Text(word(if (intent.inStore) "want_who_in_store" else "want_who_standing"))
        intent.relays.forEach { Text(hostOf(it), style = MaterialTheme.typography.bodyLarge) }
        Note(word("want_preview_not"))
        Note(word("want_preview_address"))
    }

/** The event's text and labels as they are sent. */
@Composable
private fun WordForWord(intent: Intent) =
    Section(null) {
        var open by rememberSaveable { mutableStateOf(false) }
        QuietButton(word("want_preview_exact"), { open = !open }, icon = if (open) Icons.Collapse else Icons.Expand)
        if (!open) return@Section
        Note(word("want_exact_note"))
        val raw = MaterialTheme.typography.bodySmall.copy(fontFamily = LocalMono.current, textDirection = TextDirection.Ltr)
        SelectionContainer {
            Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
                Text(word("want_exact_content"), style = MaterialTheme.typography.titleSmall)
                Text(intent.content, style = raw)
                Text(word("want_exact_tags"), style = MaterialTheme.typography.titleSmall)
                intent.tags.forEach { tag -> Text(tag.joinToString("  "), style = raw) }
            }
        }
    }
