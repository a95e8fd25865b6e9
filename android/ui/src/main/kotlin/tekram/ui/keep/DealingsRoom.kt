// The part of the room about purchases and memberships.
package tekram.ui.keep

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.lifecycle.viewmodel.compose.viewModel
import kotlinx.coroutines.launch
import tekram.ffi.Purchase
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalWords
import tekram.ui.common.Route
import tekram.ui.want.offeredCurrencies
import java.time.Clock

@Composable
internal fun Purchases(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { PurchasesModel(room.session) }
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : PurchasesActions {
                override fun search(text: String) = model.search(text)

                override fun open(purchase: Purchase) = room.go.open(Route("keep_purchase", purchase.id.toString()))

                override fun add() = room.go.open(Route("keep_purchase_new"))

                override fun import() = room.go.open(Route("keep_import"))

                override fun reload() = model.reload()
            }
        }
    PurchasesScreen(state, actions, onBack)
}

@Composable
internal fun OnePurchase(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "purchase ${route.about}") { PurchaseModel(room.session, route.about.toLongOrNull() ?: 0) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    LeaveWhen(state.done, room, model::seen)
    val actions =
        remember(model, device) {
            object : PurchaseActions {
                override fun attach() = model.attach(device)

                override fun detach() = model.detach()

                override fun save() = model.save(device)

                override fun remove() = model.remove()

                override fun reload() = model.reload()
            }
        }
    PurchaseScreen(state, actions, onBack)
}

@Composable
internal fun PurchaseForm(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { PurchaseFormModel(room.session) }
    val state by model.state.collectAsState()
    val locale = LocalWords.current.locale
    val clock = remember { Clock.systemDefaultZone() }
    val begin = { model.begin(clock, offeredCurrencies(locale).first()) }
    LaunchedEffect(model) { begin() }
    LeaveWhen(state.done, room, begin)
    PurchaseFormScreen(state, model::edit, { model.save(clock, locale) }, onBack)
}

@Composable
internal fun PurchaseImport(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { PurchaseImportModel(room.session) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    val actions =
        remember(model, device) {
            object : PurchaseImportActions {
                override fun table() = model.table(device)

                override fun choose(change: (CsvChoices) -> CsvChoices) = model.choose(change)

                override fun readTable() = model.readTable()

                override fun orders() = model.orders(device)

                override fun look(batch: Long) = room.go.open(Route("keep_batch", batch.toString()))
            }
        }
    PurchaseImportScreen(state, actions, onBack)
}

@Composable
internal fun Memberships(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { MembershipsModel(room.session) }
    val state by model.state.collectAsState()
    val open = { id: Long -> room.go.open(Route("keep_membership", id.toString())) }
    MembershipsScreen(state, { open(it.id) }, { room.go.open(Route("keep_membership_new")) }, model::reload, onBack)
}

@Composable
internal fun OneMembership(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "membership ${route.about}") { MembershipModel(room.session, route.about.toLongOrNull() ?: 0) }
    val state by model.state.collectAsState()
    LeaveWhen(state.done, room, model::seen)
    MembershipScreen(state, model::remove, model::reload, onBack)
}

@Composable
internal fun MembershipForm(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { MembershipFormModel(room.session) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    val scope = rememberCoroutineScope()
    LaunchedEffect(model) { model.begin() }
    LeaveWhen(state.done, room, model::begin)
    val actions =
        remember(model, device) {
            object : MembershipFormActions {
                override fun edit(change: (MembershipFields) -> MembershipFields) = model.edit(change)

                override fun scan() {
                    scope.launch { device.scanCode()?.let { model.scanned(it.kind, it.text) } }
                }

                override fun photo() = model.photo(device)

                override fun save() = model.save()
            }
        }
    MembershipFormScreen(state, actions, onBack)
}
