// What has become of a month, in sums that the core made: arrived, handed to another app, saved, fees, on its way.
package tekram.ui.pay

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.HorizontalDivider
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.Statement
import tekram.ui.common.LocalFormats
import tekram.ui.common.word

/** The sums of [statement]; what is nothing is left out, except what was paid. */
@Composable
internal fun Sums(statement: Statement) {
    val summary = statement.summary
    val waits = summary.payableMinor != 0L || summary.inFlightMinor != 0L
    val rows =
        listOf(
            "pay_paid" to summary.paidMinor,
            "pay_handed_off" to summary.handedOffMinor,
            "pay_fees" to summary.feesMinor,
            (if (waits) "pay_not_left" else "pay_carried") to summary.carriedMinor,
        ).filter { (key, minor) -> key == "pay_paid" || minor != 0L }
    val ofThese = listOf("pay_to_pay" to summary.payableMinor, "pay_in_flight" to summary.inFlightMinor).filter { (_, minor) -> minor != 0L }
    Column(Modifier.fillMaxWidth(), verticalArrangement = Arrangement.spacedBy(4.dp)) {
        rows.forEach { (key, minor) -> Sum(word(key), minor, statement.budget.currency) }
        ofThese.forEach { (key, minor) -> Sum(word(key), minor, statement.budget.currency, Modifier.padding(start = 16.dp)) }
        HorizontalDivider(Modifier.padding(vertical = 4.dp))
        Sum(word("pay_total"), statement.total.amountMinor, statement.budget.currency)
    }
}

@Composable
private fun Sum(
    name: String,
    minor: Long,
    currency: String,
    modifier: Modifier = Modifier,
) = NameAndAmount(name, LocalFormats.current.money(minor, currency), modifier.semantics(mergeDescendants = true) {})
