// What was on at a moment, by the clock of the place: a date and a time that the person chooses.
package tekram.ui.history.answer

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Around
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.phase
import tekram.ui.start.Session
import java.time.LocalDateTime
import java.time.temporal.ChronoUnit

/** How many listens are shown before and after the moment. */
private const val BESIDE = 5u

/** The moment, and what was on. */
data class WhenState(
    val phase: Phase = Phase.Loading,
    val moment: LocalDateTime = LocalDateTime.now().truncatedTo(ChronoUnit.MINUTES),
    val around: Around? = null,
)

/** Looks at one moment and at others. */
class WhenModel(
    private val session: Session,
    moment: LocalDateTime = LocalDateTime.now().minusDays(1).truncatedTo(ChronoUnit.MINUTES),
) : ViewModel() {
    private val states = MutableStateFlow(WhenState(moment = moment))
    private val newest = Newest()

    val state: StateFlow<WhenState> = states.asStateFlow()

    init {
        look(moment)
    }

    /** Looks at [moment]. */
    fun look(moment: LocalDateTime) {
        states.update { it.copy(moment = moment) }
        viewModelScope.launch {
            // As ISO 8601 writes a local time: 2026-10-01T21:30.
            val answer = newest.read { session.persona.around(moment.truncatedTo(ChronoUnit.MINUTES).toString(), BESIDE) } ?: return@launch
            states.update { state -> answer.fold({ state.copy(phase = Phase.Ready, around = it) }, { state.copy(phase = it.phase()) }) }
        }
    }
}
