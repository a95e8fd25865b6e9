// A task of the core as a coroutine: its progress is a flow, its report a suspending call, and cancelling the coroutine
// cancels the task. The core ends a task that nobody holds, so nothing half done stays behind.
package tekram.binding

import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** A piece of work of the core, whatever its kind: the generated tasks are alike but have no type in common. */
class Work<P : Any, R>(
    private val task: AutoCloseable,
    private val next: suspend () -> P?,
    private val finish: suspend () -> R,
    private val cancel: () -> Unit,
) {
    /** What the work tells as it goes on; ends with the work, and does not cancel it when the collector stops. */
    fun progress(): Flow<P> =
        flow {
            while (true) emit(next() ?: break)
        }

    /**
     * Tells [onProgress] of each step and returns the report. The work is cancelled when the caller is, and its handle
     * is closed in every case.
     */
    suspend fun run(onProgress: suspend (P) -> Unit = {}): R {
        try {
            return coroutineScope {
                val told = launch { progress().collect { onProgress(it) } }
                val report = finish()
                told.join()
                report
            }
        } finally {
            withContext(NonCancellable) {
                cancel()
                task.close()
            }
        }
    }

    /** Ends the work; [run] then fails with `cancelled`. */
    fun stop() = cancel()
}
