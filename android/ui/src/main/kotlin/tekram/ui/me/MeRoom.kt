// Joins the models of Me with its screens.
package tekram.ui.me

import androidx.compose.runtime.Composable
import tekram.ui.Room
import tekram.ui.common.NoticePane
import tekram.ui.common.Route
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Tab
import tekram.ui.common.icon
import tekram.ui.common.word

/** Draws the screens whose id begins with `me_`. */
@Composable
@Suppress("UnusedParameter")
fun MeRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = ScreenFrame(word(Tab.Me.wordKey), onBack) { NoticePane(Tab.Me.icon, word("common_empty_title"), null, null) }
