// Takes what was sealed for the open profile into its log, soon after it was heard. For a locked profile nothing has to be done:
// unlocking does it.
package tekram.app

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.receiveAsFlow
import kotlinx.coroutines.launch
import tekram.ffi.Persona
import tekram.ui.common.attempt

/** Lands what was heard, one time after the other. */
class Landing(
    private val open: () -> Persona?,
) {
    private val due = Channel<Unit>(Channel.CONFLATED)

    init {
        CoroutineScope(SupervisorJob() + Dispatchers.IO).launch {
            // While the app is away the core refuses, and coming back asks again.
            due.receiveAsFlow().collect { open()?.let { persona -> attempt { persona.drain() } } }
        }
    }

    /** Something was heard, or the app came back. */
    fun land() {
        due.trySend(Unit)
    }
}
