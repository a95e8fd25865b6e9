// Joins the models of imports with their screens: which screen a route shows, and where a tap leads.
package tekram.ui.history

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ffi.TableMapping
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.Route
import tekram.ui.history.bring.BringRoom

/** Draws the imports, what one would add, and the lines that it left out. */
@Composable
internal fun ImportRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "history_pen" -> Pen(route, room, onBack)
    "history_refused" -> Refused(route, room, onBack)
    "history_import_from", "history_import_provider" -> BringRoom(route, room, onBack)
    else -> Imports(room, onBack)
}

@Composable
private fun Imports(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { ImportModel(room.session) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    val importing = state.importing
    LaunchedEffect(importing) {
        if (importing is Importing.Done) {
            model.seen()
            room.go.open(Route("history_pen", importing.batch.toString()))
        }
    }
    val actions =
        remember(model, device) {
            object : ImportActions {
                override fun choose() = model.choose(device)

                override fun from() = room.go.open(Route("history_import_from"))

                override fun stop() = model.stop()

                override fun open(batch: Long) = room.go.open(Route("history_pen", batch.toString()))

                override fun zone(zone: String) = model.zone(zone)

                override fun mapping(mapping: TableMapping) = model.mapping(mapping)

                override fun read() = model.read()

                override fun leave() = model.leave()
            }
        }
    ImportScreen(state, actions, model::reload, onBack)
}

@Composable
private fun Pen(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = pen(route, room)
    val state by model.state.collectAsState()
    val preview by model.preview.rows.collectAsState()
    val actions =
        remember(model) {
            object : PenActions {
                override fun accept() = model.accept()

                override fun reject() = model.reject()

                override fun undo() = model.undo()

                override fun refused() = room.go.open(Route("history_refused", route.about))
            }
        }
    PenScreen(state, preview, model.preview::need, model::reload, actions, onBack)
}

@Composable
private fun Refused(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = pen(route, room)
    val lines by model.refused.rows.collectAsState()
    RefusedScreen(lines, model.refused::need, model::reload, onBack)
}

@Composable
private fun pen(
    route: Route,
    room: Room,
): PenModel = viewModel(key = "pen ${route.about}") { PenModel(room.session, route.about.toLongOrNull() ?: 0) }
