// Which tabs have something that waits for the person, as a dot on them: Me, from the third day on while the recovery words
// are not on paper. The core says when; nothing here counts days.
package tekram.ui.me

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.launch
import tekram.ffi.RecoveryDuty
import tekram.ui.common.Newest
import tekram.ui.common.Tab
import tekram.ui.common.attempt
import tekram.ui.start.Session

/** Asks whether the recovery words are due, and again after each change. */
class WaitingModel(
    session: Session,
    private val duty: suspend () -> RecoveryDuty = { session.persona.recoveryDuty(aboutToPay = false) },
) : ViewModel() {
    private val states = MutableStateFlow(emptySet<Tab>())
    private val newest = Newest()

    /** The tabs where something waits. */
    val tabs: StateFlow<Set<Tab>> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Asks again; a failure leaves the dot as it was, the rooms themselves show it. */
    fun reload() {
        viewModelScope.launch {
            newest.read { duty() }?.onSuccess { states.value = if (it == RecoveryDuty.NONE) emptySet() else setOf(Tab.Me) }
        }
    }
}
