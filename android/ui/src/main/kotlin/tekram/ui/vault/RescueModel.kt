// What is whole of a damaged profile goes into a new one: by a passphrase, the recovery words or the device's own lock. The
// damaged one is only read. Secrets are handed through and never held.
package tekram.ui.vault

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.binding.Work
import tekram.ffi.Agent
import tekram.ffi.Persona
import tekram.ffi.PersonaEntry
import tekram.ffi.RescueTask
import tekram.ffi.Rescued
import tekram.ffi.WayInKind
import tekram.ffi.WorkProgress
import tekram.ui.common.AbsenceReason
import tekram.ui.common.Device
import tekram.ui.common.NotPresent
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.start.StartFailure

/** The damaged profile, the work, and what was saved. */
data class RescueState(
    val entry: PersonaEntry? = null,
    val working: Boolean = false,
    val progress: WorkProgress? = null,
    val rescued: Rescued? = null,
    val failure: StartFailure? = null,
)

/** Why nothing was opened, as the start says it. */
internal fun Throwable.startFailure(): StartFailure = if (this is NotPresent) StartFailure.Absent(reason) else StartFailure.Refused(shown())

/** Runs a rescue to its end; the new profile comes unlocked with its report. */
internal suspend fun RescueTask.report(onProgress: (WorkProgress) -> Unit): Pair<Rescued, Persona?> {
    val task = this
    return Work(task, task::next, { task.finish() to task.persona()?.withLockRule() }, task::cancel).run { onProgress(it) }
}

/** Saves what is whole; [arrived] is given the new profile when the person goes on to it. */
class RescueModel(
    private val agent: Agent,
    private val device: Device,
    private val scope: CoroutineScope,
    private val arrived: (Persona) -> Unit,
) {
    private val states = MutableStateFlow(RescueState())
    private var work: Job? = null
    private var saved: Persona? = null

    val state: StateFlow<RescueState> = states.asStateFlow()

    /** Begins with the damaged profile [entry]. */
    fun begin(entry: PersonaEntry) {
        states.value = RescueState(entry)
    }

    /** By the passphrase of the damaged profile. */
    fun withPassphrase(
        passphrase: String,
        newName: String,
        newPassphrase: String,
    ) = save { agent.startRescueWithPassphrase(it.id, passphrase, newName.trim(), newPassphrase) }

    /** By its recovery words. */
    fun withWords(
        words: String,
        newName: String,
        newPassphrase: String,
    ) = save { agent.startRescueWithWords(it.id, words.trim(), newName.trim(), newPassphrase) }

    /** By the device's own lock, after the person showed that they are there. */
    fun withDevice(
        newName: String,
        newPassphrase: String,
    ) = save { entry ->
        val presence = device.presence ?: throw NotPresent(AbsenceReason.NotSetUp)
        val way = entry.ways.first { it.kind is WayInKind.KeyStore }.name
        val key = presence.unwrap(way, entry.name, agent.wrappedKey(entry.id, way))
        try {
            agent.startRescueWithKey(entry.id, key, newName.trim(), newPassphrase)
        } finally {
            key.fill(0)
        }
    }

    private fun save(begin: suspend (PersonaEntry) -> RescueTask) {
        val entry = states.value.entry ?: return
        if (states.value.working) return
        states.update { it.copy(working = true, progress = null, failure = null) }
        work =
            scope.launch {
                val answer = attempt { begin(entry).report { progress -> states.update { it.copy(progress = progress) } } }
                states.update { state ->
                    answer.fold(
                        { (rescued, persona) ->
                            saved = persona
                            state.copy(working = false, rescued = rescued)
                        },
                        { state.copy(working = false, failure = it.startFailure()) },
                    )
                }
            }
    }

    /** Stops it; no new profile is made. */
    fun stop() {
        work?.cancel()
        states.update { it.copy(working = false, progress = null) }
    }

    /** Goes on to the new profile. */
    fun open() {
        val persona = saved ?: return
        saved = null
        states.value = RescueState()
        arrived(persona)
    }

    /** One screen back inside the rescue; false where there is none. A saved profile is gone on to. */
    fun back(): Boolean {
        if (states.value.rescued != null) open()
        return states.value.working || states.value.entry == null
    }
}
