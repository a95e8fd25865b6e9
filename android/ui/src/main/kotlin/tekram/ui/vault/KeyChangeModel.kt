// A new key for the profile's store: which ways stay, how far it is, and which are gone afterwards. It goes on while other
// screens are looked at; stopping it leaves the old key in force.
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
import tekram.ffi.KeyChanged
import tekram.ffi.WayIn
import tekram.ffi.WorkProgress
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** The ways and which of them go, the work, and how it ended. */
data class KeyChangeState(
    val phase: Phase = Phase.Loading,
    val ways: List<WayIn> = emptyList(),
    /** Names of the ways that go. */
    val going: Set<String> = emptySet(),
    val dropOthers: Boolean = false,
    val working: Boolean = false,
    val progress: WorkProgress? = null,
    val done: KeyChanged? = null,
    val failure: Shown? = null,
) {
    /** Something stays that opens it. */
    val opensAfterwards: Boolean get() = ways.any { it.name !in going }
}

/** Changes the key. */
class KeyChangeModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(KeyChangeState())
    private var work: Job? = null

    val state: StateFlow<KeyChangeState> = states.asStateFlow()

    init {
        reload()
    }

    /** Begins anew, unless the work goes on. */
    fun begin() {
        if (states.value.working) return
        states.update { KeyChangeState(it.phase, it.ways) }
        reload()
    }

    /** Reads the ways again. */
    fun reload() {
        viewModelScope.launch {
            val answer = attempt { session.persona.ways() }
            states.update { state -> answer.fold({ state.copy(phase = Phase.Ready, ways = it) }, { state.copy(phase = it.phase()) }) }
        }
    }

    /** Whether the way of that [name] stays. */
    fun keep(
        name: String,
        stays: Boolean,
    ) = states.update { it.copy(going = if (stays) it.going - name else it.going + name, failure = null) }

    /** Whether ways that cannot take a new key now go, too. */
    fun dropOthers(drop: Boolean) = states.update { it.copy(dropOthers = drop, failure = null) }

    /** Makes the new key. */
    fun start() {
        val before = states.value
        if (before.working || !before.opensAfterwards) return
        states.update { it.copy(working = true, progress = null, failure = null) }
        work =
            viewModelScope.launch {
                val answer =
                    attempt {
                        val task = session.persona.startKeyChange(before.going.toList(), before.dropOthers)
                        Work(task, task::next, task::finish, task::cancel).run { progress -> states.update { it.copy(progress = progress) } }
                    }
                states.update { state ->
                    answer.fold({ state.copy(working = false, done = it) }, { state.copy(working = false, failure = it.shown()) })
                }
            }
    }

    /** Stops it; the old key stays. */
    fun stop() {
        work?.cancel()
        states.update { it.copy(working = false, progress = null) }
    }
}
