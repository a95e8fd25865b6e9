// Whether everything is whole: every page of the profile's store, and the record of who saw what. Nothing is changed by it.
package tekram.ui.vault

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.binding.Work
import tekram.ffi.CheckFault
import tekram.ffi.WorkProgress
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.start.Session

/** How far it is, and what was found. */
data class CheckState(
    val working: Boolean = false,
    val progress: WorkProgress? = null,
    /** What is not whole; null before anything was checked. */
    val faults: List<CheckFault>? = null,
    val failure: Shown? = null,
)

/** Checks the profile. */
class CheckModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(CheckState())
    private var work: Job? = null

    val state: StateFlow<CheckState> = states.asStateFlow()

    /** Checks everything. */
    fun start() {
        if (states.value.working) return
        states.value = CheckState(working = true)
        work =
            viewModelScope.launch {
                val answer =
                    attempt {
                        val task = session.persona.startCheck()
                        Work(task, task::next, task::finish, task::cancel).run { progress -> states.update { it.copy(progress = progress) } }
                    }
                states.value = answer.fold({ CheckState(faults = it.faults) }, { CheckState(failure = it.shown()) })
            }
    }

    /** Stops it. */
    fun stop() {
        work?.cancel()
        states.value = CheckState()
    }
}
