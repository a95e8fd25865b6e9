package tekram.platform.work

import android.app.Application
import android.app.job.JobParameters
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter
import tekram.platform.Phone
import tekram.platform.diagnose.DiagnosticLog
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** An application whose profile is open or locked as a test says. */
class WorkingApplication :
    Application(),
    WorkHost {
    var openWork: (suspend () -> Unit)? = null
    override val diagnostics by lazy { DiagnosticLog(File(filesDir, "diagnostics")) }

    override fun work(kind: WorkKind): (suspend () -> Unit)? = openWork
}

@Config(application = WorkingApplication::class)
class WorkServiceTest : Phone() {
    private val application get() = context as WorkingApplication
    private val service get() = Robolectric.setupService(WorkService::class.java)

    private fun parameters(id: Int): JobParameters =
        ReflectionHelpers.callConstructor(JobParameters::class.java).also {
            ReflectionHelpers.setField(it, "jobId", id)
        }

    @Test
    fun `while every profile is locked nothing runs`() {
        assertFalse(service.onStartJob(parameters(WorkKind.CollectOffers.jobId)))
        assertTrue(application.diagnostics.lines().isEmpty())
    }

    @Test
    fun `a job of another version is left alone`() {
        application.openWork = { error("must not run") }
        assertFalse(service.onStartJob(parameters(999)))
    }

    @Test
    fun `told to stop, it stops at once`() =
        runBlocking {
            val begun = CompletableDeferred<Unit>()
            val stopped = CompletableDeferred<Unit>()
            application.openWork = {
                begun.complete(Unit)
                try {
                    awaitCancellation()
                } finally {
                    stopped.complete(Unit)
                }
            }
            val running = service
            assertTrue(running.onStartJob(parameters(WorkKind.LookAgain.jobId)))
            withTimeout(5_000) { begun.await() }
            assertFalse(running.onStopJob(parameters(WorkKind.LookAgain.jobId)), "no extra run")
            withTimeout(5_000) { stopped.await() }
            val moments = application.diagnostics.lines().map { it.split(' ')[1].toInt() }
            assertEquals(listOf(DiagnosticLog.Moment.JobStarted.number, DiagnosticLog.Moment.JobStopped.number), moments)
        }

    @Test
    fun `what is done several times asks for its next turn while the profile is open, and never after the lock`() =
        runBlocking {
            for ((kind, locks, again) in listOf(
                Triple(WorkKind.CollectOffers, false, true),
                Triple(WorkKind.CollectOffers, true, false),
                Triple(WorkKind.LookAgain, false, false),
            )) {
                application.openWork = { if (locks) application.openWork = null }
                val running = service
                assertTrue(running.onStartJob(parameters(kind.jobId)))
                withTimeout(5_000) { while (!shadowOf(running).isJobFinished) delay(10) }
                assertEquals(again, shadowOf(running).isRescheduleNeeded, "$kind, locks $locks")
            }
        }

    @Test
    fun `what a job throws leaves its kind and nothing else`() =
        runBlocking {
            application.openWork = { throw IllegalStateException("offer from Anna") }
            service.onStartJob(parameters(WorkKind.CollectOffers.jobId))
            withTimeout(5_000) { while (application.diagnostics.lines().size < 2) delay(10) }
            val last = application.diagnostics.lines().last()
            assertTrue("java.lang.IllegalStateException" in last && "Anna" !in last, last)
        }
}
