// Joins the models of Relations with its screens. An agreement's route holds the party and the record, which are both
// public names.
package tekram.ui.relations

import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.Route

/** Draws the screens whose id begins with `relations_`. */
@Composable
fun RelationsRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "relations_party" -> PartyOf(route, room, onBack)
    "relations_agreement" -> AgreementOf(route, room, onBack)
    else -> Relations(room)
}

@Composable
private fun Relations(room: Room) {
    val model = viewModel { RelationsModel(room.session) }
    val state by model.state.collectAsState()
    RelationsScreen(state, { room.app.openFromHome(Route("relations_party", it.party)) }, model::reload)
}

@Composable
private fun PartyOf(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = route.about) { PartyModel(room.session, route.about) }
    val state by model.state.collectAsState()
    PartyScreen(state, { room.go.open(Route("relations_agreement", "${route.about} ${it.record}")) }, model::reload, onBack)
}

@Composable
private fun AgreementOf(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model =
        viewModel(key = route.about) {
            AgreementModel(room.session, route.about.substringBeforeLast(' '), route.about.substringAfterLast(' '))
        }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    AgreementScreen(state, { model.export(device) }, model::reload, onBack)
}
