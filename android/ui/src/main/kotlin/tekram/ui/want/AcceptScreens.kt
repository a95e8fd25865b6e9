// Accepting an offer: what is promised, to whom, and what the seller gets to know, before anything is signed; then what
// came of it. And the code that is shown at the counter.
package tekram.ui.want

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.LayoutDirection
import androidx.compose.ui.unit.dp
import tekram.ffi.Accepted
import tekram.ffi.Offer
import tekram.ffi.QrCode
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalMono
import tekram.ui.common.LocalWords
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QrPicture
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.screenPadding
import tekram.ui.common.word

/** What can be done about accepting an offer. */
interface AcceptActions {
    /** Accepts it, or asks the seller again. */
    fun accept()

    /** Stops waiting for the seller. */
    fun stop()

    /** Shows the pick-up code. */
    fun pickup()

    /** Goes back to the offers. */
    fun offers()
}

/** `want_accept`: the question before [number] is accepted, and what came of it. */
@Composable
fun AcceptScreen(
    state: RequestState,
    number: String,
    actions: AcceptActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) {
    val done = state.accepted?.takeIf { it.offer == number }
    ScreenFrame(word(if (done == null) "want_accept_title" else "want_request"), onBack) {
        PhasePane(state.phase, phaseWords("want"), onRetry = onRetry) {
            val offer = state.offers?.offers?.find { it.offer == number }
            ScrollingColumn {
                if (done != null) Outcome(done) else offer?.let { Promise(it, state) }
                state.failure?.let { ErrorLine(errorText(it)) }
                if (offer == null && done == null) ErrorLine(word("error_no_such_offer"))
                Deciding(state, done, offer != null, actions)
            }
        }
    }
}

@Composable
private fun Promise(
    offer: Offer,
    state: RequestState,
) {
    val formats = LocalFormats.current
    val words = LocalWords.current
    val price = formats.money(offer.price.amountMinor, offer.price.currency)
    Text(word("want_accept_text", price, offer.seller), style = MaterialTheme.typography.bodyLarge)
    Section(null) {
        Named(word("want_accept_item"), offer.item)
        Named(word("want_accept_price"), price)
        Named(word("want_accept_seller"), offer.seller)
        Note(word("want_seller_unproven"))
        val terms = state.intent?.terms.orEmpty()
        Text(word("want_accept_terms", words.termsTitle(terms, state.terms)))
        words.termsSummary(terms, state.terms)?.let { Note(it) }
    }
    Section(word("want_accept_learns")) {
        Text(word("want_accept_learns_text"))
        Text(word("want_accept_seen"))
    }
}

@Composable
private fun Outcome(accepted: Accepted) =
    Section(null) {
        val formats = LocalFormats.current
        AcceptedState(accepted)
        Named(word("want_accept_price"), formats.money(accepted.price.amountMinor, accepted.price.currency))
        if (accepted.state != "refused" && accepted.state != "lapsed") Named(word("want_accept_until"), formats.moment(accepted.until))
    }

@Composable
private fun Deciding(
    state: RequestState,
    done: Accepted?,
    there: Boolean,
    actions: AcceptActions,
) {
    when {
        state.doing == Doing.Accepting -> {
            Waiting(actions::stop)
        }

        done?.pickupCode != null -> {
            MainButton(word("want_pickup_show"), actions::pickup, icon = Icons.Code)
        }

        done?.state in waiting -> {
            MainButton(word("want_accept_again"), actions::accept, icon = Icons.Refresh)
        }

        done == null && there -> {
            MainButton(word("want_accept"), actions::accept, icon = Icons.Check)
        }
    }
    if (state.doing != Doing.Accepting) QuietButton(word("want_accept_other"), actions::offers)
}

/** What can be done about a pick-up code. */
interface PickupActions {
    /** Asks the seller of [offer] again. */
    fun ask(offer: String)

    /** Stops waiting for the seller. */
    fun stop()

    /** Opens the agreement of the purchase. */
    fun agreement(record: String)

    /** Goes to the offers. */
    fun offers()
}

/** `want_pickup`: the code for the counter, large, and as a picture to scan. */
@Composable
fun PickupScreen(
    state: RequestState,
    code: (String) -> QrCode?,
    actions: PickupActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("want_pickup_title"), onBack) {
    PhasePane(state.phase, phaseWords("want"), onRetry = onRetry) {
        val accepted = state.accepted
        val pickup = accepted?.pickupCode
        ScrollingColumn {
            if (accepted == null || pickup == null) {
                NoCodeYet(state, actions)
                return@ScrollingColumn
            }
            Text(word("want_pickup_text"), style = MaterialTheme.typography.bodyLarge)
            LargeCode(pickup)
            Column(Modifier.fillMaxWidth(), horizontalAlignment = Alignment.CenterHorizontally) {
                code(pickup)?.let { QrPicture(it, word("want_pickup_qr_a11y")) }
            }
            val formats = LocalFormats.current
            Section(accepted.item) {
                Text(accepted.seller)
                Text(formats.money(accepted.price.amountMinor, accepted.price.currency))
                Text(word("want_pickup_until", formats.moment(accepted.until)))
                QuietButton(word("want_pickup_agreement"), { actions.agreement(accepted.agreement) }, icon = Icons.Words)
            }
        }
    }
}

/** Until the seller has confirmed there is no code: how it stands, and asking again. */
@Composable
private fun NoCodeYet(
    state: RequestState,
    actions: PickupActions,
) {
    Text(word("want_pickup_none"))
    state.accepted?.let { Section(null) { AcceptedState(it) } }
    state.failure?.let { ErrorLine(errorText(it)) }
    if (state.doing == Doing.Accepting) {
        Waiting(actions::stop)
    } else {
        state.accepted?.takeIf { it.state in waiting }?.let { MainButton(word("want_accept_again"), { actions.ask(it.offer) }, icon = Icons.Refresh) }
        QuietButton(word("want_accept_other"), actions::offers)
    }
}

/** The seller is asked and has not answered. */
@Composable
private fun Waiting(onStop: () -> Unit) =
    Section(null, Modifier.semantics { liveRegion = LiveRegionMode.Polite }) {
        Text(word("want_accepting"))
        LinearProgressIndicator(Modifier.fillMaxWidth())
        OtherButton(word("want_accept_stop"), onStop, icon = Icons.Close)
    }

/** The code in its groups, always from left to right; a screen reader says it letter by letter. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun LargeCode(code: String) {
    val spoken = word("want_pickup_code_a11y", code.filter(Char::isLetterOrDigit).toList().joinToString(", "))
    CompositionLocalProvider(LocalLayoutDirection provides LayoutDirection.Ltr) {
        Surface(
            Modifier.fillMaxWidth().clearAndSetSemantics { contentDescription = spoken },
            shape = MaterialTheme.shapes.medium,
            color = MaterialTheme.colorScheme.primaryContainer,
        ) {
            FlowRow(
                Modifier.padding(screenPadding),
                horizontalArrangement = Arrangement.spacedBy(20.dp, Alignment.CenterHorizontally),
                verticalArrangement = Arrangement.spacedBy(4.dp),
            ) {
                code.split('-').forEach { group ->
                    Text(group, style = MaterialTheme.typography.displayMedium.copy(fontFamily = LocalMono.current), softWrap = false)
                }
            }
        }
    }
}
