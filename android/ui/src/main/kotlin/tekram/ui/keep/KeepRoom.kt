// Joins the models of what is kept with its screens: which screen a route shows, and where a tap leads.
package tekram.ui.keep

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ffi.Preference
import tekram.ffi.Stance
import tekram.ui.Room
import tekram.ui.common.Route

/** Draws the screens whose id begins with `keep_`. */
@Composable
fun KeepRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "keep_about" -> AboutYou(room, onBack)
    "keep_attribute" -> OneAttribute(route, room, onBack)
    "keep_attribute_new", "keep_attribute_change" -> AttributeForm(route, room, onBack)
    "keep_proofs" -> Proofs(room, onBack)
    "keep_proof" -> Proof(route, room, onBack)
    "keep_show" -> Show(route, room, onBack)
    "keep_receive" -> Receive(room, onBack)
    "keep_purchases" -> Purchases(room, onBack)
    "keep_purchase" -> OnePurchase(route, room, onBack)
    "keep_purchase_new" -> PurchaseForm(room, onBack)
    "keep_import" -> PurchaseImport(room, onBack)
    "keep_memberships" -> Memberships(room, onBack)
    "keep_membership" -> OneMembership(route, room, onBack)
    "keep_membership_new" -> MembershipForm(room, onBack)
    "keep_preferences" -> Preferences(room, onBack)
    "keep_pen" -> Pen(room, onBack)
    "keep_batch" -> Batch(route, room, onBack)
    else -> Home(room, onBack)
}

@Composable
private fun Home(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { KeepModel(room.session) }
    val state by model.state.collectAsState()
    KeepScreen(state, { room.go.open(Route(it)) }, model::reload, onBack)
}

@Composable
private fun Preferences(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { PreferencesModel(room.session) }
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : PreferencesActions {
                override fun set(
                    topic: String,
                    value: String,
                    stance: Stance,
                ) = model.set(topic, value, stance)

                override fun remove(preference: Preference) = model.remove(preference)

                override fun seen() = model.seen()

                override fun reload() = model.reload()
            }
        }
    PreferencesScreen(state, actions, onBack)
}

@Composable
private fun Pen(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { PenModel(room.session) }
    val state by model.state.collectAsState()
    PenScreen(state, { room.go.open(Route("keep_batch", it.id.toString())) }, model::reload, onBack)
}

@Composable
private fun Batch(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "batch ${route.about}") { BatchModel(room.session, route.about.toLongOrNull() ?: 0) }
    val state by model.state.collectAsState()
    val items by model.items.rows.collectAsState()
    LaunchedEffect(state.discarded) { if (state.discarded) room.go.back() }
    val actions =
        remember(model) {
            object : BatchActions {
                override fun choose(
                    item: UInt,
                    along: Boolean,
                ) = model.choose(item, along)

                override fun accept() = model.accept()

                override fun reject() = model.reject()

                override fun undo() = model.undo()

                override fun discard() = model.discard()

                override fun reload() = model.reload()
            }
        }
    BatchScreen(state, items, model.items::need, actions, onBack)
}

/** Goes back once a screen is over, and has [seen] forget that it was. */
@Composable
internal fun LeaveWhen(
    done: Boolean,
    room: Room,
    seen: () -> Unit,
) = LaunchedEffect(done) {
    if (done) {
        room.go.back()
        seen()
    }
}
