// Joins the models of Want with its screens: which screen a route shows, and where a tap leads.
package tekram.ui.want

import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.lifecycle.viewmodel.compose.viewModel
import kotlinx.coroutines.launch
import tekram.ffi.Intent
import tekram.ffi.QrCode
import tekram.ffi.TekramException
import tekram.ffi.qrCode
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalWords
import tekram.ui.common.Route
import tekram.ui.common.Tab

/** Draws the screens whose id begins with `want_`. */
@Composable
fun WantRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "want_compose", "want_card" -> Compose(route, room, onBack)
    "want_preview" -> Preview(route, room, onBack)
    "want_offers" -> Offers(route, room, onBack)
    "want_accept" -> Accept(route, room, onBack)
    "want_pickup" -> Pickup(route, room, onBack)
    else -> Requests(room)
}

@Composable
private fun Requests(room: Room) {
    val model = viewModel { WantListModel(room.session) }
    val state by model.state.collectAsState()
    val open: (Intent) -> Unit = { room.app.openFromHome(Route(if (it.state == "draft") "want_preview" else "want_offers", it.intent)) }
    WantListScreen(state, { room.app.openFromHome(Route("want_compose")) }, open, model::reload)
}

@Composable
private fun composing(room: Room): ComposeModel {
    val locale = LocalWords.current.locale
    return viewModel { ComposeModel(room.session, locale) }
}

@Composable
private fun request(
    number: String,
    room: Room,
): RequestModel = viewModel(key = "request $number") { RequestModel(room.session, number) }

/** A card's route is about what a store's card says; what another app asked for waits in the session. */
@Composable
private fun Compose(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = composing(room)
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    val scope = rememberCoroutineScope()
    val wish by room.session.wish.collectAsState()
    LaunchedEffect(route) { if (route.id == "want_card") model.cardOnce(route.about) }
    LaunchedEffect(wish) {
        wish?.let {
            model.take(it)
            room.session.taken(it)
        }
    }
    // Asked where its use is plain: as soon as an area is chosen that a rough position is not good for.
    LaunchedEffect(state.fields.here, state.fields.exact) {
        model.placeIs(if (state.fields.run { here && exact }) device.place(exact = true) else null)
    }
    DisposableEffect(model) { onDispose(model::stopReading) }
    LaunchedEffect(state.composed) {
        state.composed?.let {
            model.seen()
            room.go.open(Route("want_preview", it))
        }
    }
    val actions =
        remember(model, device) {
            object : ComposeActions {
                override fun edit(change: (WantFields) -> WantFields) = model.edit(change)

                override fun scan() {
                    scope.launch { device.scan()?.let(model::scanned) }
                }

                override fun addBoard(board: String) = model.addBoard(board)

                override fun scanBoard() {
                    scope.launch { device.scan()?.let(model::addBoard) }
                }

                override fun readCard() = model.readCard(device)

                override fun stopReading() = model.stopReading()

                override fun preview() {
                    scope.launch {
                        val fields = model.state.value.fields
                        if (fields.here) model.placeIs(device.place(fields.exact))
                        model.compose()
                    }
                }
            }
        }
    ComposeScreen(state, actions, model::reload, onBack)
}

@Composable
private fun Preview(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = request(route.about, room)
    val compose = composing(room)
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : PreviewActions {
                override fun send() {
                    model.send()
                }

                override fun stop() = model.stop()

                override fun discard() {
                    model.withdraw()
                }
            }
        }
    val standing = state.intent?.state
    val began = remember(route.about) { mutableSetOf<String>() }
    LaunchedEffect(standing) {
        if (standing == null) return@LaunchedEffect
        val wasDraft = "draft" in began
        began += standing
        if (!wasDraft || standing == "draft") return@LaunchedEffect
        compose.done(route.about)
        if (standing == "closed") room.app.select(Tab.Want) else room.app.openFromHome(Route("want_offers", route.about))
    }
    PreviewScreen(state, actions, model::reload, onBack)
}

@Composable
private fun Offers(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = request(route.about, room)
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : OffersActions {
                override fun collect() {
                    model.collect()
                }

                override fun stop() = model.stop()

                override fun accept(offer: String) = room.go.open(Route("want_accept", "${route.about} $offer"))

                override fun pickup() = room.go.open(Route("want_pickup", route.about))

                override fun seen() = room.go.open(Route("want_preview", route.about))

                override fun withdraw() {
                    model.withdraw()
                }
            }
        }
    OffersScreen(state, actions, model::reload, onBack)
}

/** The route is about a request and one of its offers. */
@Composable
private fun Accept(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val number = route.about.substringBefore(' ')
    val offer = route.about.substringAfter(' ')
    val model = request(number, room)
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : AcceptActions {
                override fun accept() {
                    model.accept(offer)
                }

                override fun stop() = model.stop()

                override fun pickup() = room.go.open(Route("want_pickup", number))

                override fun offers() {
                    room.go.back()
                }
            }
        }
    AcceptScreen(state, offer, actions, model::reload, onBack)
}

@Composable
private fun Pickup(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = request(route.about, room)
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : PickupActions {
                override fun ask(offer: String) {
                    model.accept(offer)
                }

                override fun stop() = model.stop()

                override fun agreement(record: String) = room.go.select(Tab.Relations, Route("relations_agreement", record))

                override fun offers() = room.app.openFromHome(Route("want_offers", route.about))
            }
        }
    PickupScreen(state, ::codeOf, actions, model::reload, onBack)
}

/** The QR code of [text], or null when it is too long for one. */
private fun codeOf(text: String): QrCode? =
    try {
        qrCode(text)
    } catch (
        @Suppress("SwallowedException") tooLong: TekramException,
    ) {
        null
    }
