// Notifications, one channel for each kind, so that each can be switched off in the system's settings. What is said is
// the same whoever it is about; a locked screen shows only that there is something.
package tekram.platform.notice

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context

/** What the app speaks up about by itself, and nothing else. */
enum class NoticeKind(
    val channel: String,
    val id: Int,
) {
    OfferArrived("offers", 1),
    StatementReady("statements", 2),
    HistoryReady("histories", 3),
}

/** The words of a kind of notice, in the person's language. They name nobody, no goods and no amount. */
data class NoticeWords(
    val channelName: String,
    val title: String,
    val text: String,
    /** What a locked screen shows in place of title and text. */
    val locked: String,
)

class Notices(
    private val context: Context,
    private val icon: Int,
    private val wanted: (NoticeKind) -> Boolean,
    private val words: (NoticeKind) -> NoticeWords,
) {
    private val manager: NotificationManager? = context.getSystemService(NotificationManager::class.java)

    /** Made at each start: that is how a change of language reaches the system's settings. */
    fun makeChannels() {
        for (kind in NoticeKind.entries) {
            val channel = NotificationChannel(kind.channel, words(kind).channelName, NotificationManager.IMPORTANCE_DEFAULT)
            channel.lockscreenVisibility = Notification.VISIBILITY_PRIVATE
            channel.setShowBadge(true)
            manager?.createNotificationChannel(channel)
        }
    }

    /** Shows a notice; a second one of its kind takes the place of the first. False when the person does not want any. */
    fun show(
        kind: NoticeKind,
        opens: PendingIntent,
    ): Boolean {
        val shower = manager?.takeIf { wanted(kind) && !isBlocked(kind) } ?: return false
        val said = words(kind)
        val locked =
            Notification
                .Builder(context, kind.channel)
                .setSmallIcon(icon)
                .setContentTitle(said.locked)
                .build()
        val notice =
            Notification
                .Builder(context, kind.channel)
                .setSmallIcon(icon)
                .setContentTitle(said.title)
                .setContentText(said.text)
                .setContentIntent(opens)
                .setAutoCancel(true)
                .setVisibility(Notification.VISIBILITY_PRIVATE)
                .setPublicVersion(locked)
                .setLocalOnly(true)
                .build()
        shower.notify(kind.id, notice)
        return true
    }

    /** Whether the phone's own settings let no notice of this app through. */
    val areBlocked: Boolean get() = manager?.areNotificationsEnabled() != true

    /** Whether the phone's own settings let none of this kind through. */
    fun isBlocked(kind: NoticeKind): Boolean =
        areBlocked || manager?.getNotificationChannel(kind.channel)?.importance == NotificationManager.IMPORTANCE_NONE

    fun clear(kind: NoticeKind) {
        manager?.cancel(kind.id)
    }
}
