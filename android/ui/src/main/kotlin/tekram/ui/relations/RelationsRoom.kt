// Joins the models of Relations with its screens. An agreement's route holds the party and the record, which are both
// public names.
package tekram.ui.relations

import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.setValue
import androidx.lifecycle.viewmodel.compose.viewModel
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.Route
import tekram.ui.common.Tab
import tekram.ui.want.CardAnswer
import tekram.ui.want.storeCard

/** Draws the screens whose id begins with `relations_`. */
@Composable
fun RelationsRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "relations_party" -> PartyOf(route, room, onBack)
    "relations_agreement" -> AgreementOf(route, room, onBack)
    "relations_card" -> Card(room, onBack)
    else -> Relations(room)
}

@Composable
private fun Relations(room: Room) {
    val model = viewModel { RelationsModel(room.session) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    val card = { room.app.openFromHome(Route("relations_card")) }.takeIf { device.readsCards || device.canScan }
    RelationsScreen(state, { room.app.openFromHome(Route("relations_party", it.party)) }, model::reload, card)
}

@Composable
private fun Card(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val device = LocalDevice.current
    val scope = rememberCoroutineScope()
    var reading by remember { mutableStateOf<Job?>(null) }
    var answer by remember { mutableStateOf<CardAnswer?>(null) }
    val take: (String?) -> Unit = { text ->
        reading = null
        answer =
            when {
                text == null -> CardAnswer.NoReader
                storeCard(text) == null -> CardAnswer.Bad
                else -> null
            }
        if (text != null && answer == null) room.go.select(Tab.Want, Route("want_card", text, kept = false))
    }
    val actions =
        remember(device) {
            object : CardActions {
                override fun read() {
                    answer = null
                    reading = scope.launch { take(device.readCard()) }
                }

                override fun stop() {
                    reading?.cancel()
                    reading = null
                }

                override fun scan() {
                    scope.launch { device.scan()?.let(take) }
                }
            }
        }
    CardScreen(reading != null, answer, actions, onBack)
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
