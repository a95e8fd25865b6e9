// Joins the models of Pay with its screens.
package tekram.ui.pay

import androidx.compose.runtime.Composable
import tekram.ui.Room
import tekram.ui.common.NoticePane
import tekram.ui.common.Route
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Tab
import tekram.ui.common.icon
import tekram.ui.common.word

/** Draws the screens whose id begins with `pay_`. */
@Composable
@Suppress("UnusedParameter")
fun PayRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = ScreenFrame(word(Tab.Pay.wordKey), onBack) { NoticePane(Tab.Pay.icon, word("common_empty_title"), null, null) }
