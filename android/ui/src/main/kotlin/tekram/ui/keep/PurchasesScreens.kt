// Purchases by month with a search, and one with what was bought and its receipt.
package tekram.ui.keep

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.Purchase
import tekram.ffi.PurchaseItem
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.Offer
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.money
import tekram.ui.common.phaseWords
import tekram.ui.common.screenPadding
import tekram.ui.common.word
import tekram.ui.want.Note
import tekram.ui.want.Question

/** What the list of purchases leads to. */
interface PurchasesActions {
    /** Looks for a text. */
    fun search(text: String)

    /** Opens one. */
    fun open(purchase: Purchase)

    /** Types one in. */
    fun add()

    /** Imports some. */
    fun import()

    /** Reads them again. */
    fun reload()
}

/** `keep_purchases`: the newest first, under their months. */
@Composable
fun PurchasesScreen(
    state: PurchasesState,
    actions: PurchasesActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("keep_purchases_title"), onBack, actions = {
    IconAction(Icons.Import, word("keep_import_title"), onClick = actions::import)
    IconAction(Icons.Add, word("keep_purchase_add"), onClick = actions::add)
}) {
    val words = phaseWords("keep").copy(emptyTitle = word("keep_purchases_empty_title"), emptyText = word("keep_purchases_empty_text"))
    PhasePane(state.phase, words, onRetry = actions::reload, empty = Offer(word("keep_purchase_add"), actions::add)) {
        val formats = LocalFormats.current
        val months = state.purchases.groupBy { formats.monthOf(it.orderedMs) }
        LazyColumn(Modifier.fillMaxSize()) {
            item("search") { SearchLine(state.text, actions::search) }
            if (months.isEmpty()) item("none") { Text(word("keep_purchases_none", state.text), Modifier.padding(screenPadding)) }
            for ((month, those) in months) {
                item(month) {
                    Text(
                        formats.month(month),
                        Modifier.padding(horizontal = screenPadding, vertical = 8.dp).semantics { heading() },
                        style = MaterialTheme.typography.titleSmall,
                        color = MaterialTheme.colorScheme.primary,
                    )
                }
                items(those, key = { it.id }) { purchase ->
                    PurchaseRow(purchase) { actions.open(purchase) }
                    HorizontalDivider()
                }
            }
        }
    }
}

@Composable
private fun SearchLine(
    text: String,
    onChange: (String) -> Unit,
) = Row(Modifier.padding(horizontal = screenPadding)) {
    TextLine(text, onChange, word("keep_purchases_search"), Modifier.weight(1f).testTag("keep_purchases_search"), onDone = {})
    if (text.isNotEmpty()) {
        IconAction(Icons.Close, word("keep_purchases_clear_a11y"), Modifier.padding(top = 12.dp)) { onChange("") }
    }
}

@Composable
private fun PurchaseRow(
    purchase: Purchase,
    onClick: () -> Unit,
) {
    val formats = LocalFormats.current
    val what = purchase.items.joinToString { it.name }
    ListRow(
        purchase.seller,
        below = listOf(formats.date(purchase.orderedMs), what).filter { it.isNotEmpty() }.joinToString("\n"),
        icon = Icons.Receipt,
        onClick = onClick,
        end = { Text(formats.money(purchase.total), style = MaterialTheme.typography.titleSmall) },
    )
}

/** What can be done with a purchase. */
interface PurchaseActions {
    /** Chooses a photo or file as the receipt. */
    fun attach()

    /** Takes the receipt off. */
    fun detach()

    /** Writes the receipt to a file of the person's choice. */
    fun save()

    /** Removes the purchase. */
    fun remove()

    /** Reads it again. */
    fun reload()
}

/** `keep_purchase`: one purchase. */
@Composable
fun PurchaseScreen(
    state: Kept<PurchaseWithReceipt>,
    actions: PurchaseActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(state.value?.purchase?.seller ?: word("keep_purchases_title"), onBack) {
    PhasePane(state.phase, phaseWords("keep").copy(errorText = word("keep_purchase_gone")), onRetry = actions::reload) {
        val (purchase, receipt) = state.value ?: return@PhasePane
        var asking by rememberSaveable { mutableStateOf(false) }
        ScrollingColumn {
            Bought(purchase)
            state.failure?.let { ErrorLine(errorText(it)) }
            Section(word("keep_purchase_receipt")) { Receipt(receipt, state.busy, actions) }
            OtherButton(word("keep_purchase_remove"), { asking = true }, enabled = !state.busy, icon = Icons.Delete)
        }
        if (asking) {
            Question(word("keep_purchase_remove_text"), word("common_remove"), { asking = false }) {
                asking = false
                actions.remove()
            }
        }
    }
}

@Composable
private fun Bought(purchase: Purchase) {
    val formats = LocalFormats.current
    Section(null) {
        Text(formats.money(purchase.total), style = MaterialTheme.typography.headlineMedium)
        Text(formats.day(purchase.orderedMs))
        if (purchase.orderNumber.isNotEmpty()) Note(word("keep_purchase_order_number", purchase.orderNumber))
        if (purchase.record.isNotEmpty()) Note(word("keep_purchase_signed"))
    }
    if (purchase.items.isNotEmpty()) Section(word("keep_purchase_items")) { purchase.items.forEach { BoughtLine(it) } }
}

@Composable
private fun BoughtLine(item: PurchaseItem) {
    val formats = LocalFormats.current
    Row(Modifier.fillMaxWidth().semantics(mergeDescendants = true) {}, horizontalArrangement = Arrangement.spacedBy(12.dp)) {
        Column(Modifier.weight(1f)) {
            Text(if (item.quantity == 1u) item.name else word("keep_purchase_quantity", item.quantity.toLong(), item.name))
            if (item.productId.isNotEmpty()) Note(item.productId)
        }
        item.price?.let { Text(if (item.quantity == 1u) formats.money(it) else word("keep_purchase_each", formats.money(it))) }
    }
}

@Composable
private fun Receipt(
    receipt: KeptFile?,
    busy: Boolean,
    actions: PurchaseActions,
) {
    if (receipt == null) {
        Note(word("keep_purchase_receipt_none"))
        OtherButton(word("keep_file_attach"), actions::attach, busy = busy, icon = Icons.Add)
    } else {
        FileView(receipt, word("keep_purchase_receipt_a11y"))
        OtherButton(word("keep_file_save"), actions::save, busy = busy, icon = Icons.Export)
        OtherButton(word("keep_purchase_receipt_off"), actions::detach, enabled = !busy, icon = Icons.Remove)
    }
}
