// The app as a whole: no profile yet, locked, or one profile open with a place among its screens. It locks by itself when
// nobody touched it for as long as the profile says, on the screen or in the background: the core tells when that is, and
// whatever runs first after the device slept asks for it.
package tekram.ui.start

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Agent
import tekram.ffi.Persona
import tekram.ffi.PersonaEntry
import tekram.ui.common.Device
import tekram.ui.common.Navigator
import tekram.ui.common.Place
import tekram.ui.common.Route
import tekram.ui.common.Shown
import tekram.ui.common.Tab
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.vault.DailyBackup
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** The core is told of touches no more often than this. */
private val touchEvery: Duration = 2.seconds

/** The scope that a profile's listeners are told of when it locked by itself. */
private const val LOCKED = "locked"

/** The scope of where a profile's backups go. */
private const val BACKUP = "backup"

/** What the app as a whole shows. */
sealed interface AppPhase {
    /** The list of profiles is being read. */
    data object Opening : AppPhase

    /** There is no profile on this device yet. */
    data object FirstRun : AppPhase

    /** Every profile is locked. */
    data class Locked(
        val personas: List<PersonaEntry>,
    ) : AppPhase

    /** One profile is open. */
    data class Open(
        val session: Session,
    ) : AppPhase

    /** Not even the list of profiles can be read. */
    data class Failed(
        val error: Shown,
    ) : AppPhase
}

/** The app's phase, and where the person is in an open profile. */
data class AppState(
    val phase: AppPhase = AppPhase.Opening,
    val place: Place = Place(),
    /** The profile whose place was kept while the app was put away; another one begins at the beginning. */
    val placeOf: String? = null,
    /** The lock came by itself; its screen says so. */
    val lockedItself: Boolean = false,
    /** The profile that the person is on the way to. */
    val chosen: String? = null,
    /** What is whole of the chosen profile is to be saved. */
    val rescuing: Boolean = false,
    /** A profile that was to be deleted and is still there. */
    val notDeleted: NotDeleted? = null,
)

/** Deleting the profile called [name] ended with [why]. */
data class NotDeleted(
    val name: String,
    val why: Shown,
)

/** The app: which profile is open, and which screen of it. */
class AppModel(
    val agent: Agent,
    private val device: Device,
) : ViewModel(),
    Navigator {
    private val states = MutableStateFlow(AppState())
    private var isAway = false
    private var company: Job? = null

    /** By the device's clock, which counts through its sleep. */
    @Volatile
    private var touchedAt = device.elapsed()

    val state: StateFlow<AppState> = states.asStateFlow()

    /** The open profile. */
    val session: Session? get() = (states.value.phase as? AppPhase.Open)?.session

    /** The open profile, unless it is due to be locked: what works while nobody looks asks for this one, from any thread. */
    val sessionInTime: Session? get() = session?.takeUnless(::isOverdue)

    init {
        reload()
    }

    /** Reads the list of profiles again; an open one stays open. */
    fun reload() {
        viewModelScope.launch { if (session == null) showLocked(states.value.lockedItself) }
    }

    private suspend fun showLocked(itself: Boolean) {
        val phase =
            attempt { agent.personas() }.fold(
                { if (it.isEmpty()) AppPhase.FirstRun else AppPhase.Locked(it) },
                { AppPhase.Failed(it.shown()) },
            )
        states.update { it.copy(phase = phase, lockedItself = itself) }
    }

    /** A profile was created or unlocked: shows it. Another one that is open is locked first. */
    fun opened(persona: Persona) {
        val before = session
        val id = persona.id()
        val opened = Session(persona)
        states.update {
            val itsPlace = if (before == null) it.placeOf == id else before.persona.id() == id
            AppState(AppPhase.Open(opened), if (itsPlace) it.place else Place())
        }
        touchedAt = device.elapsed()
        accompany(opened)
        // One that waited for long, to be gone on to after it came back, may have locked meanwhile.
        lockIfOverdue()
        before?.let { viewModelScope.launch { attempt { it.end() } } }
    }

    /**
     * What goes on beside an open profile until it is locked: noticing that it locked by itself, the daily backup, and telling
     * the device of its folder.
     */
    private fun accompany(opened: Session) {
        company?.cancel()
        company =
            viewModelScope.launch {
                launch { DailyBackup(opened, device).keep() }
                launch { tellFolder(opened) }
                opened.changes().catch { }.collect { scopes ->
                    if (BACKUP in scopes) tellFolder(opened)
                    if (LOCKED in scopes && session === opened) lock(itself = true)
                }
            }
    }

    private suspend fun tellFolder(of: Session) {
        attempt { of.persona.run { device.backsUpInto(id(), backupFolderReference()) } }
    }

    /** The person touched the screen or a key: the time until the profile locks by itself begins anew. */
    fun touched() {
        if (device.elapsed() - touchedAt < touchEvery) return
        lockIfOverdue()
        touch()
    }

    private fun touch() {
        touchedAt = device.elapsed()
        session?.persona?.touch()
    }

    /** Locks when nobody has touched the open profile for as long as it says: the core does so too, but it may have slept. */
    private fun lockIfOverdue() {
        if (session?.let(::isOverdue) == true) lock(itself = true)
    }

    private fun isOverdue(session: Session): Boolean {
        // A locked profile does not say; one that never locks by itself says nothing.
        val limit = runCatching { session.persona.autoLockS() }.getOrNull()?.toLong()?.seconds
        return session.persona.isLocked() || (limit != null && device.elapsed() - touchedAt >= limit)
    }

    /** Locks the open profile and shows the lock screen. */
    fun lock() = lock(itself = false)

    /** Locks the open profile and turns to the one with [id]. */
    fun switchTo(id: String) = lock(itself = false, chosen = id)

    /** Locks the open profile and turns to saving what is whole of it. */
    fun rescueOpen() {
        val id = session?.persona?.id() ?: return
        lock(itself = false, chosen = id) { states.update { it.copy(rescuing = true) } }
    }

    /** Locks the open profile, called [name], and deletes it for good. If that fails, it stands on the lock screen, which says why. */
    fun deleteOpen(name: String) {
        val id = session?.persona?.id() ?: return
        lock(itself = false) {
            val failure = attempt { delete(id) }.exceptionOrNull()
            states.update { it.copy(notDeleted = failure?.let { why -> NotDeleted(name, why.shown()) }) }
        }
    }

    /** Deletes the profile with this id, which is not open, and what the device knows of it. */
    suspend fun delete(id: String) {
        agent.deletePersona(id)
        device.forgot(id)
    }

    private fun lock(
        itself: Boolean,
        chosen: String? = null,
        then: suspend () -> Unit = {},
    ) {
        val session = session ?: return
        company?.cancel()
        states.update { AppState(AppPhase.Opening, chosen = chosen) }
        session.viewModelStore.clear()
        viewModelScope.launch {
            attempt { session.end() }
            then()
            showLocked(itself)
        }
    }

    /** The app left the screen: calls that wait are ended. From now on nobody touches it. */
    fun toBackground() {
        if (isAway) return
        isAway = true
        lockIfOverdue()
        touch()
        agent.pause()
    }

    /** The app is on the screen again, or at the lock when that took too long. */
    fun toForeground() {
        if (!isAway) return
        isAway = false
        agent.resume()
        lockIfOverdue()
        touch()
    }

    override fun open(route: Route) = states.update { it.copy(place = it.place.open(route)) }

    /** As [open], from a list that stays beside what it opens. */
    fun openFromHome(route: Route) = states.update { it.copy(place = it.place.openFromHome(route)) }

    override fun select(
        tab: Tab,
        route: Route?,
    ) = states.update { state ->
        val place = state.place.select(tab)
        state.copy(place = if (route == null) place else place.openFromHome(route))
    }

    override fun back(): Boolean {
        val back = states.value.place.back() ?: return false
        states.update { it.copy(place = back) }
        return true
    }

    /** The place and whose it is as strings, for the system to keep while the app is put away. */
    fun savedPlace(): List<String> = listOf(session?.persona?.id() ?: states.value.placeOf.orEmpty()) + states.value.place.saved()

    /** Goes back to a place that was kept, as soon as the profile is open that it is a place of. */
    fun restorePlace(saved: List<String>) {
        val profile = saved.firstOrNull().orEmpty()
        val open = session?.persona?.id()
        if (open == null || open == profile) states.update { it.copy(place = Place.restored(saved.drop(1)), placeOf = profile) }
    }

    override fun onCleared() {
        session?.end()
    }
}
