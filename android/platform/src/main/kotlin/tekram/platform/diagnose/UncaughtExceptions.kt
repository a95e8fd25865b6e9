// Writes the class names of what nobody caught into the `DiagnosticLog`, then hands an empty copy on to whoever was
// there before: the system's own handler prints messages to the phone's shared log, and a message can hold anything.
package tekram.platform.diagnose

class UncaughtExceptions(
    private val log: DiagnosticLog,
    private val before: Thread.UncaughtExceptionHandler?,
) : Thread.UncaughtExceptionHandler {
    override fun uncaughtException(
        thread: Thread,
        thrown: Throwable,
    ) {
        log.note(DiagnosticLog.Moment.UncaughtException, thrown)
        before?.uncaughtException(thread, Emptied(thrown))
    }

    /** Where it happened, but not what it said. */
    class Emptied(
        thrown: Throwable,
    ) : RuntimeException(thrown.javaClass.name) {
        init {
            stackTrace = thrown.stackTrace
        }
    }

    companion object {
        fun install(log: DiagnosticLog) {
            val before = Thread.getDefaultUncaughtExceptionHandler()
            if (before !is UncaughtExceptions) Thread.setDefaultUncaughtExceptionHandler(UncaughtExceptions(log, before))
        }
    }
}
