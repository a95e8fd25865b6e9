// Says on the first of a month that the split of the month before can be looked at. No profile has to be open for that, so
// unlike all other work it is planned far ahead and kept over a restart of the phone. It knows nothing of a split but which
// profiles of this phone have one.
package tekram.platform.work

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import java.time.Clock
import java.time.Duration
import java.time.YearMonth
import java.time.ZonedDateTime

/** Plans the reminder of the next month while some profile wants one. */
class MonthReminder(
    private val context: Context,
    private val clock: Clock = Clock.systemDefaultZone(),
) {
    private val scheduler: JobScheduler? = context.getSystemService(JobScheduler::class.java)
    private val kept = context.getSharedPreferences("month_reminder", Context.MODE_PRIVATE)

    /** Whether some profile wants to be reminded. */
    val isWanted: Boolean get() = profiles().isNotEmpty()

    /** Whether [profile] has a split to look at. */
    fun of(
        profile: String,
        hasSplit: Boolean,
    ) {
        val before = profiles()
        val now = if (hasSplit) before + profile else before - profile
        if (now != before) kept.edit().putStringSet(PROFILES, now).apply()
        plan()
    }

    /** The profile was deleted. */
    fun forget(profile: String) = of(profile, hasSplit = false)

    /** The planned time has come: true when there is something to say. The next month is planned. */
    internal fun comes(): Boolean {
        // The phone's clock or zone may have been set back since it was planned.
        val due = kept.getString(DUE, null)?.let { isWanted && now() >= dueBy(it) } == true
        // The job that runs counts as planned, so it is planned anew; it has nothing more to do.
        if (isWanted) schedule()
        return due
    }

    private fun plan() {
        val isPlanned = scheduler?.getPendingJob(JOB) != null && kept.getString(DUE, null) == next()
        when {
            !isWanted -> scheduler?.cancel(JOB)
            !isPlanned -> schedule()
        }
    }

    private fun schedule() {
        kept.edit().putString(DUE, next()).apply()
        scheduler?.schedule(job(Duration.between(now(), dueBy(next()))))
    }

    private fun next(): String = YearMonth.from(now()).plusMonths(1).toString()

    private fun job(after: Duration): JobInfo =
        JobInfo
            .Builder(JOB, ComponentName(context, MonthReminderService::class.java))
            .setMinimumLatency(after.toMillis())
            .setOverrideDeadline(after.plus(LATEST).toMillis())
            .setPersisted(true)
            .build()

    private fun profiles(): Set<String> = kept.getStringSet(PROFILES, null).orEmpty()

    private fun now(): ZonedDateTime = ZonedDateTime.now(clock)

    /** The first of [month] at a time when people are up. */
    private fun dueBy(month: String): ZonedDateTime = YearMonth.parse(month).atDay(1).atTime(HOUR, 0).atZone(clock.zone)

    private companion object {
        const val JOB = 21
        const val PROFILES = "profiles"
        const val DUE = "due"
        const val HOUR = 10
        val LATEST: Duration = Duration.ofHours(12)
    }
}

/** What the application gives to the service. */
interface ReminderHost {
    val reminder: MonthReminder

    /** Speaks up about a month that is over. */
    fun monthIsOver()
}

/** Runs when the month that was planned for has come. */
class MonthReminderService : JobService() {
    override fun onStartJob(parameters: JobParameters): Boolean {
        val host = application as? ReminderHost ?: return false
        if (host.reminder.comes()) host.monthIsOver()
        return false
    }

    override fun onStopJob(parameters: JobParameters): Boolean = false
}
