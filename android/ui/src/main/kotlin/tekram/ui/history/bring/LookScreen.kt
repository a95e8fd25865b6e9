// A file before it is read: what it is, its first plays as they would be read, and what it does not say itself: the zone of its
// times, the columns of a table. And what became of several files.
package tekram.ui.history.bring

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.DropdownMenu
import androidx.compose.material3.DropdownMenuItem
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import tekram.ffi.ColumnRole
import tekram.ffi.FileImported
import tekram.ffi.LookedTable
import tekram.ffi.MappedColumn
import tekram.ffi.SampledPlay
import tekram.ffi.TableMapping
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.QuietButton
import tekram.ui.common.Section
import tekram.ui.common.Shown
import tekram.ui.common.TextLine
import tekram.ui.common.ToggleRow
import tekram.ui.common.errorText
import tekram.ui.common.plural
import tekram.ui.common.touchable
import tekram.ui.common.word
import tekram.ui.history.Importing
import tekram.ui.history.formatName
import tekram.ui.history.icon
import tekram.ui.want.Note
import java.time.ZoneId

private const val ZONES_SHOWN = 6
private const val EXAMPLES = 3

/** What the person can say of a file that was looked at. */
interface LookActions {
    /** The zone in which its times were written. */
    fun zone(zone: String)

    /** What its columns mean. */
    fun mapping(mapping: TableMapping)

    /** It is read like this. */
    fun read()

    /** It is another one. */
    fun leave()
}

/** A file that was looked at, on `history_import`. */
@Composable
internal fun ColumnScope.LookParts(
    looked: Importing.Looked,
    actions: LookActions,
) {
    val look = looked.look
    val table = look.table
    val format = look.format
    val known = format != null || table != null
    Section(looked.file) {
        Text(
            when {
                format != null -> word("history_look_is", formatName(format))
                table != null -> word("history_look_table")
                else -> word("history_look_unknown")
            },
        )
        if (looked.more > 0) Note(plural("history_look_more", looked.more.toLong()))
        if (look.files > 1uL) Note(plural("history_look_files", look.files.toLong()))
        if (look.subscriptions.isNotEmpty()) Text(word("history_look_podcasts", look.subscriptions.joinToString(", ")))
    }
    if (table != null) Columns(table, looked.readAs.mapping ?: table.suggested, actions::mapping)
    if (look.localTimes || table != null) Zone(looked.readAs.zone, actions::zone)
    looked.failure?.let { ErrorLine(errorText(it)) }
    if (look.plays.isNotEmpty()) First(look.plays)
    if (look.refused.isNotEmpty()) Refused(looked)
    if (known) MainButton(word("history_look_read"), actions::read, enabled = looked.failure == null, icon = Icons.Import)
    OtherButton(word("history_look_other"), actions::leave, icon = Icons.Close)
}

@Composable
private fun First(plays: List<SampledPlay>) =
    Section(word("history_look_first")) {
        val formats = LocalFormats.current
        plays.forEach { play ->
            val made = play.creators.joinToString(", ").ifEmpty { play.show }
            ListRow(
                play.title.ifBlank { word("history_untitled") },
                below = listOf(made, formats.dateAndTime(play.startMs)).filter { it.isNotEmpty() }.joinToString(" · "),
                icon = play.kind.icon,
            )
        }
    }

@Composable
private fun Refused(looked: Importing.Looked) =
    Section(word("history_look_refused")) {
        val words = LocalWords.current
        looked.look.refused.forEach { line ->
            val key = "history_reason_${line.reason}"
            val reason = if (words.has(key)) words.word(key) else words.word("history_reason_unknown")
            Text(if (line.line > 0uL) word("history_look_refused_line", line.line.toLong(), reason) else reason)
        }
    }

/** In which zone times without one were written; the phone's own at first. */
@Composable
private fun Zone(
    chosen: String?,
    onZone: (String) -> Unit,
) = Section(word("history_look_zone")) {
    Note(word("history_look_zone_text"))
    Text(zoneName(chosen ?: "UTC"), style = MaterialTheme.typography.bodyLarge)
    var text by rememberSaveable { mutableStateOf("") }
    TextLine(text, { text = it }, word("history_look_zone_other"), Modifier.testTag("look_zone"))
    val typed = text.trim().replace(' ', '_')
    if (typed.isNotEmpty()) {
        val found = ZoneId.getAvailableZoneIds().filter { '/' in it || it == "UTC" }.filter { it.contains(typed, ignoreCase = true) }.sorted()
        found.take(ZONES_SHOWN).forEach { zone ->
            ListRow(zoneName(zone), onClick = {
                onZone(zone)
                text = ""
            })
        }
        if (found.isEmpty()) Text(word("history_search_none", text))
    }
}

private fun zoneName(zone: String): String = zone.replace('_', ' ')

/** The columns of a table, each with its first values and what it means. */
@Composable
private fun Columns(
    table: LookedTable,
    mapping: TableMapping,
    onMapping: (TableMapping) -> Unit,
) = Section(word("history_look_columns")) {
    Note(word("history_look_columns_text"))
    ToggleRow(word("history_look_header"), null, mapping.header, onChange = { onMapping(mapping.copy(header = it)) })
    ToggleRow(word("history_look_day_first"), null, mapping.dayFirst, onChange = { onMapping(mapping.copy(dayFirst = it)) })
    table.headings.forEachIndexed { at, heading ->
        val examples = table.rows.mapNotNull { row -> row.getOrNull(at)?.takeIf { it.isNotBlank() } }.take(EXAMPLES)
        val role = mapping.columns.find { it.column.toInt() == at }?.role
        Column(Modifier.fillMaxWidth()) {
            Text(heading, style = MaterialTheme.typography.titleSmall)
            if (examples.isNotEmpty()) Note(examples.joinToString(" · "))
            Role(role, "look_column_$at") { onMapping(mapping.with(at, it)) }
        }
    }
}

/** What a column means, chosen from a list. */
@Composable
private fun Role(
    role: ColumnRole?,
    tag: String,
    onRole: (ColumnRole?) -> Unit,
) = Box {
    var open by rememberSaveable { mutableStateOf(false) }
    QuietButton(roleText(role), { open = true }, Modifier.testTag(tag), icon = Icons.Expand)
    DropdownMenu(open, { open = false }) {
        (listOf<ColumnRole?>(null) + ColumnRole.entries).forEach { one ->
            DropdownMenuItem({ Text(roleText(one)) }, {
                open = false
                onRole(one)
            }, Modifier.touchable())
        }
    }
}

@Composable
private fun roleText(role: ColumnRole?): String = word(if (role == null) "history_look_role_none" else "history_look_role_${role.name.lowercase()}")

/** A meaning stands at one column only. */
internal fun TableMapping.with(
    column: Int,
    role: ColumnRole?,
): TableMapping {
    val others = columns.filter { it.column.toInt() != column && it.role != role }
    return copy(columns = if (role == null) others else others + MappedColumn(role, column.toUInt()))
}

/** What became of several files. */
@Composable
internal fun FilesRead(
    files: List<FileImported>,
    onOpen: (Long) -> Unit,
) = Section(word("history_look_several")) {
    files.forEach { file ->
        val report = file.report
        val problem = file.problem
        if (report != null) {
            ListRow(file.fileName, below = plural("history_pen_new", report.listens.toLong()), icon = Icons.Tray, onClick = { onOpen(report.batch) })
        } else if (problem != null) {
            ListRow(file.fileName, below = errorText(Shown(0, problem, "listen")), icon = Icons.Warning)
        }
    }
}
