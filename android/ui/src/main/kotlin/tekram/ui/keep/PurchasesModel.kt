// Purchases: the list with a search, one with its receipt, and a new one that is typed in.
package tekram.ui.keep

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Money
import tekram.ffi.NewPurchase
import tekram.ffi.Purchase
import tekram.ffi.PurchaseItem
import tekram.ui.common.Device
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session
import tekram.ui.want.minorUnits
import java.time.Clock
import java.time.LocalDate
import java.util.Locale

/** What was found. */
data class PurchasesState(
    val phase: Phase = Phase.Loading,
    /** What is looked for; everything when it is empty. */
    val text: String = "",
    val purchases: List<Purchase> = emptyList(),
)

/** Reads the purchases that a search finds, the newest first. */
class PurchasesModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(PurchasesState())
    private var reading: Job? = null

    val state: StateFlow<PurchasesState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Looks for [text]. */
    fun search(text: String) {
        states.update { it.copy(text = text) }
        reload()
    }

    /** Reads again. */
    fun reload() {
        reading?.cancel()
        reading =
            viewModelScope.launch {
                val text = states.value.text
                val answer = attempt { session.persona.purchases(text.trim(), null, null) }
                states.update { state ->
                    answer.fold(
                        // A search that finds nothing still shows its field.
                        { state.copy(phase = if (it.isEmpty() && text.isBlank()) Phase.Empty else Phase.Ready, purchases = it) },
                        { state.copy(phase = it.phase()) },
                    )
                }
            }
    }
}

/** A purchase and its receipt. */
data class PurchaseWithReceipt(
    val purchase: Purchase,
    val receipt: KeptFile?,
)

/** Reads the purchase [id], and puts a receipt beside it. */
class PurchaseModel(
    session: Session,
    private val id: Long,
) : KeptModel<PurchaseWithReceipt>(session, { persona ->
        val purchase = persona.purchase(id)
        PurchaseWithReceipt(purchase, purchase.receipt?.let { keptFile(persona, it) })
    }) {
    /** Lets the person choose a photo or file, and keeps it as the receipt. */
    fun attach(device: Device) = change { persona -> attachFile(persona, device) { persona.setReceipt(id, it) } }

    /** Takes the receipt off and deletes it. */
    fun detach() =
        change { persona ->
            val receipt = persona.purchase(id).receipt
            persona.setReceipt(id, null)
            receipt?.let(persona::removeFile)
        }

    /** Lets the person say where the receipt goes, and writes it there. */
    fun save(device: Device) = change { persona -> persona.purchase(id).receipt?.let { saveFile(persona, device, it) } }

    /** Removes the purchase with its receipt. */
    fun remove() =
        change(leaves = true) { persona ->
            val receipt = persona.purchase(id).receipt
            persona.removePurchase(id)
            receipt?.let(persona::removeFile)
        }
}

/** A line of what was bought, as it is typed. */
data class ItemFields(
    val name: String = "",
    val count: String = "1",
    val price: String = "",
)

/** A purchase as it is typed. */
data class PurchaseFields(
    val seller: String = "",
    val day: String = "",
    val amount: String = "",
    val currency: String = "",
    val orderNumber: String = "",
    val items: List<ItemFields> = listOf(ItemFields()),
) {
    /** As the core takes it; null where a number or the day cannot be read. */
    fun purchase(
        clock: Clock,
        locale: Locale,
    ): NewPurchase? {
        val asset = currency.trim().uppercase()
        val total = minorUnits(amount, asset, locale)
        val date = date()
        val lines = items.filter { it.name.isNotBlank() }.map { it.item(asset, locale) }
        if (total == null || date == null || null in lines) return null
        val ordered = date.atStartOfDay(clock.zone).toInstant().toEpochMilli()
        return NewPurchase(seller.trim(), orderNumber.trim(), ordered, Money(total, asset), lines.filterNotNull(), receipt = null)
    }

    /** The day, where it is one. */
    fun date(): LocalDate? = runCatching { LocalDate.parse(day.trim()) }.getOrNull()

    private fun ItemFields.item(
        asset: String,
        locale: Locale,
    ): PurchaseItem? {
        val quantity = count.trim().toUIntOrNull() ?: return null
        val each = if (price.isBlank()) null else Money(minorUnits(price, asset, locale) ?: return null, asset)
        return PurchaseItem(name.trim(), quantity, each, productId = "")
    }
}

/** What was typed and what became of it. */
data class PurchaseFormState(
    val fields: PurchaseFields = PurchaseFields(),
    /** It was to be kept, and a number or the day could not be read. */
    val unreadable: Boolean = false,
    val busy: Boolean = false,
    val failure: Shown? = null,
    val done: Boolean = false,
)

/** A purchase that is typed in. */
class PurchaseFormModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(PurchaseFormState())

    val state: StateFlow<PurchaseFormState> = states.asStateFlow()

    /** Begins with today and the [currency] of the person's country. */
    fun begin(
        clock: Clock,
        currency: String,
    ) {
        states.value = PurchaseFormState(PurchaseFields(day = LocalDate.now(clock).toString(), currency = currency))
    }

    /** Takes over what is typed. */
    fun edit(change: (PurchaseFields) -> PurchaseFields) =
        states.update { it.copy(fields = change(it.fields), unreadable = false, failure = null) }

    /** Keeps it. */
    fun save(
        clock: Clock,
        locale: Locale,
    ) {
        val state = states.value
        val purchase = state.fields.purchase(clock, locale)
        if (purchase == null) states.update { it.copy(unreadable = true) }
        if (purchase == null || state.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val failure = attempt { session.persona.addPurchase(purchase) }.exceptionOrNull()
            states.update { it.copy(busy = false, failure = failure?.shown(), done = failure == null) }
        }
    }
}
