// What was asked from outside waits here until a profile is open: a share from another app must not be lost because the
// phone was locked, and must not do anything before.
package tekram.app

import android.content.ComponentName
import android.content.Intent
import androidx.lifecycle.ViewModel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import tekram.platform.share.Ask
import tekram.platform.share.Links
import tekram.platform.share.ShareAim
import tekram.platform.share.Shares

/** Holds the newest ask until it was handed on. */
class Doorstep : ViewModel() {
    private val asks = MutableStateFlow<Ask?>(null)

    /** What waits. */
    val ask: StateFlow<Ask?> = asks

    /** Takes what an intent asks. One that asks nothing, such as the launcher's, leaves what waits alone. */
    fun take(intent: Intent) {
        val read = read(intent) ?: return
        asks.value = read
    }

    /** The ask was handed on, or turned away. */
    fun done() {
        asks.value = null
    }

    companion object {
        private const val SHARE_TO_PAY = "tekram.app.ShareToPay"
        private const val SHARE_TO_WANT = "tekram.app.ShareToWant"
        private const val SHARE_TO_READ = "tekram.app.ShareToRead"

        /** What an intent asks; the entry of the share sheet says what for. */
        fun read(intent: Intent): Ask? {
            val link = intent.data
            return when {
                intent.action == Intent.ACTION_VIEW && link != null -> Links.read(link)
                intent.action == Intent.ACTION_SEND -> aim(intent.component)?.let { Shares.read(intent, it) }
                else -> null
            }
        }

        private fun aim(component: ComponentName?): ShareAim? =
            when (component?.className) {
                SHARE_TO_PAY -> ShareAim.PayMaker
                SHARE_TO_WANT -> ShareAim.Want
                SHARE_TO_READ -> ShareAim.Read
                else -> null
            }
    }
}
