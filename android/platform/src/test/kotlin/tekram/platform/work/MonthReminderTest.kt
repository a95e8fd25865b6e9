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

/** A clock that a test sets. */
private class SetClock(
    var now: String,
    private var zone: ZoneId = ZoneId.of("Europe/Berlin"),
) : Clock() {
    override fun getZone(): ZoneId = zone

    override fun withZone(other: ZoneId): Clock = this

    override fun instant(): Instant = Instant.parse(now)
}

/** An application that counts what it was told. */
class RemindedApplication :
    Application(),
    ReminderHost {
    var said = 0
    override lateinit var reminder: MonthReminder

    override fun monthIsOver() {
        said++
    }
}

@Config(application = RemindedApplication::class)
class MonthReminderTest : Phone() {
    private val application get() = context as RemindedApplication
    private val clock = SetClock("2026-10-31T12:00:00Z")
    private val scheduler get() = context.getSystemService(JobScheduler::class.java)!!

    private fun planned(): List<JobInfo> = scheduler.allPendingJobs

    private fun reminder() = MonthReminder(context, clock).also { application.reminder = it }

    private fun comes() {
        // As the system does it: a job that runs counts as planned until it has ended.
        val running = planned().single()
        val parameters = ReflectionHelpers.callConstructor(JobParameters::class.java).also { ReflectionHelpers.setField(it, "jobId", running.id) }
        assertFalse(Robolectric.setupService(MonthReminderService::class.java).onStartJob(parameters))
    }

    @Test
    fun `it comes on the first of the next month at ten, over a restart too, and is planned once`() {
        reminder().of("anna", hasSplit = true)
        reminder().of("anna", hasSplit = true)
        val job = planned().single()
        // It is 13:00 in Berlin, where winter time has begun; ten on the first is 21 hours later.
        assertEquals(Duration.ofHours(21).toMillis(), job.minLatencyMillis)
        assertTrue(job.isPersisted)
        assertFalse(job.isRequireCharging || job.requiredNetwork != null)
    }

    @Test
    fun `it speaks up once for a month, with every profile locked, and plans the next`() {
        reminder().of("anna", hasSplit = true)
        clock.now = "2026-11-01T09:30:00Z"
        comes()
        assertEquals(1, application.said)
        val next = planned().single()
        assertTrue(Duration.ofMillis(next.minLatencyMillis) > Duration.ofDays(29), "December")
    }

    @Test
    fun `a clock that was set back makes it wait, not speak`() {
        reminder().of("anna", hasSplit = true)
        clock.now = "2026-10-12T09:30:00Z"
        comes()
        assertEquals(0, application.said)
        assertTrue(Duration.ofMillis(planned().single().minLatencyMillis) > Duration.ofDays(19), "the same first, from the new time on")
    }

    @Test
    fun `nobody is reminded without a split, nor of a profile that was deleted`() {
        val reminder = reminder()
        reminder.of("anna", hasSplit = false)
        assertTrue(planned().isEmpty())
        reminder.of("anna", hasSplit = true)
        reminder.of("ben", hasSplit = true)
        reminder.forget("anna")
        assertEquals(1, planned().size)
        reminder.forget("ben")
        assertTrue(planned().isEmpty())
        assertFalse(reminder.isWanted)
        assertTrue(context.getSharedPreferences("month_reminder", 0).all.values.none { "anna" in it.toString() || "ben" in it.toString() })
    }
}
