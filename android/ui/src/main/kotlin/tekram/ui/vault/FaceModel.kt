// How the open profile looks: its name, colour and picture, and which of them are seen while it is locked. Each change is one
// call of the core; what is shown is what the core then says.
package tekram.ui.vault

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Persona
import tekram.ffi.ProfileFace
import tekram.ui.common.Device
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** The core keeps pictures of at most this many bytes. */
const val PICTURE_LIMIT_BYTES: Int = 24 * 1024

/** The face, and how the last change ended. */
data class FaceState(
    val phase: Phase = Phase.Loading,
    val face: ProfileFace? = null,
    val busy: Boolean = false,
    val failure: Shown? = null,
)

/** Reads and changes how the profile looks. */
class FaceModel(
    private val session: Session,
    private val device: Device,
) : ViewModel() {
    private val states = MutableStateFlow(FaceState())

    val state: StateFlow<FaceState> = states.asStateFlow()

    init {
        reload()
    }

    /** Reads it again. */
    fun reload() {
        viewModelScope.launch { read() }
    }

    private suspend fun read() {
        val answer = attempt { session.persona.face() }
        states.update { state -> answer.fold({ state.copy(phase = Phase.Ready, face = it) }, { state.copy(phase = it.phase()) }) }
    }

    /** Gives the profile a colour, 0xRRGGBB, or takes it away. */
    fun setColour(colour: UInt?) = change { setColour(colour) }

    /** Lets the person choose a picture. */
    fun choosePicture() = change { device.pickPicture(PICTURE_LIMIT_BYTES)?.let { setAvatar(it) } }

    /** Takes the picture away. */
    fun removePicture() = change { setAvatar(null) }

    /** Says what is seen while the profile is locked. */
    fun showWhileLocked(
        name: Boolean,
        colour: Boolean,
        picture: Boolean,
    ) = change { showWhileLocked(name, colour, picture) }

    private fun change(call: suspend Persona.() -> Unit) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val failure = attempt { session.persona.call() }.exceptionOrNull()
            read()
            states.update { it.copy(busy = false, failure = failure?.shown()) }
        }
    }
}
