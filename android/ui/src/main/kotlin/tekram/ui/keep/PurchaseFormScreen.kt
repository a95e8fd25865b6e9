// A purchase that is typed in: from whom, when, for how much, and what.
package tekram.ui.keep

import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.text.input.KeyboardType
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalWords
import tekram.ui.common.MainButton
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.word
import tekram.ui.want.minorUnits

/** `keep_purchase_new`. */
@Composable
fun PurchaseFormScreen(
    state: PurchaseFormState,
    onEdit: ((PurchaseFields) -> PurchaseFields) -> Unit,
    onSave: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("keep_purchase_add"), onBack) {
    val fields = state.fields
    val locale = LocalWords.current.locale

    fun wrong(amount: String) = state.unreadable && minorUnits(amount, fields.currency.trim().uppercase(), locale) == null
    ScrollingColumn {
        Line("keep_purchase_seller", fields.seller) { onEdit { before -> before.copy(seller = it) } }
        val dayIsWrong = state.unreadable && fields.date() == null
        TextLine(
            fields.day,
            { onEdit { before -> before.copy(day = it) } },
            word("keep_purchase_day"),
            Modifier.testTag("keep_purchase_day"),
            below = if (dayIsWrong) word("keep_purchase_day_wrong") else null,
            wrong = dayIsWrong,
            keyboard = KeyboardType.Ascii,
        )
        TextLine(
            fields.amount,
            { onEdit { before -> before.copy(amount = it) } },
            word("keep_purchase_amount"),
            Modifier.testTag("keep_purchase_amount"),
            below = if (wrong(fields.amount)) word("keep_purchase_amount_wrong") else null,
            wrong = wrong(fields.amount),
            keyboard = KeyboardType.Decimal,
        )
        Line("keep_purchase_currency", fields.currency, KeyboardType.Ascii) { onEdit { before -> before.copy(currency = it) } }
        Line("keep_purchase_number", fields.orderNumber) { onEdit { before -> before.copy(orderNumber = it) } }
        Section(word("keep_purchase_items")) {
            fields.items.forEachIndexed { index, item ->
                ItemLines(item, index, wrong = { wrong(it) }) { changed ->
                    onEdit { before -> before.copy(items = before.items.mapIndexed { at, old -> if (at == index) changed else old }) }
                }
            }
            QuietButton(word("keep_purchase_item_add"), { onEdit { before -> before.copy(items = before.items + ItemFields()) } }, icon = Icons.Add)
        }
        state.failure?.let { ErrorLine(errorText(it)) }
        MainButton(word("common_save"), onSave, enabled = fields.seller.isNotBlank() && fields.amount.isNotBlank(), busy = state.busy, icon = Icons.Check)
    }
}

@Composable
private fun ItemLines(
    item: ItemFields,
    index: Int,
    wrong: (String) -> Boolean,
    onChange: (ItemFields) -> Unit,
) {
    Line("keep_purchase_item", item.name, tag = "keep_purchase_item_$index") { onChange(item.copy(name = it)) }
    if (item.name.isNotBlank()) {
        Line("keep_purchase_item_count", item.count, KeyboardType.Number) { onChange(item.copy(count = it)) }
        val priceIsWrong = item.price.isNotBlank() && wrong(item.price)
        TextLine(
            item.price,
            { onChange(item.copy(price = it)) },
            word("keep_purchase_item_price"),
            below = if (priceIsWrong) word("keep_purchase_amount_wrong") else null,
            wrong = priceIsWrong,
            keyboard = KeyboardType.Decimal,
        )
    }
}

@Composable
private fun Line(
    label: String,
    value: String,
    keyboard: KeyboardType = KeyboardType.Text,
    tag: String = label,
    onChange: (String) -> Unit,
) = TextLine(value, onChange, word(label), Modifier.testTag(tag), keyboard = keyboard)
