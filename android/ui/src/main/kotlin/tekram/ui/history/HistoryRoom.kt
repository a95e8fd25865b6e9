// Joins the models of History with its screens: which screen a route shows, and where a tap leads.
package tekram.ui.history

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ffi.Day
import tekram.ffi.Listen
import tekram.ffi.ListenKind
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.Route
import tekram.ui.common.Tab

/** Draws the screens whose id begins with `history_`. */
@Composable
fun HistoryRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "history_day" -> DayOfHistory(route, room, onBack)
    "history_item" -> Item(route, room, onBack)
    "history_search" -> Search(room, onBack)
    "history_import" -> Imports(room, onBack)
    "history_pen" -> Pen(route, room, onBack)
    "history_refused" -> Refused(route, room, onBack)
    "history_export" -> Export(room, onBack)
    "history_capture" -> Capture(room, onBack)
    else -> Days(room)
}

@Composable
private fun Days(room: Room) {
    val model = viewModel { HistoryModel(room.session) }
    val days by model.days.rows.collectAsState()
    val state by model.state.collectAsState()
    val actions =
        remember(room) {
            object : DaysActions {
                override fun day(day: Day) = room.app.openFromHome(Route("history_day", listOf(day.date, day.fromMs, day.toMs).joinToString(" ")))

                override fun search() = room.go.open(Route("history_search"))

                override fun import() = room.go.open(Route("history_import"))

                override fun export() = room.go.open(Route("history_export"))

                override fun capture() = room.go.open(Route("history_capture"))
            }
        }
    DaysScreen(days, state.sources, model.days::need, model::reload, actions)
}

/** The day is the route's date and the bounds that the core gave for it. */
@Composable
private fun DayOfHistory(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val parts = route.about.split(' ')
    val model = viewModel(key = route.about) { DayModel(room.session, parts.getOrNull(1)?.toLongOrNull(), parts.getOrNull(2)?.toLongOrNull()) }
    val listens by model.listens.rows.collectAsState()
    DayScreen(parts.first(), listens, model.listens::need, model.listens::reload, { room.go.open(item(it)) }, onBack)
}

@Composable
private fun Item(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = route.about) { ItemModel(room.session, route.about.toLongOrNull() ?: 0) }
    val state by model.state.collectAsState()
    ItemScreen(state, model::rate, { room.go.select(Tab.Relations, Route("relations_party", it)) }, model::reload, onBack)
}

@Composable
private fun Search(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { HistoryModel(room.session) }
    val state by model.state.collectAsState()
    val found by model.found.rows.collectAsState()
    LaunchedEffect(model) { if (!state.searching) model.search(open = true) }
    val actions =
        remember(model) {
            object : SearchActions {
                override fun text(text: String) = model.search(text)

                override fun kind(kind: ListenKind?) = model.only(kind)

                override fun source(source: String?) = model.only(source)

                override fun listen(listen: Listen) = room.go.open(item(listen))
            }
        }
    val leave =
        onBack?.let {
            {
                model.search(open = false)
                it()
            }
        }
    SearchScreen(state, found, model.found::need, model::reload, actions, leave)
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
    ImportScreen(state, { model.choose(device) }, model::stop, model::reload, { room.go.open(Route("history_pen", it.toString())) }, onBack)
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

@Composable
private fun Export(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { ExportModel(room.session) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    ExportScreen(state, model::form, { model.export(device) }, onBack)
}

@Composable
private fun Capture(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { CaptureModel(room.session) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    CaptureScreen(state, model::allow, model::reload, onBack, onPhone = device.phonePage?.let { page -> { device.open(page) } })
}

private fun item(listen: Listen) = Route("history_item", listen.id.toString())
