// First run and lock: makes a profile and opens one, with a passphrase, the device's own lock or the recovery words.
// What the person types as a secret is handed through and never held in the state.
package tekram.ui.start

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Agent
import tekram.ffi.Persona
import tekram.ffi.PersonaEntry
import tekram.ffi.WayInKind
import tekram.ui.common.AbsenceReason
import tekram.ui.common.Device
import tekram.ui.common.NotPresent
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.shown

/** Name of the way in that the device's own lock guards. */
const val DEVICE_WAY: String = "device"

/** Which screen of the start is open. */
enum class StartStep {
    /** Profiles that can be unlocked. */
    Lock,

    /** Name and kind of way in of a new profile. */
    First,

    /** The passphrase of a new profile. */
    Passphrase,
}

/** How the person is about to unlock. */
enum class Unlocking { Device, Passphrase, Words }

/** Why nothing was opened. */
sealed interface StartFailure {
    /** The core refused. */
    data class Refused(
        val error: Shown,
    ) : StartFailure

    /** Presence was not shown. */
    data class Absent(
        val reason: AbsenceReason,
    ) : StartFailure
}

/** What the screens of first run and lock show. */
data class StartState(
    val step: StartStep = StartStep.First,
    val name: String = "",
    val personas: List<PersonaEntry> = emptyList(),
    val chosen: String? = null,
    val unlocking: Unlocking = Unlocking.Passphrase,
    val busy: Boolean = false,
    val failure: StartFailure? = null,
) {
    /** The profile that is about to be unlocked. */
    val persona: PersonaEntry? get() = personas.find { it.id == chosen }
}

/** Makes and unlocks profiles; [opened] is told of each. */
class StartModel(
    private val agent: Agent,
    private val device: Device,
    private val opened: (Persona) -> Unit,
) : ViewModel() {
    private val states = MutableStateFlow(StartState())

    val state: StateFlow<StartState> = states.asStateFlow()

    /** There is no profile: begins with the first one. */
    fun begin() = states.update { if (it.step == StartStep.Lock) it.copy(step = StartStep.First) else it }

    /** Shows the lock for [personas]; the one that was chosen stays chosen. */
    fun lockedWith(personas: List<PersonaEntry>) =
        states.update { before ->
            val chosen = (before.chosen?.takeIf { id -> personas.any { it.id == id } }) ?: personas.singleOrNull()?.id
            StartState(StartStep.Lock, personas = personas).choosing(chosen)
        }

    /** Turns to one of the profiles, or with null back to all of them. */
    fun choose(id: String?) = states.update { it.choosing(id) }

    private fun StartState.choosing(id: String?): StartState {
        val kinds =
            personas
                .find { it.id == id }
                ?.ways
                .orEmpty()
                .map { it.kind }
        val way =
            when {
                kinds.any { it is WayInKind.KeyStore } && device.presence != null -> Unlocking.Device
                WayInKind.Passphrase in kinds -> Unlocking.Passphrase
                else -> Unlocking.Words
            }
        return copy(chosen = id, unlocking = way, failure = null)
    }

    /** Turns to another way of unlocking. */
    fun unlockBy(way: Unlocking) = states.update { it.copy(unlocking = way, failure = null) }

    /** Begins another profile. */
    fun addProfile() = states.update { it.copy(step = StartStep.First, name = "", failure = null) }

    /** What the new profile will be called. */
    fun setName(name: String) = states.update { it.copy(name = name, failure = null) }

    /** On to the passphrase of the new profile. */
    fun toPassphrase() = states.update { it.copy(step = StartStep.Passphrase, failure = null) }

    /** One screen back; false where there is none. */
    fun back(): Boolean {
        val before = states.value
        val after =
            when {
                before.busy -> before
                before.step == StartStep.Passphrase -> before.copy(step = StartStep.First, failure = null)
                before.step == StartStep.First && before.personas.isNotEmpty() -> before.copy(step = StartStep.Lock, failure = null)
                before.step == StartStep.Lock && before.chosen != null && before.personas.size > 1 -> before.copy(chosen = null, failure = null)
                else -> return false
            }
        states.value = after
        return true
    }

    /** Makes the profile with a passphrase as its way in. */
    fun create(passphrase: String) = open { agent.createPersona(states.value.name.trim(), passphrase) }

    /** Makes the profile with the device's own lock as its way in. */
    fun createWithDevice() = open { agent.createPersonaWithKeyStore(states.value.name.trim(), DEVICE_WAY) }

    /** Unlocks the chosen profile with its passphrase. */
    fun unlock(passphrase: String) = open { agent.unlockWithPassphrase(chosen(), passphrase) }

    /** Unlocks the chosen profile with its recovery words. */
    fun unlockWithWords(words: String) = open { agent.unlockWithRecoveryPhrase(chosen(), words) }

    /** Unlocks the chosen profile after the device saw that the person is there. */
    fun unlockWithDevice() =
        open {
            val persona = checkNotNull(states.value.persona)
            val presence = device.presence ?: throw NotPresent(AbsenceReason.NotSetUp)
            val way = persona.ways.first { it.kind is WayInKind.KeyStore }.name
            val key = presence.unwrap(way, persona.name, agent.wrappedKey(persona.id, way))
            try {
                agent.unlockWithKey(persona.id, key)
            } finally {
                key.fill(0)
            }
        }

    private fun chosen(): String = checkNotNull(states.value.chosen)

    private fun open(call: suspend () -> Persona) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            attempt(call).fold(
                { persona ->
                    states.value = StartState()
                    opened(persona)
                },
                { why ->
                    val failure = if (why is NotPresent) StartFailure.Absent(why.reason) else StartFailure.Refused(why.shown())
                    states.update { it.copy(busy = false, failure = failure) }
                },
            )
        }
    }
}
