// Joins the models of Relations with its screens.
package tekram.ui.relations

import androidx.compose.runtime.Composable
import tekram.ui.Room
import tekram.ui.common.NoticePane
import tekram.ui.common.Route
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Tab
import tekram.ui.common.icon
import tekram.ui.common.word

/** Draws the screens whose id begins with `relations_`. */
@Composable
@Suppress("UnusedParameter")
fun RelationsRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = ScreenFrame(word(Tab.Relations.wordKey), onBack) { NoticePane(Tab.Relations.icon, word("common_empty_title"), null, null) }
