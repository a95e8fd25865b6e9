// Keeps the process there while the endpoint for other apps is switched on. The system wants a notice for that; it says what
// is on and how to switch it off, and nothing of what was told.
package tekram.app

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.app.Service
import android.content.Intent
import android.net.Uri
import android.os.IBinder
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** Runs as long as [AppsEndpoint] answers. */
class EndpointService : Service() {
    // Beginning and ending happen on the main thread, one after the other.
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main)
    private var serving: Job? = null
    private var newestStart = 0

    override fun onBind(intent: Intent): IBinder? = null

    override fun onStartCommand(
        intent: Intent?,
        flags: Int,
        startId: Int,
    ): Int {
        val endpoint = (application as TekramApplication).endpoint
        newestStart = startId
        startForeground(NOTICE, notice())
        if (intent?.action == OFF) endpoint.off()
        if (serving?.isActive != true) {
            serving =
                scope.launch {
                    endpoint.serve()
                    stopSelf(newestStart)
                }
        }
        return START_STICKY
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    private fun notice(): Notification {
        val channel = NotificationChannel(CHANNEL, getString(R.string.history_apps_notice_channel), NotificationManager.IMPORTANCE_LOW)
        channel.setShowBadge(false)
        getSystemService(NotificationManager::class.java)?.createNotificationChannel(channel)
        val opening = Intent(Intent.ACTION_VIEW, Uri.parse("tekram:history"), this, MainActivity::class.java)
        val ending = Intent(this, EndpointService::class.java).setAction(OFF)
        val off =
            Notification.Action
                .Builder(null, getString(R.string.history_apps_notice_off), PendingIntent.getService(this, 0, ending, PendingIntent.FLAG_IMMUTABLE))
                .build()
        return Notification
            .Builder(this, CHANNEL)
            .setSmallIcon(R.drawable.ic_mark)
            .setContentTitle(getString(R.string.history_apps_notice_title))
            .setContentText(getString(R.string.history_apps_notice_text))
            .setContentIntent(PendingIntent.getActivity(this, NOTICE, opening, PendingIntent.FLAG_IMMUTABLE))
            .addAction(off)
            .setOngoing(true)
            .setLocalOnly(true)
            .setVisibility(Notification.VISIBILITY_PUBLIC)
            .build()
    }

    companion object {
        /** What the notice's button asks. */
        const val OFF = "tekram.app.ENDPOINT_OFF"
        private const val CHANNEL = "endpoint"
        private const val NOTICE = 11
    }
}
