// What the core returns about requests, in words: times, terms, distances, places on the map and the reasons of a rank.
package tekram.ui.want

import androidx.compose.runtime.Composable
import androidx.compose.runtime.ReadOnlyComposable
import tekram.ffi.Accepted
import tekram.ffi.Intent
import tekram.ffi.OfferReason
import tekram.ffi.OfferWhy
import tekram.ffi.TermsRow
import tekram.ui.common.Formats
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.Words
import tekram.ui.common.plural
import tekram.ui.common.word
import java.net.URI
import java.text.NumberFormat
import java.time.Instant
import java.util.Locale
import kotlin.math.abs

private const val METRES_IN_KILOMETRE = 1000
private const val HOURS_IN_DAY = 24L

/** A moment that the core gives as RFC 3339, as the person's locale writes it. */
internal fun Formats.moment(rfc3339: String): String = runCatching { Instant.parse(rfc3339) }.getOrNull()?.let { dateAndTime(it.toEpochMilli()) } ?: rfc3339

/** A span of hours that can be chosen. */
@Composable
@ReadOnlyComposable
internal fun span(hours: UInt): String {
    val count = hours.toLong()
    return if (count > HOURS_IN_DAY && count % HOURS_IN_DAY == 0L) plural("want_days_for", count / HOURS_IN_DAY) else plural("want_hours_for", count)
}

/** The title of the terms with this [id]; the id itself is never shown. */
internal fun Words.termsTitle(
    id: String,
    roster: List<TermsRow>,
): String = terms(id, "title") ?: roster.find { it.id == id }?.title ?: word("common_unknown")

/** What the terms with this [id] say, in a sentence. */
internal fun Words.termsSummary(
    id: String,
    roster: List<TermsRow>,
): String? = terms(id, "summary") ?: roster.find { it.id == id }?.summary

private fun Words.terms(
    id: String,
    part: String,
): String? = "terms_${id.lowercase(Locale.ROOT).replace('-', '_')}_$part".takeIf(::has)?.let { word(it) }

/** Where a request stands. */
internal val stateKeys =
    mapOf(
        "draft" to "want_state_draft",
        "open" to "want_state_open",
        "accepted" to "want_state_accepted",
        "closed" to "want_state_closed",
        "expired" to "want_state_expired",
    )

/** Where a request stands, after what came of an accepted offer. */
internal fun standing(
    intent: Intent,
    accepted: Accepted?,
): String =
    when (accepted?.state) {
        "refused" -> "want_state_refused"
        "lapsed" -> "want_state_lapsed"
        else -> stateKeys[intent.state] ?: "common_unknown"
    }

/** What came of an acceptance. */
internal val acceptedKeys =
    mapOf(
        "queued" to "want_accepted_queued",
        "sent" to "want_accepted_sent",
        "confirmed" to "want_accepted_confirmed",
        "refused" to "want_accepted_refused",
        "lapsed" to "want_accepted_lapsed",
    )

/** Why a seller refused, by the core's name of the reason. */
internal fun Words.refusal(reason: String): String = word("want_refused_$reason".takeIf(::has) ?: "want_refused_other")

/** Why an offer was left out, by the core's name of the reason. */
internal fun Words.leftOut(reason: String): String = word("want_left_out_$reason".takeIf(::has) ?: "want_left_out_other")

/** A board as people call it: its host. */
internal fun hostOf(board: String): String = runCatching { URI(board).host }.getOrNull() ?: board

/** A reason for an offer's place; [currency] is the offer's. */
@Composable
@ReadOnlyComposable
internal fun reasonText(
    reason: OfferReason,
    currency: String,
): String {
    val formats = LocalFormats.current
    return when (val why = reason.why) {
        OfferWhy.Cheapest -> {
            word("want_why_cheapest")
        }
        is OfferWhy.Dearer -> {
            word("want_why_dearer", formats.money(why.byMinor, currency))
        }
        is OfferWhy.Distance -> {
            if (why.metres ==
                0u
            ) {
                word("want_why_distance_here")
            } else {
                word("want_why_distance", LocalWords.current.distance(why.metres.toInt()))
            }
        }
        OfferWhy.NoCell -> {
            word("want_why_no_cell")
        }
        OfferWhy.InStock -> {
            word("want_why_in_stock")
        }
        is OfferWhy.ShortOf -> {
            plural("want_why_short_of", why.onHand.toLong())
        }
        OfferWhy.KnownSeller -> {
            word("want_why_known_seller")
        }
        OfferWhy.NewSeller -> {
            word("want_why_new_seller")
        }
    }
}

/** A distance in metres, in kilometres from one on. */
internal fun Words.distance(metres: Int): String {
    val number = NumberFormat.getNumberInstance(locale)
    number.maximumFractionDigits = 1
    return if (metres < METRES_IN_KILOMETRE) {
        word("want_metres", number.format(metres))
    } else {
        word("want_kilometres", number.format(metres.toDouble() / METRES_IN_KILOMETRE))
    }
}

/** A latitude with so many [digits] after the separator. */
internal fun Words.latitude(
    degrees: Double,
    digits: Int,
): String = word(if (degrees < 0) "want_degrees_south" else "want_degrees_north", degreesText(degrees, digits))

/** A longitude with so many [digits] after the separator. */
internal fun Words.longitude(
    degrees: Double,
    digits: Int,
): String = word(if (degrees < 0) "want_degrees_west" else "want_degrees_east", degreesText(degrees, digits))

private fun Words.degreesText(
    degrees: Double,
    digits: Int,
): String {
    val number = NumberFormat.getNumberInstance(locale)
    number.minimumFractionDigits = digits
    number.maximumFractionDigits = digits
    return number.format(abs(degrees))
}
