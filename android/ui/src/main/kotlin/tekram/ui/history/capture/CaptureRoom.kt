// Which screen a route of capture shows: players, pause and private session, what counts, other apps, an article that was read,
// recordings.
package tekram.ui.history.capture

import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ffi.Quiet
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.Route
import tekram.ui.history.CaptureModel
import tekram.ui.history.CaptureScreen

/** Draws the screens whose id begins with `history_capture`. */
@Composable
fun CaptureRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "history_capture_quiet" -> QuietTimes(room, onBack)
    "history_capture_counting" -> Counting(room, onBack)
    "history_capture_apps" -> Apps(room, onBack)
    "history_capture_read" -> Read(route, room, onBack)
    "history_capture_record" -> Recordings(room, onBack)
    else -> Players(room, onBack)
}

@Composable
private fun Players(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val device = LocalDevice.current
    val model = viewModel { CaptureModel(room.session, device::notices) }
    val state by model.state.collectAsState()
    CaptureScreen(
        state,
        model::allow,
        model::reload,
        onBack,
        onPhone = device.phonePage?.let { page -> { device.open(page) } },
        onQuiet = { room.go.open(Route("history_capture_quiet")) },
    )
}

@Composable
private fun QuietTimes(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { QuietModel(room.session) }
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : QuietActions {
                override fun begin(
                    quiet: Quiet,
                    minutes: UInt?,
                ) = model.begin(quiet, minutes)

                override fun end(quiet: Quiet) = model.end(quiet)
            }
        }
    QuietScreen(state, actions, model::reload, onBack)
}

@Composable
private fun Counting(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { CountingModel(room.session) }
    val state by model.state.collectAsState()
    CountingScreen(state, model::set, model::reset, model::reload, onBack)
}

@Composable
private fun Apps(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val device = LocalDevice.current
    val model = viewModel { AppsModel(room.session, device.endpoint) }
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : AppsActions {
                override fun add(app: String) = model.add(app)

                override fun seen() = model.seen()

                override fun revoke(token: String) = model.revoke(token)

                override fun answer(wanted: Boolean) = model.answer(wanted)
            }
        }
    AppsScreen(state, actions, model::reload, onBack)
}

@Composable
private fun Read(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "read ${route.about}") { ReadModel(room.session, ReadForm.of(route)) }
    val state by model.state.collectAsState()
    // The same page may be read again: what was kept is not said a second time.
    DisposableEffect(model) { onDispose(model::left) }
    ReadScreen(state, model::change, model::keep, model::another, onBack)
}

@Composable
private fun Recordings(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { RecordingModel(room.session) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    val actions =
        remember(model) {
            object : RecordingActions {
                override fun start() = model.start()

                override fun stop() = model.stop()

                override fun save() = model.save(device)

                override fun discard() = model.discard()

                override fun replay() = model.replay(device)
            }
        }
    RecordingScreen(state, actions, model::reload, onBack)
}
