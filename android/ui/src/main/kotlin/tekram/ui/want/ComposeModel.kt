// A request while it is written: its fields as they are typed, what of them cannot be used yet, and the draft that the
// core makes of them. Nothing is sent here. The boards are those of earlier requests, with those of the last one chosen.
package tekram.ui.want

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Intent
import tekram.ffi.Money
import tekram.ffi.TermsRow
import tekram.ffi.WantDraft
import tekram.ffi.checkGtin
import tekram.ffi.roster
import tekram.ui.common.Device
import tekram.ui.common.Phase
import tekram.ui.common.PlaceAnswer
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session
import java.util.Locale

/** The terms of the roster that were written for requests. */
private const val TERMS_FOR_REQUESTS = "PDC-INTENT"
private const val MOST_BOARDS = 8

/** A rough position is good to about a kilometre, as a cell of six characters is. */
private const val FIRST_EXACT = 6u

/** How exact a place can be, in characters of geohash, from coarse to fine. */
val precisions = listOf(3u, 4u, 5u, 6u, 7u)

/** How long offers can be welcome, in hours. */
val durations = listOf(1u, 3u, 12u, 24u, 72u, 168u)

/** What of a draft cannot be used. */
enum class Flaw { What, Gtin, Ceiling, Place, Boards }

/** The fields as they stand on the screen. */
data class WantFields(
    val what: String = "",
    val gtin: String = "",
    val quantity: UInt = 1u,
    val ceiling: String = "",
    val currency: String = "EUR",
    /** Around the phone's own position; else at the coordinates that were typed. */
    val here: Boolean = true,
    val latitude: String = "",
    val longitude: String = "",
    val precision: UInt = 5u,
    val hours: UInt = 24u,
    val terms: String = "",
    val inStore: Boolean = false,
    val boards: Set<String> = emptySet(),
) {
    /** The area is finer than a rough position is good for. */
    val exact: Boolean get() = precision >= FIRST_EXACT
}

/** What became of a store's card. */
enum class CardAnswer {
    /** What it says is filled in. */
    Taken,

    /** It is no card, or one that does not hold up. */
    Bad,

    /** The device's reader is off. */
    NoReader,
}

/** A request while it is written. */
data class ComposeState(
    val phase: Phase = Phase.Loading,
    val fields: WantFields = WantFields(),
    val terms: List<TermsRow> = emptyList(),
    val currencies: List<String> = emptyList(),
    /** Boards to choose from. */
    val boards: List<String> = emptyList(),
    /** What cannot be used; known after the person asked for the preview. */
    val flaws: Set<Flaw> = emptySet(),
    /** What the device said about its position; null while there is nothing to say. */
    val place: PlaceAnswer? = null,
    /** The device waits for a store's card. */
    val readingCard: Boolean = false,
    val card: CardAnswer? = null,
    /** The picture that was shared has no code in it. */
    val noCode: Boolean = false,
    val busy: Boolean = false,
    val failure: Shown? = null,
    /** Number of the draft that was made last. */
    val composed: String? = null,
)

/** Writes one request; [locale] says how numbers are typed. */
class ComposeModel(
    private val session: Session,
    private val locale: Locale,
) : ViewModel() {
    private val states = MutableStateFlow(ComposeState(currencies = offeredCurrencies(locale)))

    /** The draft that is replaced by the next one; kept until it is sent. */
    private var draft: String? = null
    private var cardOfRoute: String? = null

    /** The boards and the currency of the last request were offered; from then on they are the person's own. */
    private var offered = false
    private var reading: Job? = null

    val state: StateFlow<ComposeState> = states.asStateFlow()

    init {
        reload()
    }

    /** Reads the terms and the boards to choose from. */
    fun reload() {
        viewModelScope.launch {
            val answer = attempt { session.persona.intents() to roster() }
            answer.fold(
                { (intents, roster) ->
                    val first = !offered
                    offered = true
                    states.update { it.copy(phase = Phase.Ready).offered(intents, roster, first) }
                },
                { failure -> states.update { it.copy(phase = failure.phase()) } },
            )
        }
    }

    /** Changes the fields. */
    fun edit(
        change: (WantFields) -> WantFields,
    ) = states.update { it.copy(fields = change(it.fields), failure = null, flaws = emptySet(), card = null, noCode = false) }

    /** Takes over what the camera read: a store's card, or what the core found to be the number of a barcode. */
    fun scanned(text: String) {
        if (isStoreCard(text)) {
            card(text)
            return
        }
        edit { it.copy(gtin = text) }
        viewModelScope.launch {
            val number = attempt { checkGtin(text) }
            // What was typed or read since then stands.
            states.update { state ->
                if (state.fields.gtin != text) return@update state
                number.fold({ state.copy(fields = state.fields.copy(gtin = it)) }, { state.copy(flaws = state.flaws + Flaw.Gtin) })
            }
        }
    }

    /** Waits for a store's card, and takes over what it says. */
    fun readCard(device: Device) {
        reading?.cancel()
        states.update { it.copy(readingCard = true, card = null) }
        reading =
            viewModelScope.launch {
                val text = device.readCard()
                states.update { it.copy(readingCard = false, card = if (text == null) CardAnswer.NoReader else null) }
                text?.let(::card)
            }
    }

    /** Waits no longer. */
    fun stopReading() {
        reading?.cancel()
        states.update { it.copy(readingCard = false) }
    }

    /** Takes over what a store's card says, as a whole or not at all: the person stands in that store. */
    fun card(text: String) {
        viewModelScope.launch {
            val card = storeCard(text)
            val number = card?.gtin?.let { attempt { checkGtin(it) } }
            if (card == null || number?.isFailure == true) {
                states.update { it.copy(card = CardAnswer.Bad) }
                return@launch
            }
            states.update { it.copy(boards = (card.boards + it.boards).distinct()) }
            edit {
                val gtin = number?.getOrNull() ?: it.gtin
                it.copy(what = card.what ?: it.what, gtin = gtin, boards = it.boards + card.boards, inStore = true)
            }
            states.update { it.copy(card = CardAnswer.Taken) }
        }
    }

    /** Takes over a card that was read elsewhere, once. */
    fun cardOnce(text: String) {
        if (text == cardOfRoute) return
        cardOfRoute = text
        card(text)
    }

    /** What the device said about its position. */
    fun placeIs(answer: PlaceAnswer?) = states.update { it.copy(place = answer) }

    /** Takes over what was asked for outside this app. */
    fun take(wish: Wish) {
        val words = wish.what.ifEmpty { wish.page.orEmpty() }
        if (words.isNotEmpty()) edit { it.copy(what = words) }
        wish.code?.let(::scanned)
        states.update { it.copy(noCode = wish.noCode) }
    }

    /** Adds a board and chooses it. */
    fun addBoard(typed: String) {
        val text = typed.trim().trimEnd('/')
        if (text.isEmpty() || text.any(Char::isWhitespace)) return
        val board = if ("://" in text) text else "wss://$text"
        states.update { it.copy(boards = (it.boards + board).distinct()) }
        edit { it.copy(boards = it.boards + board) }
    }

    /** Makes a draft of what was written; the one before it is thrown away, nobody has seen it. */
    fun compose() {
        val fields = states.value.fields
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null, composed = null) }
        viewModelScope.launch {
            val number = fields.gtin.trim().ifEmpty { null }?.let { text -> attempt { checkGtin(text) } }
            val flaws = flaws(fields) + listOfNotNull(Flaw.Gtin.takeIf { number?.isFailure == true })
            if (flaws.isNotEmpty()) {
                states.update { it.copy(busy = false, flaws = flaws) }
                return@launch
            }
            val answer = attempt { session.persona.compose(draftOf(fields, number?.getOrNull())).also { discardFormer(it) } }
            states.update { state ->
                answer.fold(
                    { state.copy(busy = false, composed = it.intent) },
                    { state.copy(busy = false, failure = it.shown()) },
                )
            }
        }
    }

    /** The screen has gone on to the preview. */
    fun seen() = states.update { it.copy(composed = null) }

    /** Begins a new request when [intent] was sent or thrown away; boards and terms stay as they were chosen. */
    fun done(intent: String) {
        if (draft != intent) return
        draft = null
        cardOfRoute = null
        states.update { state ->
            val fields = state.fields
            state.copy(fields = WantFields(terms = fields.terms, boards = fields.boards, currency = fields.currency, precision = fields.precision))
        }
    }

    private fun discardFormer(made: Intent) {
        val former = draft
        draft = made.intent
        if (former != null) viewModelScope.launch { attempt { session.persona.withdraw(former) } }
    }

    private fun flaws(fields: WantFields): Set<Flaw> =
        buildSet {
            if (fields.what.isBlank()) add(Flaw.What)
            if (fields.ceiling.isNotBlank() && minorUnits(fields.ceiling, fields.currency, locale) == null) add(Flaw.Ceiling)
            if (!fields.here && (degrees(fields.latitude) == null || degrees(fields.longitude) == null)) add(Flaw.Place)
            if (fields.boards.isEmpty()) add(Flaw.Boards)
        }

    private fun draftOf(
        fields: WantFields,
        gtin: String?,
    ) = WantDraft(
        what = fields.what.trim(),
        gtin = gtin,
        quantity = fields.quantity,
        ceiling = minorUnits(fields.ceiling, fields.currency, locale)?.let { Money(it, fields.currency) },
        latitude = if (fields.here) null else degrees(fields.latitude),
        longitude = if (fields.here) null else degrees(fields.longitude),
        precision = fields.precision,
        hours = fields.hours,
        terms = fields.terms,
        inStore = fields.inStore,
        relays = fields.boards.toList(),
    )

    private fun ComposeState.offered(
        intents: List<Intent>,
        roster: List<TermsRow>,
        first: Boolean,
    ): ComposeState {
        val last = intents.firstOrNull()
        val known = (boards + intents.flatMap { it.relays }).distinct().take(MOST_BOARDS)
        val ids = roster.map { it.id }
        val chosen = listOfNotNull(fields.terms, last?.terms, TERMS_FOR_REQUESTS).firstOrNull { it in ids } ?: ids.firstOrNull().orEmpty()
        val currency = last?.ceiling?.currency?.takeIf { it in currencies } ?: currencies.first()
        val filled =
            fields.copy(
                terms = chosen,
                boards = if (first) fields.boards.ifEmpty { last?.relays.orEmpty().toSet() } else fields.boards,
                currency = if (first && fields.ceiling.isEmpty()) currency else fields.currency,
            )
        return copy(terms = roster, boards = known, fields = filled)
    }
}
