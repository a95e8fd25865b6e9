// Listens along. Android lets an app see what players play only when the person has made it a notification listener;
// this one reads no notification. It runs while profiles are locked: what it hears is sealed to the inbox of a profile,
// which needs no key.
package tekram.platform.capture

import android.content.ComponentName
import android.content.Intent
import android.content.pm.PackageManager
import android.media.session.MediaController
import android.media.session.MediaSessionManager
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import android.os.SystemClock
import android.service.media.MediaBrowserService
import android.service.notification.NotificationListenerService
import android.service.notification.StatusBarNotification
import java.util.TimeZone
import java.util.concurrent.TimeUnit

/** What the application gives to the service. */
interface CaptureHost {
    val allowedPlayers: AllowedPlayers
    val heardSink: HeardSink
}

class CaptureService : NotificationListenerService() {
    private val thread = HandlerThread("capture")
    private var watcher: SessionWatcher? = null
    private val changed = MediaSessionManager.OnActiveSessionsChangedListener { follow(it.orEmpty()) }

    /** Where sessions are followed; none before the system has connected the service. */
    val looper: Looper? get() = thread.looper

    override fun onListenerConnected() {
        val host = application as? CaptureHost ?: return
        val manager = getSystemService(MediaSessionManager::class.java) ?: return
        if (!thread.isAlive) thread.start()
        val handler = Handler(thread.looper)
        val watching = SessionWatcher(host.allowedPlayers, DeviceClocks, handler, { playerName(packageManager, it) }, host.heardSink)
        watcher = watching
        val me = ComponentName(this, CaptureService::class.java)
        handler.post {
            watching.start()
            watching.follow(manager.getActiveSessions(me))
        }
        manager.addOnActiveSessionsChangedListener(changed, me, handler)
    }

    override fun onListenerDisconnected() {
        getSystemService(MediaSessionManager::class.java)?.removeOnActiveSessionsChangedListener(changed)
        val ending = watcher ?: return
        watcher = null
        Handler(thread.looper).post { ending.stop() }
    }

    override fun onDestroy() {
        onListenerDisconnected()
        thread.quitSafely()
        super.onDestroy()
    }

    // Notifications of other apps are none of this app's business: they are not looked at.
    override fun onNotificationPosted(notification: StatusBarNotification) = Unit

    override fun onNotificationRemoved(notification: StatusBarNotification) = Unit

    private fun follow(controllers: List<MediaController>) {
        watcher?.follow(controllers)
    }

    companion object {
        /** Package names of the apps of this phone that say they play media. */
        fun installedPlayers(packages: PackageManager): List<String> =
            packages.queryIntentServices(Intent(MediaBrowserService.SERVICE_INTERFACE), 0).map { it.serviceInfo.packageName }.distinct()

        /** The name of an app as the person knows it; its package where it is not told. */
        fun playerName(
            packages: PackageManager,
            player: String,
        ): String =
            try {
                packages.getApplicationLabel(packages.getApplicationInfo(player, 0)).toString()
            } catch (_: PackageManager.NameNotFoundException) {
                player
            }
    }
}

/** The device's own clocks. */
object DeviceClocks : Clocks {
    override val wallMs: Long get() = System.currentTimeMillis()
    override val offsetMinutes: Long
        get() = TimeUnit.MILLISECONDS.toMinutes(TimeZone.getDefault().getOffset(wallMs).toLong())
    override val monotonicMs: Long get() = SystemClock.elapsedRealtime()
}
