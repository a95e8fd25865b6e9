// Proofs that others issued: all of them, one with what it says and whether it still holds, and receiving another one.
package tekram.ui.keep

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import tekram.ffi.Credential
import tekram.ui.common.Device
import tekram.ui.common.FileFailed
import tekram.ui.common.FileFault
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.start.Session
import java.io.File
import java.io.IOException

/** Reads the proofs. */
class ProofsModel(
    session: Session,
) : KeptModel<List<Credential>>(session, { it.credentials() })

/** Reads the proof [id]. */
class ProofModel(
    session: Session,
    private val id: String,
) : KeptModel<Credential>(session, { it.credential(id) }) {
    /** Asks the issuer's list whether it still holds. */
    fun check() = change { it.checkCredentialStatus(id) }

    /** Removes it. */
    fun remove() = change(leaves = true) { it.removeCredential(id) }
}

/** What is being received. */
data class ReceiveState(
    val content: String = "",
    val busy: Boolean = false,
    val failure: Shown? = null,
    /** Where it waits. */
    val batch: Long? = null,
    /** The key that an issuer may bind a proof to. */
    val key: String? = null,
)

/** Receives a proof: its signature is checked, and it waits in the holding pen. */
class ReceiveModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(ReceiveState())

    val state: StateFlow<ReceiveState> = states.asStateFlow()

    /** Takes over what is typed, pasted or scanned. */
    fun edit(content: String) = states.update { it.copy(content = content, failure = null) }

    /** The screen has gone on to where it waits. */
    fun seen() {
        states.value = ReceiveState()
    }

    /** Checks what was typed and lets it wait. */
    fun receive() = work { states.value.content }

    /** Shows the key of the person for [issuer] alone. */
    fun keyFor(issuer: String) {
        viewModelScope.launch {
            val answer = attempt { session.persona.credentialKey(issuer.trim()) }
            states.update { state -> answer.fold({ state.copy(key = it) }, { state.copy(failure = it.shown()) }) }
        }
    }

    /** Lets the person choose a file with the proof. */
    fun file(device: Device) =
        work {
            device.pickFile()?.let { path ->
                try {
                    proofIn(path)
                } finally {
                    withContext(NonCancellable) { device.letGo(path) }
                }
            }
        }

    private fun work(content: suspend () -> String?) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val answer = attempt { content()?.let { session.persona.receiveCredential(it.trim()) } }
            states.update { state ->
                answer.fold({ state.copy(busy = false, batch = it) }, { state.copy(busy = false, failure = it.shown()) })
            }
        }
    }

    /** A proof is text; the core refuses one that is too long, and no more than that is read. */
    private suspend fun proofIn(path: String): String =
        withContext(Dispatchers.IO) {
            try {
                File(path).reader().use { reader ->
                    val text = StringBuilder()
                    val part = CharArray(DEFAULT_BUFFER_SIZE)
                    while (text.length <= MOST_CHARS) text.appendRange(part, 0, reader.read(part).takeIf { it > 0 } ?: break)
                    text.toString()
                }
            } catch (_: IOException) {
                throw FileFailed(FileFault.NotRead)
            }
        }

    private companion object {
        const val MOST_CHARS = 4 * 1024 * 1024
    }
}
