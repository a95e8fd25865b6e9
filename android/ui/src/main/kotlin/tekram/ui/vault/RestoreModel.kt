// A profile comes back: from a backup in a folder or on a server, or from a file with everything in it. Where a backup is
// damaged, what can be read of it is saved instead. Secrets are handed through and never held.
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
import tekram.ffi.BackupFile
import tekram.ffi.BackupSource
import tekram.ffi.MovedIn
import tekram.ffi.Persona
import tekram.ffi.Rescued
import tekram.ffi.RestoreOptions
import tekram.ffi.Restored
import tekram.ffi.WorkProgress
import tekram.ui.common.Device
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.shown

/** The core's name for a profile of the same name that is here already. */
internal const val CLASH: String = "vault_exists"

/** Which screen of restoring is open. */
enum class RestoreStep {
    /** Where the backup lies. */
    Place,

    /** Address and password of a server. */
    Server,

    /** The backups of the place. */
    Files,

    /** State, key and name of the chosen backup. */
    Key,

    /** Passphrase and name for a file with everything in it. */
    MoveIn,

    /** It is done. */
    Done,
}

/** What came back. */
sealed interface CameBack {
    /** A state of a backup, whole. */
    data class Whole(
        val restored: Restored,
    ) : CameBack

    /** What could be read of a damaged backup. */
    data class Partly(
        val rescued: Rescued,
    ) : CameBack

    /** Everything of a file. */
    data class Everything(
        val moved: MovedIn,
    ) : CameBack
}

/** Where the person is with restoring. */
data class RestoreState(
    val step: RestoreStep = RestoreStep.Place,
    /** A place is being looked through. */
    val looking: Boolean = false,
    val files: List<BackupFile> = emptyList(),
    val chosen: BackupFile? = null,
    /** The state of the chosen backup; null: its newest. */
    val stateNumber: UInt? = null,
    /** A profile of that name is here already. */
    val clash: Boolean = false,
    /** The backup is damaged, and what can be read of it may be saved. */
    val damaged: Boolean = false,
    val working: Boolean = false,
    val progress: WorkProgress? = null,
    val came: CameBack? = null,
    val failure: Shown? = null,
)

/** What opens a backup. It never becomes part of a text. */
class BackupSecret(
    val byWords: Boolean,
    val secret: String,
) {
    override fun toString(): String = "[REDACTED]"
}

/** Restores profiles; [arrived] is given each when the person goes on to it. */
class RestoreModel(
    private val agent: Agent,
    private val device: Device,
    private val scope: CoroutineScope,
    private val arrived: (Persona) -> Unit,
) {
    private val states = MutableStateFlow(RestoreState())
    private var work: Job? = null
    private var source: BackupSource? = null
    private var file: String? = null
    private var back: Persona? = null

    val state: StateFlow<RestoreState> = states.asStateFlow()

    /** Begins anew. */
    fun begin() {
        work?.cancel()
        leaveSource()
        states.value = RestoreState()
    }

    private fun leaveSource() {
        source?.close()
        source = null
        file?.let { path -> scope.launch { device.letGo(path) } }
        file = null
    }

    /** Lets the person choose a folder with backups. */
    fun chooseFolder() =
        look {
            device.pickFolder()?.let { picked ->
                val folder = device.folder(picked.reference)
                if (folder == null) BackupSource.path(picked.reference) else BackupSource.folder(folder)
            }
        }

    /** On to the address of a server. */
    fun toServer() = states.update { it.copy(step = RestoreStep.Server, failure = null) }

    /** Looks through a folder on a server. */
    fun useServer(typed: TypedServer) = look { BackupSource.server(typed.url.trim(), typed.user.trim(), typed.password, typed.inHomeNetwork) }

    private fun look(place: suspend () -> BackupSource?) {
        if (states.value.looking) return
        states.update { it.copy(looking = true, failure = null) }
        work =
            scope.launch {
                val answer =
                    attempt {
                        place()?.let { chosen ->
                            leaveSource()
                            source = chosen
                            agent.backups(chosen)
                        }
                    }
                states.update { state ->
                    answer.fold(
                        { files -> if (files == null) state.copy(looking = false) else state.copy(looking = false, step = RestoreStep.Files, files = files) },
                        { state.copy(looking = false, failure = it.shown()) },
                    )
                }
            }
    }

    /** Turns to one of the backups. */
    fun choose(chosen: BackupFile) =
        states.update { it.copy(step = RestoreStep.Key, chosen = chosen, stateNumber = null, clash = false, damaged = false, failure = null) }

    /** Turns to one of its states; null: the newest. */
    fun chooseState(number: UInt?) = states.update { it.copy(stateNumber = number) }

    /** Lets the person choose a file with everything in it. */
    fun chooseMoveIn() {
        scope.launch {
            val answer = attempt { device.pickFile() }
            states.update { state ->
                answer.fold(
                    { path ->
                        leaveSource()
                        file = path
                        if (path == null) state else RestoreState(RestoreStep.MoveIn)
                    },
                    { state.copy(failure = it.shown()) },
                )
            }
        }
    }

    /** Restores the chosen backup, under [newName] where one is given, or in the place of the profile of the same name. */
    fun restore(
        key: BackupSecret,
        newName: String?,
        replace: Boolean,
    ) = bringBack { progress ->
        val (from, name) = checkNotNull(source) to checkNotNull(states.value.chosen).name
        val options = RestoreOptions(states.value.stateNumber, newName?.trim(), replace)
        val task =
            if (key.byWords) {
                agent.startRestoreWithWords(from, name, key.secret.trim(), options)
            } else {
                agent.startRestoreWithPassphrase(from, name, key.secret, options)
            }
        val (restored, persona) = Work(task, task::next, { task.finish() to task.persona()?.withLockRule() }, task::cancel).run { progress(it) }
        CameBack.Whole(restored) to persona
    }

    /** Saves what can be read of the chosen backup into a new profile. */
    fun salvage(
        key: BackupSecret,
        newName: String,
        newPassphrase: String,
    ) = bringBack { progress ->
        val (from, name) = checkNotNull(source) to checkNotNull(states.value.chosen).name
        val task =
            if (key.byWords) {
                agent.startSalvageWithWords(from, name, key.secret.trim(), newName.trim(), newPassphrase)
            } else {
                agent.startSalvageWithPassphrase(from, name, key.secret, newName.trim(), newPassphrase)
            }
        val (rescued, persona) = task.report(progress)
        CameBack.Partly(rescued) to persona
    }

    /** Makes the profile of the file with everything in it. */
    fun moveIn(
        passphrase: String,
        newName: String?,
    ) = bringBack { progress ->
        val task = agent.startMoveIn(checkNotNull(file), passphrase, newName?.trim())
        val (moved, persona) = Work(task, task::next, { task.finish() to task.persona()?.withLockRule() }, task::cancel).run { progress(it) }
        CameBack.Everything(moved) to persona
    }

    private fun bringBack(call: suspend (onProgress: (WorkProgress) -> Unit) -> Pair<CameBack, Persona?>) {
        if (states.value.working) return
        states.update { it.copy(working = true, progress = null, failure = null) }
        work =
            scope.launch {
                val answer = attempt { call { progress -> states.update { it.copy(progress = progress) } } }
                answer.onSuccess { (_, persona) -> back = persona }
                states.update { state -> answer.fold({ state.copy(working = false, step = RestoreStep.Done, came = it.first) }, state::failed) }
            }
    }

    /** Stops it; no profile is made. */
    fun stop() {
        work?.cancel()
        states.update { it.copy(working = false, looking = false, progress = null) }
    }

    /** Goes on to the profile that came back. */
    fun open() {
        val persona = back ?: return
        back = null
        begin()
        arrived(persona)
    }

    /** One screen back inside restoring; false where there is none. A profile that came back is gone on to. */
    fun back(): Boolean {
        val before = states.value
        val to =
            when (before.step) {
                RestoreStep.Place -> null
                RestoreStep.Server, RestoreStep.Files, RestoreStep.MoveIn -> RestoreStep.Place
                RestoreStep.Key -> RestoreStep.Files
                RestoreStep.Done -> RestoreStep.Done
            }
        when {
            before.working -> Unit
            before.step == RestoreStep.Done -> open()
            to == null -> begin()
            else -> states.update { it.copy(step = to, failure = null, clash = false, damaged = false, looking = false) }
        }
        return before.working || to != null
    }
}

private fun RestoreState.failed(why: Throwable): RestoreState {
    val failure = why.shown()
    return copy(
        working = false,
        failure = failure,
        clash = clash || failure.name == CLASH,
        damaged = damaged || (failure.name == "backup_damaged" && step == RestoreStep.Key),
    )
}
