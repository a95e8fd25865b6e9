// The rules of the split on its screen: budget, smallest payment, and what a share goes by. An amount is read as the
// person's locale writes it, and counts when the whole of it can be read.
package tekram.ui.pay

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.FilterChip
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import tekram.ffi.Money
import tekram.ffi.StatementState
import tekram.ffi.Weight
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.TextLine
import tekram.ui.common.money
import tekram.ui.common.screenPadding
import tekram.ui.common.touchable
import tekram.ui.common.word
import java.math.BigDecimal
import java.text.DecimalFormat
import java.text.NumberFormat
import java.text.ParsePosition
import java.util.Currency
import java.util.Locale

/** Offered besides the currency of the person's country. */
private val commonCurrencies = listOf("EUR", "USD", "GBP", "CHF", "SAT")

/** How many digits of [currency] are minor units. */
private fun digits(currency: String): Int = runCatching { Currency.getInstance(currency).defaultFractionDigits }.getOrDefault(0).coerceAtLeast(0)

/** The minor units that [text] says in [locale], or null when it is not an amount of [currency]. */
internal fun minorOf(
    text: String,
    currency: String,
    locale: Locale,
): Long? {
    val format = NumberFormat.getNumberInstance(locale) as DecimalFormat
    format.isParseBigDecimal = true
    // A German "10.50" is refused, not read as one thousand and fifty.
    format.isGroupingUsed = false
    val typed = text.trim()
    val position = ParsePosition(0)
    val amount = format.parse(typed, position) as? BigDecimal
    val whole = amount != null && position.index == typed.length && amount.signum() >= 0
    return if (whole) runCatching { amount.movePointRight(digits(currency)).longValueExact() }.getOrNull() else null
}

/** [money] as a field shows it for typing: digits and the locale's point, without the currency. */
internal fun typed(
    money: Money,
    locale: Locale,
): String =
    NumberFormat.getNumberInstance(locale).run {
        isGroupingUsed = false
        maximumFractionDigits = digits(money.currency)
        format(BigDecimal.valueOf(money.amountMinor, digits(money.currency)))
    }

/** The currency of [locale]'s country, else euro. */
internal fun currencyOf(locale: Locale): String = runCatching { Currency.getInstance(locale).currencyCode }.getOrDefault("EUR")

/** The month's budget, and in which currency as long as there is none. */
@Composable
internal fun BudgetLine(
    state: PayState,
    actions: SplitActions,
) {
    val planned = state.statement?.let { it.state == StatementState.DRAFT } ?: true
    if (!planned) return
    val locale = LocalWords.current.locale
    var currency by remember(state.budget?.currency) { mutableStateOf(state.budget?.currency ?: currencyOf(locale)) }
    Column(Modifier.fillMaxWidth().padding(horizontal = screenPadding), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        if (state.rules == null) Text(word("pay_no_budget"), style = MaterialTheme.typography.bodyLarge)
        // What is typed belongs to the rules in force: when they change, the field begins anew.
        key(state.rules?.budget, currency) {
            AmountLine(state.budget?.takeIf { it.currency == currency }, currency, word("pay_budget"), "pay_budget", word("pay_budget_hint")) {
                actions.setBudget(it, currency)
            }
        }
        if (state.rules == null) Currencies(currency, locale) { currency = it }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Currencies(
    chosen: String,
    locale: Locale,
    onChoose: (String) -> Unit,
) {
    FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        (listOf(currencyOf(locale)) + commonCurrencies).distinct().forEach {
            FilterChip(it == chosen, { onChoose(it) }, { Text(it) }, Modifier.touchable())
        }
    }
}

/** What is smaller than this is not sent. */
@Composable
internal fun MinimumLine(
    state: PayState,
    actions: SplitActions,
) {
    val minimum = state.minimum ?: state.budget?.copy(amountMinor = 0) ?: return
    Column(Modifier.padding(screenPadding)) {
        key(state.rules?.minimum) {
            AmountLine(minimum, minimum.currency, word("pay_minimum"), "pay_minimum", word("pay_minimum_text")) { actions.setMinimum(it, minimum.currency) }
        }
    }
}

@Composable
private fun AmountLine(
    money: Money?,
    currency: String,
    label: String,
    tag: String,
    below: String,
    onAmount: (Long) -> Unit,
) {
    val locale = LocalWords.current.locale
    var text by remember { mutableStateOf(money?.let { typed(it, locale) }.orEmpty()) }
    val minor = minorOf(text, currency, locale)
    val formatted = minor?.let { LocalFormats.current.money(it, currency) }
    val spoken = if (formatted == null) label else word("pay_budget_a11y", formatted).takeIf { tag == "pay_budget" } ?: label
    TextLine(
        text,
        {
            text = it
            minorOf(it, currency, locale)?.let(onAmount)
        },
        label,
        Modifier.testTag(tag).semantics { contentDescription = spoken },
        below = formatted ?: below,
        wrong = text.isNotBlank() && minor == null,
        keyboard = KeyboardType.Decimal,
    )
}

/** What a share goes by. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
internal fun WeightChoice(
    weight: Weight,
    onWeight: (Weight) -> Unit,
) {
    Column(Modifier.fillMaxWidth().padding(screenPadding), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        Text(word("pay_weight"), Modifier.semantics { heading() }, style = MaterialTheme.typography.titleMedium)
        FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Weight.entries.forEach { FilterChip(it == weight, { onWeight(it) }, { Text(word(it.key)) }, Modifier.touchable().testTag("pay_weight_${it.name}")) }
        }
    }
}
