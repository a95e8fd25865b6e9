// The part of the room about the person and their proofs.
package tekram.ui.keep

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.lifecycle.viewmodel.compose.viewModel
import kotlinx.coroutines.launch
import tekram.ffi.Claim
import tekram.ffi.QrCode
import tekram.ffi.TekramException
import tekram.ffi.qrCode
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.Route

@Composable
internal fun AboutYou(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { AttributesModel(room.session) }
    val state by model.state.collectAsState()
    val open = { id: Long -> room.go.open(Route("keep_attribute", id.toString())) }
    AboutYouScreen(state, { open(it.id) }, { room.go.open(Route("keep_attribute_new")) }, model::reload, onBack)
}

@Composable
internal fun OneAttribute(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "attribute ${route.about}") { AttributeModel(room.session, route.about.toLongOrNull() ?: 0) }
    val state by model.state.collectAsState()
    LeaveWhen(state.done, room, model::seen)
    val actions =
        remember(model) {
            object : AttributeActions {
                override fun change() = room.go.open(Route("keep_attribute_change", route.about))

                override fun end() = model.end()

                override fun forget() = model.forget()

                override fun proof(id: String) = room.go.open(Route("keep_proof", id))

                override fun reload() = model.reload()
            }
        }
    AttributeScreen(state, actions, onBack)
}

@Composable
internal fun AttributeForm(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "attribute form ${route.about}") { AttributeFormModel(room.session, route.about.toLongOrNull()) }
    val state by model.state.collectAsState()
    LaunchedEffect(model) { model.begin() }
    LeaveWhen(state.done, room, model::begin)
    AttributeFormScreen(state, model::edit, model::save, onBack)
}

@Composable
internal fun Proofs(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { ProofsModel(room.session) }
    val state by model.state.collectAsState()
    ProofsScreen(state, { room.go.open(Route("keep_proof", it.id)) }, { room.go.open(Route("keep_receive")) }, model::reload, onBack)
}

@Composable
internal fun Proof(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "proof ${route.about}") { ProofModel(room.session, route.about) }
    val state by model.state.collectAsState()
    LeaveWhen(state.done, room, model::seen)
    val actions =
        remember(model) {
            object : ProofActions {
                override fun check() = model.check()

                override fun show() = room.go.open(Route("keep_show", route.about))

                override fun remove() = model.remove()

                override fun reload() = model.reload()
            }
        }
    ProofScreen(state, actions, onBack)
}

@Composable
internal fun Show(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "show ${route.about}") { ShowModel(room.session, route.about) }
    val state by model.state.collectAsState()
    LaunchedEffect(model) { model.begin() }
    val actions =
        remember(model) {
            object : ShowActions {
                override fun to(party: String?) = model.to(party)

                override fun choose(
                    claim: Claim,
                    along: Boolean,
                ) = model.choose(claim, along)

                override fun audience(text: String) = model.audience(text)

                override fun nonce(text: String) = model.nonce(text)

                override fun answer() = model.answer()

                override fun reload() = model.begin()
            }
        }
    ShowScreen(state, ::drawn, actions, onBack)
}

@Composable
internal fun Receive(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { ReceiveModel(room.session) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    val scope = rememberCoroutineScope()
    LaunchedEffect(state.batch) {
        state.batch?.let { batch ->
            model.seen()
            // The batch stands where this screen stood.
            room.go.back()
            room.go.open(Route("keep_batch", batch.toString()))
        }
    }
    val actions =
        remember(model, device) {
            object : ReceiveActions {
                override fun edit(content: String) = model.edit(content)

                override fun receive() = model.receive()

                override fun scan() {
                    scope.launch { device.scan()?.let(model::edit) }
                }

                override fun file() = model.file(device)

                override fun keyFor(issuer: String) = model.keyFor(issuer)
            }
        }
    ReceiveScreen(state, actions, onBack)
}

/** The QR code of a text, or null when it is too long for one. */
internal fun drawn(text: String): QrCode? =
    try {
        qrCode(text)
    } catch (_: TekramException) {
        null
    }
