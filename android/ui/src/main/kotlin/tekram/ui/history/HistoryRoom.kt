// Joins the models of History with its screens.
package tekram.ui.history

import androidx.compose.runtime.Composable
import tekram.ui.Room
import tekram.ui.common.NoticePane
import tekram.ui.common.Route
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Tab
import tekram.ui.common.icon
import tekram.ui.common.word

/** Draws the screens whose id begins with `history_`. */
@Composable
@Suppress("UnusedParameter")
fun HistoryRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = ScreenFrame(word(Tab.History.wordKey), onBack) { NoticePane(Tab.History.icon, word("common_empty_title"), null, null) }
