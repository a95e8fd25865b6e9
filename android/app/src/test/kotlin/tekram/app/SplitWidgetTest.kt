package tekram.app

import android.app.NotificationManager
import android.app.job.JobScheduler
import android.appwidget.AppWidgetManager
import android.widget.TextView
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowSystemClock
import tekram.binding.Work
import tekram.ffi.Money
import tekram.ffi.RulesChange
import tekram.platform.notice.NoticeKind
import tekram.platform.work.MonthReminderService
import java.io.File
import java.time.Duration
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class SplitWidgetTest : AppPhone() {
    private fun said(shown: SplitWidget.Shown): String {
        val view = SplitWidget.views(process, shown).apply(process, null)
        return listOf(R.id.widget_title, R.id.widget_text).joinToString("|") { view.findViewById<TextView>(it)!!.text }
    }

    private val split = SplitWidget.Shown.Split(listOf(0.75f, 0.25f), listOf("€7.50 for Anna"))

    @Test
    fun `a locked profile says that there is something, and no more`() {
        val text = said(SplitWidget.Shown.Locked)
        assertEquals("${word(R.string.common_widget_split_title)}|${word(R.string.common_widget_split_locked)}", text)
    }

    @Test
    fun `lines are shown as they are given`() {
        assertTrue("Anna" in said(split))
    }

    @Test
    fun `names and amounts are off until the person says so`() {
        assertFalse(PhoneSettings(process).widgetSaysAmounts)
        PhoneSettings(process).widgetSaysAmounts = true
        assertTrue(PhoneSettings(process).widgetSaysAmounts)
    }

    private fun putOnHomeScreen(): Int = shadowOf(AppWidgetManager.getInstance(process)).createWidget(SplitWidget::class.java, R.layout.split_widget)

    private fun onHomeScreen(widget: Int): String =
        shadowOf(AppWidgetManager.getInstance(process)).getViewFor(widget).findViewById<TextView>(R.id.widget_text)!!.text.toString()

    private val glance get() = word(R.string.common_widget_split_text)
    private val unlock get() = word(R.string.common_widget_split_locked)

    private fun lockItself(controller: ActivityController<MainActivity>) {
        controller.pause().stop()
        ShadowSystemClock.advanceBy(Duration.ofMinutes(6))
        controller.restart().start().resume()
        until("the lock") { process.openSession() == null && shows(word(R.string.start_lock_one, "Home")) }
    }

    @Test
    fun `put on the home screen it says what is the case, and after the lock asks to unlock`() {
        val early = putOnHomeScreen()
        assertEquals(unlock, onHomeScreen(early))
        val controller = start()
        firstRun()
        val late = putOnHomeScreen()
        until("both know that the profile is open") { onHomeScreen(early) == glance && onHomeScreen(late) == glance }
        lockItself(controller)
        until("nothing of it stays") { onHomeScreen(early) == unlock && onHomeScreen(late) == unlock }
    }

    @Test
    fun `what the person allowed stays over the lock, until they say no`() {
        PhoneSettings(process).widgetSaysAmounts = true
        val controller = start()
        firstRun()
        val widget = putOnHomeScreen()
        until("the split") { onHomeScreen(widget) == glance }
        lockItself(controller)
        assertEquals(glance, onHomeScreen(widget))
        val late = putOnHomeScreen()
        assertEquals(glance, onHomeScreen(late), "a second one says the same")
        PhoneSettings(process).widgetSaysAmounts = false
        SplitWidget.locked(process)
        assertEquals(listOf(unlock, unlock), listOf(widget, late).map(::onHomeScreen))
    }

    @Test
    fun `a budget and a history bring the ring and the month's reminder while the profile is open`() {
        start()
        firstRun()
        val widget = putOnHomeScreen()
        until("nothing to divide") { onHomeScreen(widget) == glance }
        assertFalse(process.reminder.isWanted)
        val persona = process.openSession()!!.persona
        val history = File(mainFolder.parentFile.parentFile.parentFile.parentFile, "tests/fixtures/listens/listenbrainz.zip").path
        runBlocking {
            val task = persona.startImport(history)
            val batch = Work(task, task::next, task::finish, task::cancel).run().batch
            persona.acceptBatch(batch)
            persona.changeRules(RulesChange(Money(1000, "EUR"), null, null, null, null))
        }
        until("the reminder of the next month") { process.reminder.isWanted }
        val jobs = process.getSystemService(JobScheduler::class.java)!!.allPendingJobs
        assertEquals(1, jobs.count { it.service.className == MonthReminderService::class.java.name && it.isPersisted })
        assertFalse(process.historyReminder.isWanted)
        persona.rememberRequest("spotify")
        until("the reminder of what was asked for") { process.historyReminder.isWanted }
        process.monthIsOver()
        val notices = process.getSystemService(NotificationManager::class.java)!!.activeNotifications
        assertEquals(listOf(NoticeKind.StatementReady.id), notices.map { it.id })
        process.historyIsReady()
        val all = process.getSystemService(NotificationManager::class.java)!!.activeNotifications
        assertEquals(setOf(NoticeKind.StatementReady.id, NoticeKind.HistoryReady.id), all.map { it.id }.toSet())
    }
}
