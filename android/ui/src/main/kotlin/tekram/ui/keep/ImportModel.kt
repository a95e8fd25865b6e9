// Importing purchases: a table whose columns the person names, or orders in the form of schema.org. What was read waits in
// the holding pen, and each line that was left out is named.
package tekram.ui.keep

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import tekram.ffi.CsvChoice
import tekram.ffi.CsvDate
import tekram.ffi.CsvField
import tekram.ffi.CsvLook
import tekram.ffi.PenArrived
import tekram.ffi.lookAtCsv
import tekram.ui.common.Device
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.start.Session

/** What stands in a column. Those that are [needed] are in every purchase. */
enum class CsvMeaning(
    val wordKey: String,
    val needed: Boolean,
) {
    Seller("keep_csv_seller", needed = true),
    Date("keep_csv_date", needed = true),
    Total("keep_csv_total", needed = true),
    Currency("keep_csv_currency", needed = true),
    OrderNumber("keep_csv_order_number", needed = false),
    Item("keep_csv_item", needed = false),
    Quantity("keep_csv_quantity", needed = false),
}

/** What the person said about a table. */
data class CsvChoices(
    /** The column of each meaning. */
    val columns: Map<CsvMeaning, String> = emptyMap(),
    /** What is the same in every line, where no column says it. */
    val fixed: Map<CsvMeaning, String> = emptyMap(),
    val date: CsvDate = CsvDate.ISO,
    val decimal: String = ".",
    val paidIsNegative: Boolean = false,
) {
    /** Where [meaning] is found; null where it was not said. */
    fun field(meaning: CsvMeaning): CsvField? =
        columns[meaning]?.let { CsvField.Column(it) } ?: fixed[meaning]?.takeIf { it.isNotBlank() }?.let { CsvField.Fixed(it.trim()) }

    /** As the core takes it; null while something that is needed was not said. */
    fun choice(delimiter: String): CsvChoice? =
        CsvChoice(
            delimiter,
            decimal,
            field(CsvMeaning.Seller) ?: return null,
            field(CsvMeaning.Date) ?: return null,
            date,
            field(CsvMeaning.Total) ?: return null,
            field(CsvMeaning.Currency) ?: return null,
            field(CsvMeaning.OrderNumber),
            field(CsvMeaning.Item),
            field(CsvMeaning.Quantity),
            paidIsNegative,
        )
}

/** An import of purchases, and how the last one ended. */
data class PurchaseImportState(
    /** The table that was chosen. */
    val table: CsvLook? = null,
    val choices: CsvChoices = CsvChoices(),
    val busy: Boolean = false,
    val failure: Shown? = null,
    val arrived: PenArrived? = null,
) {
    /** Whether everything that is needed was said. */
    val ready: Boolean get() = table?.let { choices.choice(it.delimiter) } != null
}

/** Reads purchases into the holding pen. */
class PurchaseImportModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(PurchaseImportState())

    // The table stays at hand while its columns are being named.
    private var path: String? = null
    private var device: Device? = null

    val state: StateFlow<PurchaseImportState> = states.asStateFlow()

    /** Lets the person choose a table, and looks at its first lines. */
    fun table(device: Device) =
        work {
            val chosen = device.pickFile() ?: return@work
            letGo()
            path = chosen
            this.device = device
            val look = lookAtCsv(chosen)
            states.update { PurchaseImportState(look, busy = true) }
        }

    /** Says what the table is like. */
    fun choose(change: (CsvChoices) -> CsvChoices) = states.update { it.copy(choices = change(it.choices), failure = null, arrived = null) }

    /** Reads the table. */
    fun readTable() =
        work {
            val chosen = path ?: return@work
            val choice = states.value.run { table?.let { choices.choice(it.delimiter) } } ?: return@work
            val arrived = session.persona.holdPurchasesCsv(chosen, choice)
            letGo()
            states.update { it.copy(table = null, choices = CsvChoices(), arrived = arrived) }
        }

    /** Lets the person choose a file of orders, and reads it. */
    fun orders(device: Device) =
        work {
            val chosen = device.pickFile() ?: return@work
            try {
                val arrived = session.persona.holdOrdersJson(chosen)
                states.update { it.copy(arrived = arrived) }
            } finally {
                withContext(NonCancellable) { device.letGo(chosen) }
            }
        }

    /** Begins anew. */
    fun begin() {
        if (states.value.busy) return
        viewModelScope.launch { letGo() }
        states.value = PurchaseImportState()
    }

    private suspend fun letGo() {
        val old = path ?: return
        path = null
        withContext(NonCancellable) { device?.letGo(old) }
    }

    private fun work(call: suspend () -> Unit) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null, arrived = null) }
        viewModelScope.launch {
            val failure = attempt(call).exceptionOrNull()
            states.update { it.copy(busy = false, failure = failure?.shown()) }
        }
    }
}
