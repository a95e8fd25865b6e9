// First run and lock: makes a profile and opens one, with a passphrase, the device's own lock or the recovery words.
// What the person types as a secret is handed through and never held in the state.
package tekram.ui.start

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
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
import tekram.ui.vault.RescueModel
import tekram.ui.vault.RestoreModel
import tekram.ui.vault.withLockRule
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

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

    /** A profile comes back from a backup. */
    Restore,

    /** What is whole of a damaged profile is saved. */
    Rescue,
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
    /** How long the next passphrase has to wait after wrong ones. */
    val waitSeconds: Long = 0,
    /** The person has accepted that the chosen profile is an older state; the next unlock takes it. */
    val rollbackAccepted: Boolean = false,
) {
    /** The profile that is about to be unlocked. */
    val persona: PersonaEntry? get() = personas.find { it.id == chosen }

    /** Why the core refused, if it did. */
    val refusal: Shown? get() = (failure as? StartFailure.Refused)?.error
}

/** Failures that say that files of a profile are not what they should be: what is whole can be saved. */
val damages: Set<String> =
    setOf("damaged", "truncated", "missing_file", "header_forged", "foreign_vault", "not_a_vault", "not_encrypted", "migration_failed")

/** The core's name of a wait after wrong passphrases, and of the value that says how long. */
private const val WAIT = "wait"
private const val WAIT_MS = "milliseconds"
private val second: Duration = 1.seconds

/** Makes and unlocks profiles; [opened] is told of each. */
class StartModel(
    private val agent: Agent,
    private val device: Device,
    private val opened: (Persona) -> Unit,
) : ViewModel() {
    private val states = MutableStateFlow(StartState())
    private var waiting: Job? = null

    val state: StateFlow<StartState> = states.asStateFlow()

    /** A profile that comes back from a backup. */
    val restore = RestoreModel(agent, device, viewModelScope, ::arrived)

    /** What is whole of the chosen profile. */
    val rescue = RescueModel(agent, device, viewModelScope, ::arrived)

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
        waiting?.cancel()
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
        return copy(chosen = id, unlocking = way, failure = null, waitSeconds = 0, rollbackAccepted = false)
    }

    /** Turns to another way of unlocking. */
    fun unlockBy(way: Unlocking) = states.update { it.copy(unlocking = way, failure = null) }

    /** Begins another profile. */
    fun addProfile() = states.update { it.copy(step = StartStep.First, name = "", failure = null) }

    /** What the new profile will be called. */
    fun setName(name: String) = states.update { it.copy(name = name, failure = null) }

    /** On to the passphrase of the new profile. */
    fun toPassphrase() = states.update { it.copy(step = StartStep.Passphrase, failure = null) }

    /** Begins to bring a profile back from a backup. */
    fun toRestore() {
        restore.begin()
        states.update { it.copy(step = StartStep.Restore, failure = null) }
    }

    /** Begins to save what is whole of the chosen profile. */
    fun toRescue() {
        val persona = states.value.persona ?: return
        rescue.begin(persona)
        states.update { it.copy(step = StartStep.Rescue, failure = null) }
    }

    /** The person knows that the chosen profile is an older state and wants it: the next unlock takes it as it is. */
    fun acceptRollback() {
        val id = states.value.chosen ?: return
        states.update { it.copy(busy = true) }
        viewModelScope.launch {
            val failure = attempt { agent.acceptRollback(id) }.exceptionOrNull()
            states.update { it.copy(busy = false, rollbackAccepted = failure == null, failure = failure?.let { why -> StartFailure.Refused(why.shown()) }) }
        }
    }

    private fun arrived(persona: Persona) {
        states.value = StartState()
        opened(persona)
    }

    /** One screen back; false where there is none. */
    fun back(): Boolean {
        val before = states.value
        val inside = (before.step == StartStep.Restore && restore.back()) || (before.step == StartStep.Rescue && rescue.back())
        if (inside) return true
        val after =
            when {
                before.busy -> before
                before.step == StartStep.Restore || before.step == StartStep.Rescue -> before.copy(step = before.ground, failure = null)
                before.step == StartStep.Passphrase -> before.copy(step = StartStep.First, failure = null)
                before.step == StartStep.First && before.personas.isNotEmpty() -> before.copy(step = StartStep.Lock, failure = null)
                before.step == StartStep.Lock && before.chosen != null && before.personas.size > 1 -> before.copy(chosen = null, failure = null)
                else -> return false
            }
        states.value = after
        return true
    }

    /** Where the start begins: the lock, or the first profile. */
    private val StartState.ground: StartStep get() = if (personas.isEmpty()) StartStep.First else StartStep.Lock

    /** Makes the profile with a passphrase as its way in. */
    fun create(passphrase: String) = open { agent.createPersona(states.value.name.trim(), passphrase).withLockRule() }

    /** Makes the profile with the device's own lock as its way in. */
    fun createWithDevice() = open { agent.createPersonaWithKeyStore(states.value.name.trim(), DEVICE_WAY).withLockRule() }

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
                ::arrived,
                { why ->
                    val failure = if (why is NotPresent) StartFailure.Absent(why.reason) else StartFailure.Refused(why.shown())
                    val wait = (failure as? StartFailure.Refused)?.error?.wait
                    states.update { it.copy(busy = false, failure = failure, rollbackAccepted = false, waitSeconds = wait?.wholeSeconds ?: 0) }
                    wait?.let(::countDown)
                },
            )
        }
    }

    /** Shows how long it is until the next passphrase may be tried, by the device's clock that counts through sleep. */
    private fun countDown(wait: Duration) {
        val until = device.elapsed() + wait
        waiting?.cancel()
        waiting =
            viewModelScope.launch {
                while (until > device.elapsed()) {
                    val left = until - device.elapsed()
                    states.update { it.copy(waitSeconds = left.wholeSeconds) }
                    delay(minOf(left, second))
                }
                states.update { if (it.refusal?.name == WAIT) it.copy(waitSeconds = 0, failure = null) else it.copy(waitSeconds = 0) }
            }
    }
}

/** How long this refusal says to wait. */
private val Shown.wait: Duration? get() = params[WAIT_MS]?.toLongOrNull()?.takeIf { name == WAIT }?.milliseconds

/** Seconds, a begun one as a whole. */
private val Duration.wholeSeconds: Long get() = (this + second - 1.milliseconds).inWholeSeconds
