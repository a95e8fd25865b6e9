// Samples of Want, one line each.
package tekram.ui.want

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import tekram.ui.common.LocalDevice
import tekram.ui.common.Phase
import tekram.ui.common.PlaceAnswer
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Shown
import tekram.ui.common.Tab
import tekram.ui.common.word
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample
import tekram.ui.relations.ReadingDevice

private val unreadable = Phase.Failed(Shown(3_002, "damaged", "vault"))
private val someIntents =
    listOf(
        intent("open"),
        intent("draft", "2", "A blue wool hat"),
        intent("accepted", "3", "Bicycle pump with a pressure gauge"),
        intent("closed", "4", "Reading lamp"),
        intent("expired", "5", "Coffee beans, one kilogram"),
    )

@Composable
private fun List(state: WantListState) = WantListScreen(state, {}, {}, {})

@Composable
private fun Compose(state: ComposeState) = ComposeScreen(state, noComposeActions, {}, {})

/** A part of the screen that stands further down. */
@Composable
private fun Part(content: @Composable () -> Unit) = ScreenFrame(word("want_compose_title"), {}) { ScrollingColumn { content() } }

/** On a device that reads stores' cards. */
@Composable
private fun WithReader(content: @Composable () -> Unit) = CompositionLocalProvider(LocalDevice provides ReadingDevice(), content = content)

@Composable
private fun Preview(state: RequestState) = PreviewScreen(state, noPreviewActions, {}, {})

@Composable
private fun Offers(state: RequestState) = OffersScreen(state, noOffersActions, {}, {})

@Composable
private fun Accept(
    state: RequestState,
    offer: String = "offer1",
) = AcceptScreen(state, offer, noAcceptActions, {}, {})

@Composable
private fun Pickup(state: RequestState) = PickupScreen(state, ::someCode, noPickupActions, {}, {})

private val typed = writing.fields.copy(here = false, latitude = "50.11", longitude = "somewhere", gtin = "4006381333932", boards = emptySet())

val wantSamples: List<Sample> =
    listOf(
        sample("want_list", tab = Tab.Want, wide = true) { List(WantListState(Phase.Ready, someIntents)) },
        sample("want_list", "empty", Tab.Want) { List(WantListState(Phase.Empty)) },
        sample("want_list", "loading", Tab.Want) { List(WantListState()) },
        sample("want_list", "error", Tab.Want) { List(WantListState(unreadable)) },
        sample("want_list", "offline", Tab.Want) { List(WantListState(Phase.Offline)) },
        sample("want_list", "locked", Tab.Want) { List(WantListState(Phase.Locked)) },
        sample("want_compose", tab = Tab.Want, wide = true) { Compose(writing) },
        sample("want_compose", "picture", Tab.Want) { Compose(writing.copy(fields = WantFields(), noCode = true)) },
        sample("want_compose", "card", Tab.Want) { WithReader { Compose(writing.copy(card = CardAnswer.Taken)) } },
        sample("want_compose", "card_bad", Tab.Want) { WithReader { Compose(writing.copy(card = CardAnswer.Bad)) } },
        sample("want_compose", "card_reading", Tab.Want) { WithReader { Compose(writing.copy(readingCard = true)) } },
        sample("want_compose", "place_refused", Tab.Want) { Part { Where(writing.copy(place = PlaceAnswer.Refused), noComposeActions) } },
        sample("want_compose", "place_rough", Tab.Want) {
            Part { Where(writing.copy(fields = writing.fields.copy(here = true, precision = 7u), place = PlaceAnswer.RoughOnly), noComposeActions) }
        },
        sample("want_compose", "place", Tab.Want) { Compose(writing.copy(fields = typed, flaws = setOf(Flaw.Gtin, Flaw.Place, Flaw.Boards))) },
        sample("want_compose", "where", Tab.Want) { Part { Where(writing.copy(fields = typed.copy(precision = 6u)), noComposeActions) } },
        sample("want_compose", "terms", Tab.Want) {
            Part {
                TermsChoice(writing, noComposeActions)
                Boards(writing, noComposeActions)
            }
        },
        sample("want_compose", "loading", Tab.Want) { Compose(ComposeState()) },
        sample("want_preview", tab = Tab.Want, wide = true) { Preview(request("draft")) },
        sample("want_preview", "sending", Tab.Want) { Preview(request("draft").copy(doing = Doing.Sending)) },
        sample("want_preview", "error", Tab.Want) { Preview(request("draft").copy(failure = unreachable)) },
        sample("want_preview", "discard", Tab.Want) {
            Preview(request("draft"))
            Question(word("want_draft_discard_confirm"), word("want_draft_discard"), {}) {}
        },
        sample("want_offers", "withdraw", Tab.Want) {
            Offers(request("open", collected))
            Question(word("want_withdraw_confirm"), word("want_withdraw"), {}) {}
        },
        sample("want_preview", "fine", Tab.Want) {
            Preview(RequestState(Phase.Ready, intent("open", cells = 5), terms = roster))
        },
        sample("want_offers", tab = Tab.Want, wide = true) { Offers(request("open", collected)) },
        sample("want_offers", "empty", Tab.Want) { Offers(request("open")) },
        sample("want_offers", "collecting", Tab.Want) { Offers(request("open").copy(doing = Doing.Collecting)) },
        sample("want_offers", "loading", Tab.Want) { Offers(RequestState()) },
        sample("want_offers", "error", Tab.Want) { Offers(request("open").copy(failure = unreachable)) },
        sample("want_offers", "offline", Tab.Want) { Offers(request("open", collected).copy(failure = Shown(2_001, "offline", "network"))) },
        sample("want_offers", "locked", Tab.Want) { Offers(RequestState(Phase.Locked)) },
        sample("want_offers", "accepted", Tab.Want) { Offers(request("accepted", collected, accepted("confirmed"))) },
        sample("want_offers", "refused", Tab.Want) { Offers(request("accepted", collected, accepted("refused", "sold_out"))) },
        sample("want_offers", "withdrawn", Tab.Want) { Offers(request("closed")) },
        sample("want_offers", "expired", Tab.Want) { Offers(request("expired", collected)) },
        sample("want_accept", tab = Tab.Want) { Accept(request("open", collected)) },
        sample("want_accept", "waiting", Tab.Want) { Accept(request("open", collected).copy(doing = Doing.Accepting)) },
        sample("want_accept", "sent", Tab.Want) { Accept(request("accepted", collected, accepted("sent"))) },
        sample("want_accept", "confirmed", Tab.Want) { Accept(request("accepted", collected, accepted("confirmed"))) },
        sample("want_accept", "refused", Tab.Want) { Accept(request("accepted", collected, accepted("refused", "sold_out"))) },
        sample("want_accept", "lapsed", Tab.Want) { Accept(request("accepted", collected, accepted("lapsed"))) },
        sample("want_accept", "gone", Tab.Want) { Accept(request("open", collected), "gone") },
        sample("want_pickup", tab = Tab.Want, wide = true) { Pickup(request("accepted", collected, accepted("confirmed"))) },
        sample("want_pickup", "none", Tab.Want) { Pickup(request("accepted", collected, accepted("sent"))) },
    )
