// A recording of what players tell, made inside the encrypted store, so that what went wrong on a phone can be played again:
// started, stopped, written to a file, thrown away; and a file of another one played again.
package tekram.ui.history.capture

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import tekram.ffi.Recording
import tekram.ffi.Replayed
import tekram.ui.common.Device
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.save
import tekram.ui.common.shown
import tekram.ui.start.Session

/** The recording, and how the last thing that was done with one ended. */
data class RecordingState(
    val phase: Phase = Phase.Loading,
    val recording: Recording = Recording(running = false, startedMs = 0, events = 0u),
    val busy: Boolean = false,
    /** Events that were written to a file. */
    val written: ULong? = null,
    val replayed: Replayed? = null,
    val failure: Shown? = null,
)

/** Makes, saves and replays recordings. */
class RecordingModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(RecordingState())

    val state: StateFlow<RecordingState> = states.asStateFlow()

    init {
        reload()
    }

    /** Looks how far the recording is. */
    fun reload() {
        viewModelScope.launch {
            val answer = attempt { session.persona.recording() }
            states.update { state -> answer.fold({ state.copy(phase = Phase.Ready, recording = it) }, { state.copy(phase = it.phase()) }) }
        }
    }

    /** Starts one; an earlier one is thrown away. */
    fun start() = act { session.persona.startRecording() }

    /** Stops it. */
    fun stop() = act { session.persona.stopRecording() }

    /** Throws it away. */
    fun discard() = act { session.persona.discardRecording() }

    /** Writes it to a file of the person's choice, readable by everybody. */
    fun save(device: Device) =
        act {
            val written = device.save(FILE) { path -> session.persona.writeRecording(path) }
            states.update { it.copy(written = written) }
        }

    /** Plays a file again. */
    fun replay(device: Device) =
        act {
            val path = device.pickFile() ?: return@act
            try {
                val replayed = session.persona.replayRecording(path)
                states.update { it.copy(replayed = replayed) }
            } finally {
                withContext(NonCancellable) { device.letGo(path) }
            }
        }

    private fun act(call: suspend () -> Unit) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, written = null, replayed = null, failure = null) }
        viewModelScope.launch {
            val failed = attempt { call() }.exceptionOrNull()
            states.update { it.copy(busy = false, failure = failed?.shown()) }
            reload()
        }
    }

    private companion object {
        const val FILE = "player-events.jsonl"
    }
}
