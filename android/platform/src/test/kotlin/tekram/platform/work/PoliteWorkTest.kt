package tekram.platform.work

import android.app.job.JobInfo
import android.app.job.JobScheduler
import android.net.NetworkCapabilities
import org.junit.Test
import tekram.platform.Phone
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class PoliteWorkTest : Phone() {
    private val work get() = PoliteWork(context, WorkService::class.java)
    private val scheduler get() = context.getSystemService(JobScheduler::class.java)!!

    @Test
    fun `what is large waits for a charger and a network that costs nothing`() {
        val job = work.job(WorkKind.LookAgain)
        assertTrue(job.isRequireCharging)
        assertTrue(job.requiredNetwork!!.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED))
    }

    @Test
    fun `no kind runs on a low battery, over a restart, again and again, or past the lock`() {
        for (kind in WorkKind.entries) {
            val job = work.job(kind)
            assertTrue(job.isRequireBatteryNotLow, kind.name)
            assertFalse(job.isPersisted, kind.name)
            assertFalse(job.isPeriodic, kind.name)
            assertTrue(kind.afterMs + kind.longestMs <= 5 * 60_000, "${kind.name} ends before the app locks itself")
        }
        assertEquals(
            WorkKind.entries.size,
            WorkKind.entries
                .map { it.jobId }
                .toSet()
                .size,
        )
    }

    @Test
    fun `offers are looked for a few times until the lock, feeds once`() {
        assertEquals(60_000L to JobInfo.BACKOFF_POLICY_LINEAR, work.job(WorkKind.CollectOffers).run { initialBackoffMillis to backoffPolicy })
        assertEquals(null, WorkKind.LookAgain.againAfterMs)
    }

    @Test
    fun `scheduling twice is scheduling once, and locking ends all`() {
        WorkKind.entries.forEach { assertTrue(work.schedule(it)) }
        WorkKind.entries.forEach { assertTrue(work.schedule(it)) }
        assertEquals(WorkKind.entries.size, scheduler.allPendingJobs.size)
        work.cancelAll()
        assertTrue(scheduler.allPendingJobs.isEmpty())
    }
}
