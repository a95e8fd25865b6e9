// Fixed requests and offers for samples and clicks. The places, sellers and keys are made up.
package tekram.ui.want

import tekram.ffi.Accepted
import tekram.ffi.Area
import tekram.ffi.Cell
import tekram.ffi.Intent
import tekram.ffi.Money
import tekram.ffi.Offer
import tekram.ffi.OfferReason
import tekram.ffi.OfferWhy
import tekram.ffi.Offers
import tekram.ffi.QrCode
import tekram.ffi.RefusedCount
import tekram.ffi.TermsRow
import tekram.ui.common.Phase
import tekram.ui.common.Shown

private const val UNTIL = "2026-10-06T18:00:00Z"
private const val BOARD = "wss://board.example"

internal val roster =
    listOf(
        TermsRow("PDC-INTENT", "Intent data contribution", "Answer the request and nothing else."),
        TermsRow("SD-BASE", "Service delivery", "Service only."),
        TermsRow("SD-BASE-A", "Service delivery, analytics", "Service and statistics."),
    )

/** Cells as the core nests them, from coarse to fine. */
private val nested =
    listOf(
        Cell("u0y", Area(49.21875, 8.4375, 50.625, 9.84375)),
        Cell("u0yj", Area(50.09765625, 8.4375, 50.2734375, 8.7890625)),
        Cell("u0yjj", Area(50.09765625, 8.6572265625, 50.1416015625, 8.701171875)),
        Cell("u0yjjd", Area(50.108642578125, 8.67919921875, 50.1141357421875, 8.690185546875)),
        Cell("u0yjjd4", Area(50.108642578125, 8.68194580078125, 50.110015869140625, 8.683319091796875)),
    )

internal fun intent(
    state: String,
    number: String = "1",
    want: String = "Wireless headphones",
    cells: Int = 3,
) = Intent(
    intent = number,
    state = state,
    want = want,
    gtin = "4006381333931",
    quantity = 2u,
    ceiling = Money(25_000, "EUR"),
    terms = "PDC-INTENT",
    cells = nested.take(cells),
    inStore = false,
    until = UNTIL,
    event = null,
    relays = listOf(BOARD, "wss://noticeboard.example"),
    content =
        """{"@context":"https://schema.org","@type":"Demand","area":["u0y","u0yj","u0yjj"],"gtin":"4006381333931",""" +
            """"name":"Wireless headphones","priceCeiling":{"amountMinor":25000,"currency":"EUR"},"quantity":2}""",
    tags = listOf(listOf("g", "u0y"), listOf("g", "u0yj"), listOf("g", "u0yjj"), listOf("expiration", "1791309600")),
)

internal fun offer(
    rank: UInt,
    seller: String,
    minor: Long,
    vararg why: OfferWhy,
) = Offer(
    rank = rank,
    offer = "offer$rank",
    seller = seller,
    sellerDid = "did:key:z6Mk$rank",
    item = "Headphones, closed, wireless, black",
    price = Money(minor, "EUR"),
    stock = 3u,
    cell = "u0yjj",
    until = UNTIL,
    points = 940u - rank * 120u,
    reasons = why.map { OfferReason(it, 800u, 1u) },
)

internal val someOffers =
    listOf(
        offer(1u, "Sound & Sons", 21_900, OfferWhy.Cheapest, OfferWhy.Distance(0u), OfferWhy.InStock, OfferWhy.NewSeller),
        offer(2u, "Radio Brenner", 22_450, OfferWhy.Dearer(550), OfferWhy.Distance(4_900u), OfferWhy.InStock, OfferWhy.KnownSeller),
        offer(3u, "Elektrohandel am Hafen, Inhaberin Ada Brook", 24_900, OfferWhy.Dearer(3_000), OfferWhy.NoCell, OfferWhy.ShortOf(1u), OfferWhy.NewSeller),
    )

internal val collected = Offers(someOffers, 4u, listOf(RefusedCount("over_ceiling", 2u), RefusedCount("bad_signature", 1u)))

internal fun accepted(
    state: String,
    reason: String? = null,
) = Accepted(
    intent = "1",
    offer = "offer1",
    state = state,
    reason = reason,
    commitment = "record-c",
    agreement = "record-a",
    agreementSha256 = null,
    price = Money(21_900, "EUR"),
    pickupCode = "7K3M-Q2XV".takeIf { state == "confirmed" },
    item = "Headphones, closed, wireless, black",
    seller = "Sound & Sons",
    until = UNTIL,
)

internal fun request(
    state: String,
    offers: Offers? = null,
    accepted: Accepted? = null,
) = RequestState(Phase.Ready, intent(state), offers ?: Offers(emptyList(), 0u, emptyList()), accepted, roster)

internal val writing =
    ComposeState(
        phase = Phase.Ready,
        fields = WantFields(what = "Wireless headphones", terms = "PDC-INTENT", ceiling = "250", boards = setOf(BOARD)),
        terms = roster,
        currencies = listOf("EUR", "SAT"),
        boards = listOf(BOARD, "wss://noticeboard.example"),
    )

internal val unreachable = Shown(2_020, "no_relay", "network")

/** Modules that look like a code and mean nothing; the real ones come from the core. */
internal fun someCode(text: String): QrCode {
    val side = 33
    val random = java.util.Random(text.hashCode().toLong())
    val inside = 4 until side - 4
    val modules = ByteArray(side * side) { at -> if (at / side in inside && at % side in inside && random.nextBoolean()) 1 else 0 }
    return QrCode(side.toUInt(), modules)
}

internal val noComposeActions =
    object : ComposeActions {
        override fun edit(change: (WantFields) -> WantFields) = Unit

        override fun scan() = Unit

        override fun addBoard(board: String) = Unit

        override fun scanBoard() = Unit

        override fun readCard() = Unit

        override fun stopReading() = Unit

        override fun preview() = Unit
    }

internal val noPreviewActions =
    object : PreviewActions {
        override fun send() = Unit

        override fun stop() = Unit

        override fun discard() = Unit
    }

internal val noOffersActions =
    object : OffersActions {
        override fun collect() = Unit

        override fun stop() = Unit

        override fun accept(offer: String) = Unit

        override fun pickup() = Unit

        override fun seen() = Unit

        override fun withdraw() = Unit
    }

internal val noPickupActions =
    object : PickupActions {
        override fun ask(offer: String) = Unit

        override fun stop() = Unit

        override fun agreement(record: String) = Unit

        override fun offers() = Unit
    }

internal val noAcceptActions =
    object : AcceptActions {
        override fun accept() = Unit

        override fun stop() = Unit

        override fun pickup() = Unit

        override fun offers() = Unit
    }
