package tekram.platform.notice

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Intent
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import tekram.platform.Phone
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class NoticesTest : Phone() {
    private val unwanted = mutableSetOf<NoticeKind>()
    private val manager get() = context.getSystemService(NotificationManager::class.java)!!
    private val opens get() = PendingIntent.getActivity(context, 0, Intent(), PendingIntent.FLAG_IMMUTABLE)
    private val notices get() =
        Notices(context, android.R.drawable.ic_dialog_info, { it !in unwanted }) { NoticeWords("$it channel", "$it title", "$it text", "$it locked") }

    @Test
    fun `each kind has a channel of its own that a locked screen keeps quiet about`() {
        notices.makeChannels()
        assertEquals(NoticeKind.entries.map { it.channel }.toSet(), manager.notificationChannels.map { it.id }.toSet())
        assertTrue(manager.notificationChannels.all { it.lockscreenVisibility == Notification.VISIBILITY_PRIVATE })
    }

    @Test
    fun `a locked screen shows that there is something, not what`() {
        notices.makeChannels()
        assertTrue(notices.show(NoticeKind.OfferArrived, opens))
        val shown = shadowOf(manager).allNotifications.single()
        assertEquals(Notification.VISIBILITY_PRIVATE, shown.visibility)
        assertEquals("OfferArrived locked", shown.publicVersion.extras.getString(Notification.EXTRA_TITLE))
        assertEquals(null, shown.publicVersion.extras.getString(Notification.EXTRA_TEXT))
    }

    @Test
    fun `a second notice takes the place of the first`() {
        notices.makeChannels()
        repeat(3) { notices.show(NoticeKind.OfferArrived, opens) }
        assertEquals(1, shadowOf(manager).size())
        notices.clear(NoticeKind.OfferArrived)
        assertEquals(0, shadowOf(manager).size())
    }

    @Test
    fun `a kind that is not wanted, or that the phone blocks, is not shown`() {
        notices.makeChannels()
        unwanted += NoticeKind.OfferArrived
        assertFalse(notices.show(NoticeKind.OfferArrived, opens))
        assertFalse(notices.isBlocked(NoticeKind.StatementReady))
        assertTrue(notices.show(NoticeKind.StatementReady, opens))
        manager.deleteNotificationChannel(NoticeKind.StatementReady.channel)
        manager.createNotificationChannel(NotificationChannel(NoticeKind.StatementReady.channel, "off", NotificationManager.IMPORTANCE_NONE))
        assertTrue(notices.isBlocked(NoticeKind.StatementReady))
        assertFalse(notices.show(NoticeKind.StatementReady, opens))
    }

    @Test
    fun `a person who wants none gets none`() {
        shadowOf(manager).setNotificationsEnabled(false)
        assertFalse(notices.show(NoticeKind.StatementReady, opens))
    }
}
