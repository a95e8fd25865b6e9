// Who saw what: the record day by day with its filters and a search, one entry in full, and below the list what can be done
// with the record as a whole.
package tekram.ui.vault

import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.FilterChip
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.AuditBreak
import tekram.ffi.AuditItem
import tekram.ffi.AuditReport
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.OtherButton
import tekram.ui.common.Phase
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.Rows
import tekram.ui.common.RowsList
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.touchable
import tekram.ui.common.word

/** What can be done with the record. */
interface AuditActions {
    /** A row is on the screen. */
    fun near(index: Int)

    /** Looks for a text. */
    fun search(text: String)

    /** Shows kinds of entries. */
    fun show(filter: AuditFilter)

    /** Opens an entry. */
    fun open(item: AuditItem)

    /** Opens what can be done with the whole record. */
    fun more()

    /** Reads it again. */
    fun reload()
}

/** `me_audit`: the record, newest first. */
@Composable
fun AuditScreen(
    state: AuditState,
    items: Rows<AuditItem>,
    actions: AuditActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_audit_title"), onBack, actions = { IconAction(Icons.More, word("common_more"), onClick = actions::more) }) {
    Column {
        Search(state, actions)
        val words = phaseWords("me").copy(emptyTitle = word("me_audit_title"), emptyText = word("me_audit_empty"))
        PhasePane(items.phase, words, onRetry = actions::reload) {
            RowsList(
                items,
                actions::near,
                before = { item { Text(word("me_audit_text"), Modifier.padding(screenPadding), style = MaterialTheme.typography.bodyMedium) } },
                above = { before, item -> Day(before, item) },
            ) { item ->
                Entry(item) { actions.open(item) }
                HorizontalDivider()
            }
        }
    }
}

@Composable
private fun Search(
    state: AuditState,
    actions: AuditActions,
) {
    var text by rememberSaveable { mutableStateOf(state.text) }
    Column(Modifier.padding(horizontal = screenPadding)) {
        TextLine(text, {
            text = it
            actions.search(it)
        }, word("me_audit_search"), Modifier.testTag("me_audit_search"), onDone = {})
    }
    Row(
        Modifier.horizontalScroll(rememberScrollState()).selectableGroup().padding(horizontal = screenPadding, vertical = 8.dp),
        horizontalArrangement = Arrangement.spacedBy(8.dp),
    ) {
        AuditFilter.entries.forEach { filter ->
            FilterChip(
                state.filter == filter,
                { actions.show(filter) },
                { Text(word("me_audit_filter_${filter.name.lowercase()}")) },
                Modifier.touchable(),
            )
        }
    }
}

/** The day, above its first entry. */
@Composable
private fun Day(
    before: AuditItem?,
    item: AuditItem,
) {
    val formats = LocalFormats.current
    val day = formats.day(item.atMs)
    if (before == null || formats.day(before.atMs) != day) {
        Text(
            day,
            Modifier.padding(start = screenPadding, end = screenPadding, top = screenPadding).semantics { heading() },
            style = MaterialTheme.typography.titleSmall,
            color = MaterialTheme.colorScheme.primary,
        )
    }
}

@Composable
private fun Entry(
    item: AuditItem,
    onClick: () -> Unit,
) {
    val destroyed = word("me_audit_destroyed").takeIf { item.destroyed }
    val lines = listOfNotNull(item.who, item.what, destroyed, LocalFormats.current.time(item.atMs))
    ListRow(kindText(item.kind), below = lines.joinToString("\n"), icon = item.icon, onClick = onClick, end = {
        Icon(Icons.Forward, contentDescription = null)
    })
}

@Composable
private fun kindText(kind: String): String {
    val key = "me_audit_kind_$kind"
    return if (LocalWords.current.has(key)) word(key) else word("me_audit_kind_other")
}

private val AuditItem.icon: ImageVector
    get() =
        when (kind) {
            in AuditFilter.Seen.kinds -> Icons.Share
            in AuditFilter.Unlocks.kinds -> Icons.Unlock
            in AuditFilter.Ways.kinds -> Icons.Key
            in AuditFilter.Copies.kinds -> Icons.Export
            in AuditFilter.Proofs.kinds -> Icons.Card
            "content_destroyed" -> Icons.Delete
            else -> Icons.Words
        }

/** `me_audit_item`: one entry in full; [onDestroy] destroys its text. */
@Composable
fun AuditItemScreen(
    phase: Phase,
    item: AuditItem?,
    failure: String?,
    onDestroy: () -> Unit,
    onBack: (() -> Unit)?,
) {
    var asking by remember { mutableStateOf(false) }
    ScreenFrame(word("me_audit_title"), onBack) {
        val words = phaseWords("me").copy(emptyTitle = word("me_audit_title"), emptyText = word("me_audit_gone"))
        PhasePane(if (item == null && phase == Phase.Ready) Phase.Empty else phase, words) {
            ScrollingColumn {
                item?.let { Detail(it) }
                failure?.let { ErrorLine(it) }
                if (item?.hasText == true) OtherButton(word("me_audit_destroy"), { asking = true }, icon = Icons.Delete)
            }
        }
    }
    if (asking) {
        DestroyText({ asking = false }) {
            asking = false
            onDestroy()
        }
    }
}

/** There is a text that could be destroyed. */
private val AuditItem.hasText: Boolean get() = !destroyed && listOfNotNull(who, party, record, what).isNotEmpty()

@Composable
private fun ColumnScope.Detail(item: AuditItem) {
    Text(kindText(item.kind), style = MaterialTheme.typography.titleLarge)
    Text(word("me_audit_number", item.number.toLong()), style = MaterialTheme.typography.bodyMedium)
    Section(null) {
        Part("me_audit_when", LocalFormats.current.dateAndTime(item.atMs))
        item.who?.let { Part("me_audit_who", it) }
        item.what?.let { Part("me_audit_what", it) }
        item.party?.let { Part("me_audit_party", it) }
        item.record?.let { Part("me_audit_record", it) }
        item.about?.let { Part("me_audit_record", word("me_audit_about", it.toLong())) }
        if (item.destroyed) Text(word("me_audit_destroyed"))
    }
}

@Composable
private fun Part(
    title: String,
    text: String,
) {
    Text(word(title), style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
    Text(text, style = MaterialTheme.typography.bodyLarge)
}

/** Asks before a text is destroyed. */
@Composable
internal fun DestroyText(
    onDismiss: () -> Unit,
    onDestroy: () -> Unit,
) = AlertDialog(
    onDismissRequest = onDismiss,
    title = { Text(word("me_audit_destroy_title")) },
    text = { Text(word("me_audit_destroy_text")) },
    confirmButton = { QuietButton(word("me_audit_destroy"), onDestroy) },
    dismissButton = { QuietButton(word("common_cancel"), onDismiss) },
)

/** `me_audit_whole`: the record as a whole, checked and saved. */
@Composable
fun AuditWholeScreen(
    state: AuditState,
    onVerify: () -> Unit,
    onExport: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_audit_title"), onBack) {
    ScrollingColumn {
        Text(word("me_audit_text"))
        state.report?.let { Verified(it) }
        state.failure?.let { ErrorLine(errorText(it)) }
        OtherButton(word("me_audit_verify"), onVerify, busy = state.busy, icon = Icons.Check)
        Section(null) {
            Text(word("me_audit_export_text"))
            state.exported?.let { Text(plural("me_audit_exported", it.toLong()), Modifier.semantics { liveRegion = LiveRegionMode.Polite }) }
            OtherButton(word("me_audit_export"), onExport, enabled = !state.busy, icon = Icons.Export)
        }
    }
}

@Composable
private fun ColumnScope.Verified(report: AuditReport) {
    if (report.breaks.isEmpty()) {
        Section(null) {
            Text(plural("me_audit_verified", report.entries.toLong()), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
            if (report.destroyed > 0u) Text(plural("me_audit_verified_destroyed", report.destroyed.toLong()))
        }
    } else {
        ErrorLine(word("me_audit_broken"))
        Column { report.breaks.forEach { Text(faultText(it)) } }
    }
}

@Composable
private fun faultText(found: AuditBreak): String {
    val key = "me_audit_fault_${found.fault}"
    val number = found.number.toLong()
    return when {
        found.fault == "missing" -> word("me_audit_fault_missing")
        LocalWords.current.has(key) -> word(key, number)
        else -> word("me_audit_fault_other", number)
    }
}
