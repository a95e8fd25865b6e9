// What came back, or was saved: whole, in part, or everything of a file. Damage is named, with what it means for the person.
package tekram.ui.vault

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import tekram.ffi.BackupDamage
import tekram.ffi.Rescued
import tekram.ffi.RescuedTable
import tekram.ffi.Restored
import tekram.ui.common.ErrorLine
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.Section
import tekram.ui.common.plural
import tekram.ui.common.word
import tekram.ui.start.StartFrame

/** `start_restore.done`: what came back. */
@Composable
fun CameBackScreen(
    came: CameBack,
    onOpen: () -> Unit,
) = when (came) {
    is CameBack.Whole -> {
        StartFrame(word("start_restore_done_title", came.restored.name), null, null) { Whole(came.restored, onOpen) }
    }
    is CameBack.Partly -> {
        RescuedScreen(came.rescued, onOpen)
    }
    is CameBack.Everything -> {
        StartFrame(word("start_restore_done_title", came.moved.name), null, null) {
            Text(plural("start_rescue_saved", came.moved.content.rows.toLong()))
            Text(word("start_restore_done_pay"))
            MainButton(word("start_restore_open"), onOpen)
        }
    }
}

@Composable
private fun ColumnScope.Whole(
    restored: Restored,
    onOpen: () -> Unit,
) {
    val made = LocalFormats.current.dateAndTime(restored.madeMs)
    Text(word("start_restore_done_text", made), Modifier.semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.titleMedium)
    if (restored.cut) Text(word("start_restore_cut"))
    Text(word("start_restore_done_pay"))
    if (restored.damage.isNotEmpty()) {
        Damage(restored.damage)
        Text(word("start_restore_damage_older"))
    }
    MainButton(word("start_restore_open"), onOpen)
}

/** The damaged parts of a backup. */
@Composable
private fun Damage(damage: List<BackupDamage>) {
    ErrorLine(word("start_restore_damage_title"))
    Section(null) {
        damage.forEach {
            val part = word("start_restore_part_state", it.state.toLong())
            Text(
                if (it.pages ==
                    0u
                ) {
                    word("start_restore_damage_part", part)
                } else {
                    plural("start_restore_damage_pages", it.pages.toLong(), it.pages.toLong(), part)
                },
            )
        }
    }
}

/** `start_rescue.done`: what was saved of a damaged profile or backup. */
@Composable
fun RescuedScreen(
    rescued: Rescued,
    onOpen: () -> Unit,
) = StartFrame(word(if (rescued.complete) "start_rescue_done_complete" else "start_rescue_done_partly"), null, null) {
    rescued.madeMs?.let { Text(word("start_restore_done_text", LocalFormats.current.dateAndTime(it))) }
    Text(word(if (rescued.sameKeys) "start_rescue_same_keys" else "start_rescue_other_keys"))
    Column {
        byPart(rescued.tables).forEach { (part, saved, lost) ->
            val lines = listOfNotNull(plural("start_rescue_saved", saved), plural("start_rescue_lost", lost).takeIf { lost > 0 })
            ListRow(word("start_rescue_part_$part"), below = lines.joinToString("\n"))
            HorizontalDivider()
        }
    }
    if (rescued.inboxItems > 0uL) Text(plural("start_rescue_inbox", rescued.inboxItems.toLong()))
    if (rescued.damage.isNotEmpty()) Damage(rescued.damage)
    MainButton(word("start_restore_open"), onOpen)
}

/** A part of the app as a person knows it, with its entries that were saved and lost. */
internal data class RescuedPart(
    val part: String,
    val saved: Long,
    val lost: Long,
)

/** The tables, put together to the parts that a person knows, in the order of the tabs. */
internal fun byPart(tables: List<RescuedTable>): List<RescuedPart> =
    tables
        .groupBy { table -> parts.first { (prefix) -> table.table.startsWith(prefix) }.second }
        .map { (part, tables) -> RescuedPart(part, tables.sumOf { it.saved.toLong() }, tables.sumOf { it.lost.toLong() }) }
        .sortedBy { found -> parts.indexOfFirst { it.second == found.part } }

private val parts =
    listOf(
        "listen_" to "history",
        "pay_" to "pay",
        "intent_" to "want",
        "relate_" to "relations",
        "vault_audit_" to "audit",
        "vault_attribute" to "holdings",
        "vault_blob" to "holdings",
        "vault_credential" to "holdings",
        "vault_membership" to "holdings",
        "vault_pen_" to "holdings",
        "vault_purchase" to "holdings",
        "" to "other",
    )
