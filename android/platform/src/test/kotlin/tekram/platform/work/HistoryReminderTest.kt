package tekram.platform.work

import android.app.Application
import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.annotation.Config
import org.robolectric.util.ReflectionHelpers
import tekram.platform.Phone
import java.time.Clock
import java.time.Duration
import java.time.Instant
import java.time.ZoneId
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** An application that counts what it was told. */
class AwaitingApplication :
    Application(),
    HistoryHost {
    var said = 0
    override lateinit var historyReminder: HistoryReminder

    override fun historyIsReady() {
        said++
    }
}

@Config(application = AwaitingApplication::class)
class HistoryReminderTest : Phone() {
    private class Hand(
        var at: Instant,
    ) : Clock() {
        override fun getZone(): ZoneId = ZoneId.of("Europe/Berlin")

        override fun withZone(other: ZoneId): Clock = this

        override fun instant(): Instant = at
    }

    private val application get() = context as AwaitingApplication
    private val begin = Instant.parse("2026-10-01T12:00:00Z")
    private val clock = Hand(begin)
    private val planned: List<JobInfo> get() = context.getSystemService(JobScheduler::class.java)!!.allPendingJobs

    private fun reminder() = HistoryReminder(context, clock).also { application.historyReminder = it }

    private fun after(days: Long): Long = begin.plus(Duration.ofDays(days)).toEpochMilli()

    private fun comes() {
        val parameters = ReflectionHelpers.callConstructor(JobParameters::class.java).also { ReflectionHelpers.setField(it, "jobId", planned.single().id) }
        assertFalse(Robolectric.setupService(HistoryReminderService::class.java).onStartJob(parameters))
    }

    @Test
    fun `it comes for the first that should be ready, over a restart too, then for the next, once each`() {
        reminder().of("anna", listOf(after(30), after(1)))
        reminder().of("anna", listOf(after(30), after(1)))
        assertEquals(Duration.ofDays(1).toMillis(), planned.single().minLatencyMillis)
        assertTrue(planned.single().isPersisted)
        clock.at = begin.plus(Duration.ofDays(1))
        comes()
        assertEquals(1, application.said)
        assertEquals(Duration.ofDays(29).toMillis(), planned.single().minLatencyMillis)
        clock.at = begin.plus(Duration.ofDays(31))
        comes()
        assertEquals(2, application.said)
        assertFalse(application.historyReminder.isWanted)
    }

    @Test
    fun `a clock that was set back makes it wait`() {
        reminder().of("anna", listOf(after(1)))
        clock.at = begin.minus(Duration.ofDays(2))
        comes()
        assertEquals(0, application.said)
        assertEquals(Duration.ofDays(3).toMillis(), planned.single().minLatencyMillis)
    }

    @Test
    fun `what came, what is past and what was deleted is not spoken of, and nothing names from whom it comes`() {
        val reminder = reminder()
        reminder.of("anna", listOf(begin.minusSeconds(5).toEpochMilli()))
        assertTrue(planned.isEmpty())
        reminder.of("anna", listOf(after(3)))
        reminder.of("ben", listOf(after(5)))
        reminder.of("anna", emptyList())
        assertEquals(Duration.ofDays(5).toMillis(), planned.single().minLatencyMillis)
        reminder.forget("ben")
        assertTrue(planned.isEmpty())
        assertTrue(context.getSharedPreferences("history_reminder", 0).all.isEmpty())
    }
}
