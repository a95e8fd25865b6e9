// Work that the app does when nobody is looking: only between being left and locking itself, since a locked profile can
// do nothing but listen along. Each kind says under which conditions it may disturb the phone.
package tekram.platform.work

import android.app.job.JobInfo
import android.app.job.JobScheduler
import android.content.ComponentName
import android.content.Context

private const val SECOND_MS = 1_000L
private const val MINUTE_MS = 60 * SECOND_MS

enum class WorkKind(
    val jobId: Int,
    /** How long after the app was left it may begin. */
    val afterMs: Long,
    /** After this long it stops by itself, finished or not; what is left waits for the next time. */
    val longestMs: Long,
    val network: Int,
    val onlyCharging: Boolean,
    /** How long after it ended it begins again, and then after twice as long; none for what is done once. */
    val againAfterMs: Long? = null,
) {
    /** Looks whether sealed offers came in for open requests: a few kilobytes, a few times until the app locks itself. */
    CollectOffers(
        jobId = 11,
        afterMs = 30 * SECOND_MS,
        longestMs = MINUTE_MS,
        network = JobInfo.NETWORK_TYPE_ANY,
        onlyCharging = false,
        againAfterMs = MINUTE_MS,
    ),

    /** Looks again at feeds that the person has let it look at before, whether payment details changed: megabytes. */
    LookAgain(
        jobId = 12,
        afterMs = MINUTE_MS,
        longestMs = 3 * MINUTE_MS,
        network = JobInfo.NETWORK_TYPE_UNMETERED,
        onlyCharging = true,
    ),
    ;

    companion object {
        fun of(jobId: Int): WorkKind? = entries.firstOrNull { it.jobId == jobId }
    }
}

/**
 * Hands the kinds of work to the system's scheduler, each time the app is left. Nothing is kept over a restart
 * of the phone: after one, all profiles are locked.
 */
class PoliteWork(
    private val context: Context,
    private val service: Class<*>,
) {
    private val scheduler: JobScheduler? = context.getSystemService(JobScheduler::class.java)

    /** The app was left with a profile open. False when the system took none of it. */
    fun schedule(kind: WorkKind): Boolean {
        val due = scheduler?.getPendingJob(kind.jobId)
        return due != null || scheduler?.schedule(job(kind)) == JobScheduler.RESULT_SUCCESS
    }

    /** The app came back, or locked itself: there is nothing to wake the phone up for. */
    fun cancelAll() = WorkKind.entries.forEach { scheduler?.cancel(it.jobId) }

    internal fun job(kind: WorkKind): JobInfo =
        JobInfo
            .Builder(kind.jobId, ComponentName(context, service))
            .setMinimumLatency(kind.afterMs)
            .setRequiredNetworkType(kind.network)
            .setRequiresCharging(kind.onlyCharging)
            .setRequiresBatteryNotLow(true)
            .setPersisted(false)
            .apply { kind.againAfterMs?.let { setBackoffCriteria(it, JobInfo.BACKOFF_POLICY_LINEAR) } }
            .build()
}
