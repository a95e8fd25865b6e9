// A store's card, read from the list of relations. The core knows no relation that a card alone could begin: what it says
// goes into a request, and the screen says so before anything is read.
package tekram.ui.relations

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import tekram.ui.common.Icons
import tekram.ui.common.LocalDevice
import tekram.ui.common.OtherButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.word
import tekram.ui.want.CardAnswer
import tekram.ui.want.StoreCardRow

/** What can be done with a store's card. */
interface CardActions {
    /** Waits for a card. */
    fun read()

    /** Waits no longer. */
    fun stop()

    /** Reads the card's code with the camera. */
    fun scan()
}

/** `relations_card`: reads a store's card. */
@Composable
fun CardScreen(
    reading: Boolean,
    answer: CardAnswer?,
    actions: CardActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("want_store_card"), onBack) {
    ScrollingColumn {
        Text(word("relations_store_card_text"))
        StoreCardRow(reading, answer, actions::read, actions::stop)
        if (LocalDevice.current.canScan && !reading) OtherButton(word("common_scan_title"), actions::scan, icon = Icons.Scan)
    }
}
