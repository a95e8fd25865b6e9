// A request that was sent: where it stands, and its offers in the core's order with the reasons in words; side by side
// where there is room.
package tekram.ui.want

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.IntrinsicSize
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.Accepted
import tekram.ffi.Intent
import tekram.ffi.Offer
import tekram.ffi.RefusedCount
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.word

/** What can be done with a request that was sent. */
interface OffersActions {
    /** Listens for offers. */
    fun collect()

    /** Stops listening. */
    fun stop()

    /** Goes on to accepting [offer]. */
    fun accept(offer: String)

    /** Shows the pick-up code. */
    fun pickup()

    /** Shows what everybody sees of the request. */
    fun seen()

    /** Takes the request back. */
    fun withdraw()
}

/** An offer can be accepted while none is, and again when the seller refused. */
private val RequestState.open: Boolean
    get() = if (accepted == null) intent?.state == "open" else accepted.state == "refused"

/** `want_offers`: a request and its offers. */
@Composable
fun OffersScreen(
    state: RequestState,
    actions: OffersActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("want_offers_title"), onBack) {
    PhasePane(state.phase, phaseWords("want"), onRetry = onRetry) {
        val intent = state.intent ?: return@PhasePane
        BoxWithConstraints(Modifier.fillMaxSize(), contentAlignment = Alignment.TopCenter) {
            val columns = (maxWidth / COLUMN).toInt().coerceIn(1, MOST_COLUMNS)
            Column(
                Modifier.widthIn(max = COLUMN * MOST_COLUMNS).fillMaxWidth().verticalScroll(rememberScrollState()).padding(screenPadding),
                verticalArrangement = Arrangement.spacedBy(screenPadding),
            ) {
                Request(intent, state.accepted, actions)
                state.accepted?.let { AcceptedCard(it, actions) }
                state.failure?.let { ErrorLine(errorText(it)) }
                Collecting(state, intent, actions)
                OfferCards(state, intent, columns, actions)
                state.offers?.refused?.takeIf { it.isNotEmpty() }?.let { LeftOut(it) }
                Withdraw(state, intent, actions)
            }
        }
    }
}

private val COLUMN = 310.dp
private const val MOST_COLUMNS = 3

@Composable
private fun Request(
    intent: Intent,
    accepted: Accepted?,
    actions: OffersActions,
) = Section(intent.want) {
    val formats = LocalFormats.current
    val ceiling = intent.ceiling?.let { formats.money(it.amountMinor, it.currency) }
    Text(listOfNotNull(word(standing(intent, accepted)), ceiling).joinToString(" · "))
    if (intent.state == "expired") Note(word("want_request_over")) else Note(word("want_until", formats.moment(intent.until)))
    QuietButton(word("want_request_seen"), actions::seen, icon = Icons.Show)
}

@Composable
private fun AcceptedCard(
    accepted: Accepted,
    actions: OffersActions,
) = Surface(
    Modifier.fillMaxWidth(),
    shape = MaterialTheme.shapes.medium,
    color = MaterialTheme.colorScheme.primaryContainer,
) {
    Column(Modifier.padding(screenPadding), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        AcceptedState(accepted)
        if (accepted.pickupCode != null) {
            MainButton(word("want_pickup_show"), actions::pickup, icon = Icons.Code)
        } else if (accepted.state in waiting) {
            OtherButton(word("want_accept_again"), { actions.accept(accepted.offer) }, icon = Icons.Refresh)
        }
    }
}

internal val waiting = setOf("queued", "sent")

/** What came of accepting, in words. */
@Composable
internal fun AcceptedState(accepted: Accepted) {
    val words = LocalWords.current
    Text(accepted.item, Modifier.semantics { heading() }, style = MaterialTheme.typography.titleMedium)
    Text(accepted.seller)
    Text(word(acceptedKeys[accepted.state] ?: "common_unknown"), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
    accepted.reason?.let { Text(words.refusal(it)) }
}

@Composable
private fun Collecting(
    state: RequestState,
    intent: Intent,
    actions: OffersActions,
) {
    if (state.doing == Doing.Collecting) {
        Section(null, Modifier.semantics { liveRegion = LiveRegionMode.Polite }) {
            Text(word("want_offers_collecting"))
            LinearProgressIndicator(Modifier.fillMaxWidth())
            OtherButton(word("common_stop"), actions::stop, icon = Icons.Close)
        }
    } else if (intent.state == "open") {
        val collect: @Composable () -> Unit = {
            MainButton(word("want_offers_collect"), actions::collect, enabled = state.doing == Doing.Nothing, icon = Icons.Refresh)
        }
        if (state.offers?.offers.isNullOrEmpty()) {
            collect()
        } else {
            OtherButton(word("want_offers_collect"), actions::collect, enabled = state.doing == Doing.Nothing, icon = Icons.Refresh)
        }
    }
}

@Composable
private fun OfferCards(
    state: RequestState,
    intent: Intent,
    columns: Int,
    actions: OffersActions,
) {
    val offers = state.offers?.offers.orEmpty()
    if (offers.isEmpty()) {
        val until = LocalFormats.current.moment(intent.until)
        when (intent.state) {
            "open" -> Text(word("want_offers_empty", until))
            "closed" -> Text(word("want_withdrawn"))
            else -> Text(word("want_offers_none"))
        }
        return
    }
    Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
        Text(plural("want_offers", offers.size.toLong()), Modifier.semantics { heading() }, style = MaterialTheme.typography.titleLarge)
        Note(word("want_offers_order"))
    }
    offers.chunked(columns).forEach { row ->
        Row(Modifier.height(IntrinsicSize.Max), horizontalArrangement = Arrangement.spacedBy(screenPadding)) {
            row.forEach { offer -> OfferCard(offer, state.open, Modifier.weight(1f).fillMaxHeight()) { actions.accept(offer.offer) } }
            repeat(columns - row.size) { Spacer(Modifier.weight(1f)) }
        }
    }
    Note(word("want_seller_unproven"))
}

@Composable
private fun OfferCard(
    offer: Offer,
    open: Boolean,
    modifier: Modifier,
    onAccept: () -> Unit,
) {
    val formats = LocalFormats.current
    val price = formats.money(offer.price.amountMinor, offer.price.currency)
    val spoken = word("want_offer_rank_a11y", offer.rank.toInt(), offer.seller, price)
    Surface(modifier.fillMaxWidth(), shape = MaterialTheme.shapes.medium, color = MaterialTheme.colorScheme.surfaceContainer) {
        Column(Modifier.padding(screenPadding), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Row(
                Modifier.semantics(mergeDescendants = true) { contentDescription = spoken },
                horizontalArrangement = Arrangement.spacedBy(12.dp),
                verticalAlignment = Alignment.CenterVertically,
            ) {
                Rank(formats.number(offer.rank.toLong()))
                Column(Modifier.weight(1f)) {
                    Text(price, style = MaterialTheme.typography.headlineSmall)
                    Text(offer.seller, style = MaterialTheme.typography.titleMedium)
                }
            }
            Text(offer.item)
            Text(word("want_offer_why"), style = MaterialTheme.typography.labelMedium)
            offer.reasons.forEach { reason -> Text("• ${reasonText(reason, offer.price.currency)}", style = MaterialTheme.typography.bodyMedium) }
            Note(word("want_offer_points", offer.points.toInt()))
            Note(word("want_offer_until", formats.moment(offer.until)))
            if (open) {
                Spacer(Modifier.weight(1f, fill = false))
                MainButton(word("want_accept"), onAccept)
            }
        }
    }
}

@Composable
private fun Rank(rank: String) =
    Surface(shape = MaterialTheme.shapes.small, color = MaterialTheme.colorScheme.primary) {
        Box(Modifier.padding(horizontal = 12.dp, vertical = 6.dp), contentAlignment = Alignment.Center) {
            Text(rank, style = MaterialTheme.typography.titleMedium)
        }
    }

/** Offers that are not shown, with the reasons. */
@Composable
private fun LeftOut(refused: List<RefusedCount>) {
    var open by rememberSaveable { mutableStateOf(false) }
    val words = LocalWords.current
    Section(null) {
        QuietButton(word("want_left_out_show"), { open = !open }, icon = if (open) Icons.Collapse else Icons.Expand)
        if (open) refused.forEach { Text(word("want_left_out_count", words.leftOut(it.reason), it.count.toLong())) }
    }
}

@Composable
private fun Withdraw(
    state: RequestState,
    intent: Intent,
    actions: OffersActions,
) {
    var asking by rememberSaveable { mutableStateOf(false) }
    if (intent.state == "open") {
        val busy = state.doing == Doing.Withdrawing
        OtherButton(word("want_withdraw"), { asking = true }, enabled = state.doing == Doing.Nothing, busy = busy, icon = Icons.Delete)
    }
    if (asking) {
        Question(word("want_withdraw_confirm"), word("want_withdraw"), { asking = false }) {
            asking = false
            actions.withdraw()
        }
    }
}
