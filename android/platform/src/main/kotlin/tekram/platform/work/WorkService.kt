// Runs one kind of work when the system says so, for no longer than it may, and stops at once when told to.
package tekram.platform.work

import android.app.job.JobParameters
import android.app.job.JobService
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import tekram.platform.diagnose.DiagnosticLog

/** What the application gives to the service: the work itself, which is null while every profile is locked. */
interface WorkHost {
    val diagnostics: DiagnosticLog

    /** The work of this kind, or none when no profile is open. Cancelling it must be safe at any point. */
    fun work(kind: WorkKind): (suspend () -> Unit)?
}

class WorkService : JobService() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val running = mutableMapOf<Int, Job>()

    override fun onStartJob(parameters: JobParameters): Boolean {
        val kind = WorkKind.of(parameters.jobId)
        val host = application as? WorkHost
        val work = kind?.let { host?.work(it) }
        if (kind == null || host == null || work == null) return false
        host.diagnostics.note(DiagnosticLog.Moment.JobStarted, kind.jobId.toLong())
        running[kind.jobId] = scope.launch { finish(parameters, kind, host, work) }
        return true
    }

    private suspend fun finish(
        parameters: JobParameters,
        kind: WorkKind,
        host: WorkHost,
        work: suspend () -> Unit,
    ) {
        try {
            val inTime = withTimeoutOrNull(kind.longestMs) { work() } != null
            val how = if (inTime) DiagnosticLog.Moment.JobFinished else DiagnosticLog.Moment.JobStopped
            host.diagnostics.note(how, kind.jobId.toLong())
        } catch (stopped: CancellationException) {
            throw stopped
        } catch (
            @Suppress("TooGenericExceptionCaught") failed: Exception,
        ) {
            // Nobody is there to be told; the next time tries again.
            host.diagnostics.note(DiagnosticLog.Moment.JobStopped, failed)
        }
        // Once the profile is locked there is nothing left to do it for.
        jobFinished(parameters, kind.againAfterMs != null && host.work(kind) != null)
    }

    /** False: the next time that the app is left is soon enough. */
    override fun onStopJob(parameters: JobParameters): Boolean {
        running.remove(parameters.jobId)?.cancel()
        (application as? WorkHost)?.diagnostics?.note(DiagnosticLog.Moment.JobStopped, parameters.jobId.toLong())
        return false
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }
}
