// The view models of one open profile as the story's person uses them: an action is what a screen does for a tap, and
// waits until the model has come to rest. Locking the profile ends them all.
package tekram.ui.story

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withTimeoutOrNull
import tekram.ffi.Accepted
import tekram.ffi.RecoveryDuty
import tekram.ffi.SettleEnd
import tekram.ffi.Statement
import tekram.ffi.Thumb
import tekram.ui.common.Phase
import tekram.ui.history.HistoryModel
import tekram.ui.history.ImportModel
import tekram.ui.history.Importing
import tekram.ui.history.ItemModel
import tekram.ui.history.PenModel
import tekram.ui.me.RecoveryModel
import tekram.ui.pay.PayModel
import tekram.ui.pay.PayeesModel
import tekram.ui.pay.PaymentModel
import tekram.ui.relations.RelationsModel
import tekram.ui.start.Session
import tekram.ui.want.ComposeModel
import tekram.ui.want.Doing
import tekram.ui.want.RequestModel
import tekram.ui.want.WantListModel
import java.util.Locale
import kotlin.time.Duration.Companion.seconds

/** How often paying, collecting or asking a seller is repeated before it counts as stuck. */
private const val TRIES = 4

/** As many listens of a search as `found` is made of. */
private const val FOUND = 20

/** How long a request is listened for. */
private val collecting = 60.seconds

/** The rooms of [session]. Actions return the name of the error they were refused with. */
internal class Rooms(
    val session: Session,
) {
    private val history = HistoryModel(session)
    private var pen: PenModel? = null
    private var item: ItemModel? = null
    private val payees = PayeesModel(session)
    private val pay = PayModel(session)
    private var payment: PaymentModel? = null
    private var request: RequestModel? = null
    private val relations = RelationsModel(session)

    suspend fun import(path: String): String? {
        val model = ImportModel(session)
        model.importFile(path)
        val ended = model.state.first { it.importing is Importing.Done || it.importing is Importing.Failed }.importing
        (ended as? Importing.Done)?.let { done -> pen = PenModel(session, done.batch).also { it.state.first { state -> state.batch != null } } }
        return (ended as? Importing.Failed)?.error?.name
    }

    suspend fun accept(): String? {
        val pen = checkNotNull(pen)
        pen.accept()
        return pen.state
            .first { !it.busy }
            .failure
            ?.name
    }

    fun search(text: String): String? {
        history.search(open = true)
        history.search(text)
        return null
    }

    suspend fun rate(thumb: String): String? {
        val first = checkNotNull(history.found.rows.value[0])
        val item = ItemModel(session, first.id).also { item = it }
        item.state.first { it.detail != null }
        val wanted = Thumb.valueOf(thumb.uppercase())
        item.rate(wanted)
        return item.state
            .first {
                it.failure != null ||
                    it.detail
                        ?.listen
                        ?.thumb == wanted
            }.failure
            ?.name
    }

    suspend fun discover(): String? {
        payees.discover()
        return payees.state
            .first { !it.searching }
            .problem
            ?.name
    }

    suspend fun month(month: String): String? {
        pay.show(month)
        return pay.state
            .first { it.month == month && !it.busy && it.phase != Phase.Loading }
            .problem
            ?.name
    }

    suspend fun budget(
        minor: Long,
        currency: String,
    ): String? {
        pay.setBudget(minor, currency)
        val tried = pay.state.first { it.problem != null || it.statement?.budget?.amountMinor == minor }
        if (tried.problem != null) return tried.problem.name
        pay.apply()
        return pay.state
            .first { it.draft == null && !it.busy }
            .problem
            ?.name
    }

    fun tryOut(
        source: String,
        permille: Int,
    ): String? {
        val known = pay.state.value.sources
        pay.setFactor(known.first { it.name == source }.source, permille)
        return null
    }

    fun drop(): String? {
        pay.cancel()
        return null
    }

    suspend fun openPayment(): String? {
        val model = PaymentModel(session, checkNotNull(pay.state.value.month)).also { payment = it }
        model.state.first { it.phase == Phase.Ready }
        return null
    }

    suspend fun confirm(): String? {
        val payment = checkNotNull(payment)
        payment.confirm()
        return payment.state
            .first { !it.busy }
            .problem
            ?.name
    }

    /** Shows the words, writes them down, and is asked for some of them. */
    suspend fun words(): String? {
        val model = RecoveryModel(session)
        model.show()
        val shown = model.state.first { !it.busy && (it.shown != null || it.failure != null) }
        val words = shown.shown?.words ?: return shown.failure?.name
        model.ask()
        val asked = model.state.first { !it.busy && (it.questions.isNotEmpty() || it.failure != null) }
        model.check(asked.questions.map { words[it - 1] })
        val checked = model.state.first { !it.busy && (it.done || it.failure != null) }
        payment?.reload()
        payment?.state?.first { it.duty == RecoveryDuty.NONE }
        return checked.failure?.name
    }

    suspend fun settle(mint: String): String? {
        val payment = checkNotNull(payment)
        payment.choose(mint)
        repeat(TRIES) {
            payment.settle()
            val ended = payment.state.first { !it.run.running }
            if (ended.problem != null || ended.run.ended == SettleEnd.DONE) return ended.problem?.name
        }
        return null
    }

    suspend fun send(with: Map<*, *>): String? {
        val compose = ComposeModel(session, Locale.UK)
        compose.state.first { it.phase == Phase.Ready }
        compose.edit {
            it.copy(
                what = with["what"] as String,
                ceiling = with["ceiling"] as String,
                currency = with["currency"] as String,
                here = false,
                latitude = with["latitude"] as String,
                longitude = with["longitude"] as String,
                hours = (with["hours"] as Long).toUInt(),
                terms = with["terms"] as String,
            )
        }
        compose.addBoard(with["relay"] as String)
        compose.compose()
        val made = compose.state.first { !it.busy }
        check(made.flaws.isEmpty()) { "what was written cannot be sent: ${made.flaws}" }
        val request = RequestModel(session, made.composed ?: return made.failure?.name).also { request = it }
        request.state.first { it.intent != null }
        request.send()
        return request.state
            .first { it.doing != Doing.Sending }
            .failure
            ?.name
    }

    suspend fun collect(enough: Int): String? {
        val request = checkNotNull(request)
        withTimeoutOrNull(collecting) {
            while (request.offers() < enough) {
                // Sending went over to listening by itself; when that is over, the person asks again.
                request.collect()
                request.state.first { it.doing == Doing.Nothing || (it.offers?.offers?.size ?: 0) >= enough }
            }
        }
        request.stop()
        return request.state
            .first { it.doing == Doing.Nothing }
            .failure
            ?.name
    }

    private fun RequestModel.offers() =
        state.value.offers
            ?.offers
            ?.size ?: 0

    suspend fun acceptCheapest(): String? {
        val request = checkNotNull(request)
        val offers = checkNotNull(request.state.value.offers).offers
        val cheapest = offers.minBy { it.price.amountMinor }.offer
        repeat(TRIES) {
            request.accept(cheapest)
            val answer = request.state.first { it.doing == Doing.Nothing }
            if (answer.failure != null || answer.accepted?.state == "confirmed") return answer.failure?.name
        }
        return null
    }

    suspend fun openRequest(): String? {
        val list = WantListModel(session).state.first { it.phase != Phase.Loading }
        request = RequestModel(session, list.intents.first().intent).also { it.state.first { state -> state.intent != null } }
        return null
    }

    suspend fun historyShown(): Map<String, Any?> {
        val days = history.days
        val rows = days.rows.first { it.phase != Phase.Loading }
        if (!rows.ended) days.need(rows.count)
        val known = (0 until rows.count).mapNotNull { rows[it] }
        val found = (0 until minOf(FOUND, history.found.rows.value.count)).mapNotNull { history.found.rows.value[it] }
        val batch = pen?.state?.value?.batch
        return mapOf(
            "plays" to known.sumOf { it.plays.toLong() },
            "played_ms" to known.sumOf { it.playedMs },
            "first_day" to known.firstOrNull()?.let { mapOf("date" to it.date, "played_ms" to it.playedMs) },
            "pen" to
                batch?.let {
                    val counts = listOf(it.read, it.newRecords, it.duplicates, it.refused).map(ULong::toLong)
                    listOf("read", "new", "duplicates", "refused").zip(counts).toMap()
                },
            "found" to found.map { it.title }.distinct(),
            "thumb" to
                item
                    ?.state
                    ?.value
                    ?.detail
                    ?.listen
                    ?.thumb
                    ?.name
                    ?.lowercase(),
        )
    }

    fun payShown(): Map<String, Any?> {
        val state = payment?.state?.value
        val statement = state?.statement ?: pay.state.value.statement
        val planned = mapOf("month" to pay.state.value.month, "payees" to payees.state.value.payees.map { it.name }.sorted())
        val paid =
            mapOf(
                "duty" to state?.duty?.name?.lowercase(),
                "ended" to
                    state
                        ?.run
                        ?.ended
                        ?.name
                        ?.lowercase(),
                "receipts" to state?.receipts?.size?.toLong(),
                "hand_offs" to state?.handOffs?.map { it.name }?.sorted(),
            )
        return planned + paid + statement?.shown().orEmpty()
    }

    fun wantShown(): Map<String, Any?> {
        val state = checkNotNull(request).state.value
        return mapOf(
            "state" to state.intent?.state,
            "cells" to state.intent?.cells?.map { it.geohash },
            "offers" to state.offers?.offers?.map { mapOf("seller" to it.seller, "price_minor" to it.price.amountMinor) },
            "accepted" to state.accepted?.shown(),
        )
    }

    fun relationsShown(): List<Map<String, Any?>> =
        relations.state.value.relations
            .sortedBy { it.name }
            .map { mapOf("name" to it.name, "mine" to it.mine.name.lowercase(), "theirs" to it.theirs.name.lowercase()) }
}

private fun Statement.shown(): Map<String, Any?> =
    mapOf(
        "state" to state.name.lowercase(),
        "total_minor" to total.amountMinor,
        "currency" to total.currency,
        "paid_minor" to summary.paidMinor,
        "handed_off_minor" to summary.handedOffMinor,
        "carried_minor" to summary.carriedMinor,
        "fees_minor" to summary.feesMinor,
        "lines" to
            lines
                .sortedWith(compareBy({ it.name }, { it.amountMinor }))
                .map { mapOf("name" to it.name, "amount_minor" to it.amountMinor, "outcome" to it.outcome.name.lowercase()) },
    )

private fun Accepted.shown(): Map<String, Any?> = mapOf("state" to state, "seller" to seller, "price_minor" to price.amountMinor)
