// Joins the models of Want with its screens.
package tekram.ui.want

import androidx.compose.runtime.Composable
import tekram.ui.Room
import tekram.ui.common.NoticePane
import tekram.ui.common.Route
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Tab
import tekram.ui.common.icon
import tekram.ui.common.word

/** Draws the screens whose id begins with `want_`. */
@Composable
@Suppress("UnusedParameter")
fun WantRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = ScreenFrame(word(Tab.Want.wordKey), onBack) { NoticePane(Tab.Want.icon, word("common_empty_title"), null, null) }
