// The holding pen on the screen: what arrived and when, and one batch with its things to tick, add or throw away.
package tekram.ui.keep

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.Checkbox
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.PenBatch
import tekram.ffi.PenItem
import tekram.ffi.PenKind
import tekram.ffi.PenState
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.Rows
import tekram.ui.common.RowsList
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.money
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.word
import tekram.ui.want.Note
import tekram.ui.want.Question

/** `keep_pen`: what arrived, the newest first. */
@Composable
fun PenScreen(
    state: Kept<List<PenBatch>>,
    onOpen: (PenBatch) -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("keep_pen_title"), onBack) {
    val words = phaseWords("keep").copy(emptyTitle = word("keep_pen_empty_title"), emptyText = word("keep_pen_empty_text"))
    PhasePane(state.phase, words, onRetry = onRetry) {
        LazyColumn(Modifier.fillMaxSize()) {
            item("text") { Text(word("keep_pen_text"), Modifier.padding(screenPadding)) }
            items(state.value.orEmpty(), key = { it.id }) { batch ->
                val lines = listOf(counts(batch), word("keep_pen_arrived", LocalFormats.current.date(batch.arrivedMs)))
                ListRow(batchName(batch), below = lines.filter { it.isNotEmpty() }.joinToString("\n"), icon = Icons.Tray, onClick = { onOpen(batch) }, end = {
                    Icon(Icons.Forward, contentDescription = null)
                })
                HorizontalDivider()
            }
        }
    }
}

/** A file keeps its name; a proof has the name of its kind. */
private fun batchName(batch: PenBatch): String = if (batch.source.isEmpty()) batch.name else proofName(batch.name)

/** How many wait, were added and were thrown away; what is none is left out. */
@Composable
private fun counts(batch: PenBatch): String =
    listOfNotNull(
        if (batch.held > 0u) plural("keep_pen_held", batch.held.toLong()) else null,
        if (batch.accepted > 0u) plural("keep_pen_accepted", batch.accepted.toLong()) else null,
        if (batch.rejected > 0u) plural("keep_pen_rejected", batch.rejected.toLong()) else null,
    ).joinToString(" · ")

/** What can be decided about a batch. */
interface BatchActions {
    /** Ticks or unticks a thing. */
    fun choose(
        item: UInt,
        along: Boolean,
    )

    /** Adds what was ticked, or everything. */
    fun accept()

    /** Throws away what was ticked, or everything. */
    fun reject()

    /** Takes everything that was added out again. */
    fun undo()

    /** Clears it from the list. */
    fun discard()

    /** Reads it again. */
    fun reload()
}

/** `keep_batch`: one batch. */
@Composable
fun BatchScreen(
    state: BatchState,
    items: Rows<PenItem>,
    onNear: (Int) -> Unit,
    actions: BatchActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("keep_pen_title"), onBack) {
    val words = phaseWords("keep").copy(emptyTitle = word("keep_pen_title"), emptyText = word("keep_batch_gone"))
    PhasePane(state.phase, words, onRetry = actions::reload) {
        val batch = state.batch ?: return@PhasePane
        RowsList(items, onNear, before = { item { Decision(state, batch, actions) } }) { item ->
            ItemRow(item, item.number in state.chosen, !state.busy) { actions.choose(item.number, it) }
            HorizontalDivider()
        }
    }
}

private enum class Asked { RejectAll, Undo, Discard }

@Composable
private fun Decision(
    state: BatchState,
    batch: PenBatch,
    actions: BatchActions,
) {
    var asked by rememberSaveable { mutableStateOf<Asked?>(null) }
    Column(Modifier.padding(screenPadding), verticalArrangement = Arrangement.spacedBy(12.dp)) {
        Section(batchName(batch)) {
            if (batch.source.isNotEmpty()) Note(word("keep_source_collected", batch.source))
            Text(counts(batch))
            Note(word("keep_pen_arrived", LocalFormats.current.dateAndTime(batch.arrivedMs)))
        }
        state.failure?.let { ErrorLine(errorText(it)) }
        state.done?.let { Done(it) }
        if (batch.held > 0u) Waiting(state, actions) { asked = Asked.RejectAll }
        if (batch.accepted > 0u || batch.rejected > 0u) {
            OtherButton(word("keep_batch_undo"), { asked = Asked.Undo }, enabled = !state.busy, icon = Icons.Refresh)
        }
        QuietButton(word("keep_batch_discard"), { asked = Asked.Discard }, enabled = !state.busy, icon = Icons.Delete)
    }
    when (asked) {
        Asked.RejectAll -> {
            Ask("keep_batch_reject_text", "keep_batch_reject_all", { asked = null }, actions::reject)
        }
        Asked.Undo -> {
            Ask("keep_batch_undo_text", "keep_batch_undo", { asked = null }, actions::undo)
        }
        Asked.Discard -> {
            Ask("keep_batch_discard_text", "keep_batch_discard", { asked = null }, actions::discard)
        }
        null -> {}
    }
}

@Composable
private fun Ask(
    text: String,
    action: String,
    onEnd: () -> Unit,
    onConfirm: () -> Unit,
) = Question(word(text), word(action), onEnd) {
    onEnd()
    onConfirm()
}

/** Without ticks, all of it is meant. */
@Composable
private fun Waiting(
    state: BatchState,
    actions: BatchActions,
    onRejectAll: () -> Unit,
) {
    val chosen = state.chosen.size.toLong()
    if (chosen > 0) {
        MainButton(plural("keep_batch_accept_chosen", chosen), actions::accept, busy = state.busy, icon = Icons.Check)
        OtherButton(plural("keep_batch_reject_chosen", chosen), actions::reject, enabled = !state.busy, icon = Icons.Delete)
    } else {
        MainButton(word("keep_batch_accept_all"), actions::accept, busy = state.busy, icon = Icons.Check)
        Note(word("keep_batch_accept_text"))
        OtherButton(word("keep_batch_reject_all"), onRejectAll, enabled = !state.busy, icon = Icons.Delete)
    }
}

@Composable
private fun Done(done: BatchDone) =
    Section(null, Modifier.semantics { liveRegion = LiveRegionMode.Polite }) {
        when (done) {
            is BatchDone.Added -> {
                Text(plural("keep_batch_added", done.accepted))
                if (done.alike > 0) Text(plural("keep_batch_alike", done.alike))
            }
            is BatchDone.ThrownAway -> {
                Text(plural("keep_pen_rejected", done.count))
            }
            is BatchDone.Undone -> {
                Text(plural("keep_batch_undone", done.count))
            }
        }
    }

@Composable
private fun ItemRow(
    item: PenItem,
    chosen: Boolean,
    enabled: Boolean,
    onChoose: (Boolean) -> Unit,
) {
    val waits = item.state == PenState.HELD
    val modifier = if (waits) Modifier.toggleable(chosen, enabled, Role.Checkbox, onValueChange = onChoose) else Modifier
    ListRow(
        itemTitle(item),
        modifier.testTag("keep_item_${item.number}"),
        below = itemLines(item).joinToString("\n"),
        icon = item.kind.icon,
        end = { if (waits) Checkbox(chosen, onCheckedChange = null, enabled = enabled) },
    )
}

/** Attributes and proofs are called by their kind, what else there is by its own name. */
@Composable
private fun itemTitle(item: PenItem): String =
    when (item.kind) {
        PenKind.ATTRIBUTE -> {
            val kind = AttributeKind.of(item.title)
            if (kind == AttributeKind.Free) item.title.substringAfter(':') else word(kind.wordKey)
        }
        PenKind.CREDENTIAL -> {
            proofName(item.title)
        }
        PenKind.MEMBERSHIP, PenKind.PREFERENCE, PenKind.PURCHASE -> {
            item.title
        }
    }

@Composable
private fun itemLines(item: PenItem): List<String> {
    val formats = LocalFormats.current
    val detail = item.detail.takeIf { it.isNotEmpty() }
    return listOfNotNull(
        word(item.kind.wordKey),
        if (item.kind == PenKind.CREDENTIAL) detail?.let { word("keep_proof_by", it) } else detail,
        item.stance?.let { word(it.wordKey) },
        item.total?.let { formats.money(it) },
        item.orderedMs?.let { formats.date(it) },
        if (item.verified) word("keep_source_verified_unknown") else null,
        when (item.state) {
            PenState.HELD -> if (item.alike) word("keep_item_alike") else null
            PenState.ACCEPTED -> word("keep_item_accepted")
            PenState.REJECTED -> word("keep_item_rejected")
        },
    )
}

private val PenKind.wordKey: String
    get() =
        when (this) {
            PenKind.ATTRIBUTE -> "keep_kind_attribute"
            PenKind.MEMBERSHIP -> "keep_kind_membership"
            PenKind.PREFERENCE -> "keep_kind_preference"
            PenKind.PURCHASE -> "keep_kind_purchase"
            PenKind.CREDENTIAL -> "keep_kind_credential"
        }

private val PenKind.icon: ImageVector
    get() =
        when (this) {
            PenKind.ATTRIBUTE -> Icons.Person
            PenKind.MEMBERSHIP -> Icons.Code
            PenKind.PREFERENCE -> Icons.ThumbUp
            PenKind.PURCHASE -> Icons.Receipt
            PenKind.CREDENTIAL -> Icons.Card
        }
