// From when on a listen counts as a play, for each kind.
package tekram.ui.history.capture

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.CountingRule
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** The rules. */
data class CountingState(
    val phase: Phase = Phase.Loading,
    val rules: List<CountingRule> = emptyList(),
    /** A long log is being marked anew. */
    val busy: Boolean = false,
    val failure: Shown? = null,
)

/** Shows, changes and resets the rules. */
class CountingModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(CountingState())

    val state: StateFlow<CountingState> = states.asStateFlow()

    init {
        reload()
    }

    /** Reads the rules again. */
    fun reload() {
        viewModelScope.launch {
            val answer = attempt { session.persona.countingRules() }
            states.update { state -> answer.fold({ CountingState(Phase.Ready, it) }, { state.copy(phase = it.phase()) }) }
        }
    }

    /** Changes the rule of a kind. */
    fun set(rule: CountingRule) = change { session.persona.setCountingRule(rule) }

    /** Back to the usual rules. */
    fun reset() = change { session.persona.resetCountingRules() }

    private fun change(call: suspend () -> List<CountingRule>) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val answer = attempt { call() }
            states.update { state ->
                answer.fold({ state.copy(rules = it, busy = false) }, { state.copy(busy = false, failure = it.shown()) })
            }
        }
    }
}
