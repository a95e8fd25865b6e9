// Times that the person does not want logged, or not for others to see: whether the log is paused or a private session goes
// on, until when, and beginning and ending them.
package tekram.ui.history.capture

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Quiet
import tekram.ffi.QuietNow
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** What is quiet now. */
data class QuietState(
    val phase: Phase = Phase.Loading,
    val now: QuietNow = QuietNow(paused = null, privateSession = null),
    val failure: Shown? = null,
)

/** Pauses the log, begins private sessions, and ends both. */
class QuietModel(
    private val session: Session,
    private val clockMs: () -> Long = System::currentTimeMillis,
) : ViewModel() {
    private val states = MutableStateFlow(QuietState())
    private val newest = Newest()
    private var ending: Job? = null

    val state: StateFlow<QuietState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if ("listen" in scopes) reload() }
        }
    }

    /** Asks again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { session.persona.quiet() } ?: return@launch
            answer.fold(::took) { error -> states.update { it.copy(phase = error.phase()) } }
        }
    }

    /** From now on for so many [minutes], or until it is ended. */
    fun begin(
        quiet: Quiet,
        minutes: UInt?,
    ) = change { session.persona.run { if (minutes == null) beginQuiet(quiet, null) else beginQuietFor(quiet, minutes) } }

    /** Logs again, or ends the private session. */
    fun end(quiet: Quiet) = change { session.persona.endQuiet(quiet) }

    private fun change(call: suspend () -> QuietNow) {
        viewModelScope.launch {
            attempt { call() }.fold(::took) { error -> states.update { it.copy(failure = error.shown()) } }
        }
    }

    private fun took(now: QuietNow) {
        states.update { QuietState(Phase.Ready, now) }
        ending?.cancel()
        // What ends by itself is gone from the screen a moment later.
        val next = listOfNotNull(now.paused?.untilMs, now.privateSession?.untilMs).minOrNull() ?: return
        ending =
            viewModelScope.launch {
                delay((next - clockMs()).coerceAtLeast(0) + A_MOMENT_MS)
                reload()
            }
    }

    private companion object {
        const val A_MOMENT_MS = 500L
    }
}
