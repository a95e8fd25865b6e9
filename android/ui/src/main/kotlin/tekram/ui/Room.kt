// What every room's screens are given, and which room draws which screen. A screen's id begins with its room's name,
// so that a new screen needs no entry here.
package tekram.ui

import androidx.compose.runtime.Composable
import tekram.ui.common.Navigator
import tekram.ui.common.Route
import tekram.ui.history.HistoryRoom
import tekram.ui.keep.KeepRoom
import tekram.ui.me.MeRoom
import tekram.ui.pay.PayRoom
import tekram.ui.relations.RelationsRoom
import tekram.ui.start.AppModel
import tekram.ui.start.Session
import tekram.ui.want.WantRoom

/** What a room's screens work with. Their view models are kept by [session] and end when it is locked. */
class Room(
    val session: Session,
    val app: AppModel,
) {
    /** Opens other screens. */
    val go: Navigator get() = app
}

/** Draws [route]; [onBack] is null where there is no way back. */
@Composable
internal fun RoomScreen(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id.substringBefore('_')) {
    "history" -> HistoryRoom(route, room, onBack)
    "pay" -> PayRoom(route, room, onBack)
    "want" -> WantRoom(route, room, onBack)
    "relations" -> RelationsRoom(route, room, onBack)
    "keep" -> KeepRoom(route, room, onBack)
    else -> MeRoom(route, room, onBack)
}
