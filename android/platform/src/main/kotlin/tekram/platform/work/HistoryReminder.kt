// Says that a history which was asked for elsewhere should be ready by now. No profile has to be open for that. It knows of
// each profile only when something should be ready, not from whom.
package tekram.platform.work

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import java.time.Clock
import java.time.Duration

/** Plans the reminder of the next history that should be ready. */
class HistoryReminder(
    private val context: Context,
    private val clock: Clock = Clock.systemDefaultZone(),
) {
    private val scheduler: JobScheduler? = context.getSystemService(JobScheduler::class.java)
    private val kept = context.getSharedPreferences("history_reminder", Context.MODE_PRIVATE)

    /** Whether something is awaited that was not spoken of yet. */
    val isWanted: Boolean get() = kept.all.values.any { it is Set<*> && it.isNotEmpty() }

    /** What [profile] awaits: milliseconds since 1970. What was ready before now is on the screen already and not spoken of. */
    fun of(
        profile: String,
        readyMs: List<Long>,
    ) {
        val now = readyMs.filter { it > clock.millis() }.map { it.toString() }.toSet()
        if (now == kept.getStringSet(profile, emptySet())) return
        kept.edit().run { if (now.isEmpty()) remove(profile) else putStringSet(profile, now) }.apply()
        plan()
    }

    /** The profile was deleted. */
    fun forget(profile: String) = of(profile, emptyList())

    /** The planned time has come: true when there is something to say, once for each. */
    internal fun comes(): Boolean {
        var due = false
        val change = kept.edit()
        for (profile in kept.all.keys) {
            val (ready, later) = kept.getStringSet(profile, null).orEmpty().partition { (it.toLongOrNull() ?: 0) <= clock.millis() }
            due = due || ready.isNotEmpty()
            if (later.isEmpty()) change.remove(profile) else change.putStringSet(profile, later.toSet())
        }
        change.apply()
        plan()
        return due
    }

    private fun plan() {
        val next = kept.all.keys.flatMap { kept.getStringSet(it, null).orEmpty() }.mapNotNull { it.toLongOrNull() }.minOrNull()
        if (next == null) scheduler?.cancel(JOB) else scheduler?.schedule(job(Duration.ofMillis((next - clock.millis()).coerceAtLeast(0))))
    }

    private fun job(after: Duration): JobInfo =
        JobInfo
            .Builder(JOB, ComponentName(context, HistoryReminderService::class.java))
            .setMinimumLatency(after.toMillis())
            .setOverrideDeadline(after.plus(LATEST).toMillis())
            .setPersisted(true)
            .build()

    private companion object {
        const val JOB = 22
        val LATEST: Duration = Duration.ofHours(6)
    }
}

/** What the application gives to the service. */
interface HistoryHost {
    val historyReminder: HistoryReminder

    /** Speaks up about a history that should be ready. */
    fun historyIsReady()
}

/** Runs when a history should be ready. */
class HistoryReminderService : JobService() {
    override fun onStartJob(parameters: JobParameters): Boolean {
        val host = application as? HistoryHost ?: return false
        if (host.historyReminder.comes()) host.historyIsReady()
        return false
    }

    override fun onStopJob(parameters: JobParameters): Boolean = false
}
