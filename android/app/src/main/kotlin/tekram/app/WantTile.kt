// A tile of the quick settings: begins a request from anywhere, also in a store with one hand. It opens a screen, nothing
// more, and on a locked phone only after that was unlocked.
package tekram.app

import android.annotation.SuppressLint
import android.app.PendingIntent
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.service.quicksettings.TileService

/** "Want this". */
class WantTile : TileService() {
    override fun onClick() {
        super.onClick()
        unlockAndRun(::open)
    }

    // The form with a plain intent is all there is before API 34.
    @SuppressLint("StartActivityAndCollapseDeprecated")
    @Suppress("DEPRECATION")
    private fun open() {
        val begin = Intent(Intent.ACTION_VIEW, Uri.parse("tekram:want"), this, MainActivity::class.java).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE) {
            startActivityAndCollapse(PendingIntent.getActivity(this, 0, begin, PendingIntent.FLAG_IMMUTABLE))
        } else {
            startActivityAndCollapse(begin)
        }
    }
}
