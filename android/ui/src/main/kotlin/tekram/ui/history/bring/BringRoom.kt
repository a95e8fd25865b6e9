// Joins the model of where a history comes from with its screens, and with the imports that follow.
package tekram.ui.history.bring

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.Route
import tekram.ui.history.ImportModel

/** Draws who has a history, and the way to one. */
@Composable
internal fun BringRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { BringModel(room.session) }
    val imports = viewModel { ImportModel(room.session) }
    val state by model.state.collectAsState()
    if (route.id == "history_import_from") {
        return ProvidersScreen(state, { room.go.open(Route("history_import_provider", it)) }, model::reload, onBack)
    }
    val device = LocalDevice.current
    LaunchedEffect(state.filling) {
        val batch = (state.filling as? Filling.Done)?.fill?.batch ?: return@LaunchedEffect
        model.seen()
        room.go.open(Route("history_pen", batch.toString()))
    }
    val actions =
        remember(model, route.about) {
            object : ProviderActions {
                override fun open() {
                    val page = model.state.value.providers.firstOrNull { it.provider == route.about }?.page
                    if (page != null) model.opened(device.open(page))
                }

                override fun remember() = model.remember(route.about)

                override fun forget() = model.forget(route.about)

                override fun choose() {
                    imports.choose(device)
                    room.go.open(Route("history_import"))
                }

                override fun name(name: String) = model.name(name)

                override fun fill() = model.fill()

                override fun stop() = model.stop()
            }
        }
    ProviderScreen(state, route.about, actions, model::reload, onBack)
}
