// The app as a whole: no profile yet, locked, or one profile open with a place among its screens. It locks by itself
// after five minutes in the background, counted through the device's sleep, and when the core says that nobody touched it.
package tekram.ui.start

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
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
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** How long the app may be in the background before it locks. */
val autoLockAfter: Duration = 5.minutes

/** The core is told of touches no more often than this. */
private val touchEvery: Duration = 2.seconds

/** The scope that a profile's listeners are told of when it locked by itself. */
private const val LOCKED = "locked"

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
    /** Why the lock came by itself, if it did. */
    val lockedBy: LockedBy? = null,
    /** The profile that the person is on the way to. */
    val chosen: String? = null,
    /** What is whole of the chosen profile is to be saved. */
    val rescuing: Boolean = false,
    /** A profile that was to be deleted and is still there. */
    val notDeleted: NotDeleted? = null,
)

/** What locked a profile that the person did not lock. */
enum class LockedBy {
    /** The app was in the background for too long. */
    Background,

    /** Nobody touched the screen for as long as the person had chosen. */
    Idle,
}

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
    private var leftAt: Duration? = null
    private var lockTimer: Job? = null
    private var company: Job? = null
    private var touchedAt: Duration? = null

    val state: StateFlow<AppState> = states.asStateFlow()

    /** The open profile. */
    val session: Session? get() = (states.value.phase as? AppPhase.Open)?.session

    init {
        reload()
    }

    /** Reads the list of profiles again; an open one stays open. */
    fun reload() {
        viewModelScope.launch { if (session == null) showLocked(states.value.lockedBy) }
    }

    private suspend fun showLocked(lockedBy: LockedBy?) {
        val phase =
            attempt { agent.personas() }.fold(
                { if (it.isEmpty()) AppPhase.FirstRun else AppPhase.Locked(it) },
                { AppPhase.Failed(it.shown()) },
            )
        states.update { it.copy(phase = phase, lockedBy = lockedBy) }
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
        accompany(opened)
        before?.let { viewModelScope.launch { attempt { it.end() } } }
    }

    /** What goes on beside an open profile until it is locked: noticing that it locked by itself, and the daily backup. */
    private fun accompany(opened: Session) {
        company?.cancel()
        company =
            viewModelScope.launch {
                launch { DailyBackup(opened, device).keep() }
                opened.changes().catch { }.collect { scopes -> if (LOCKED in scopes && session === opened) lock(LockedBy.Idle) }
            }
    }

    /** The person touched the screen or a key: the time until the profile locks by itself begins anew. */
    fun touched() {
        val now = device.elapsed()
        if (touchedAt?.let { now - it < touchEvery } == true) return
        touchedAt = now
        session?.persona?.touch()
    }

    /** Locks the open profile and shows the lock screen. */
    fun lock() = lock(lockedBy = null)

    /** Locks the open profile and turns to the one with [id]. */
    fun switchTo(id: String) = lock(lockedBy = null, chosen = id)

    /** Locks the open profile and turns to saving what is whole of it. */
    fun rescueOpen() {
        val id = session?.persona?.id() ?: return
        lock(lockedBy = null, chosen = id) { states.update { it.copy(rescuing = true) } }
    }

    /** Locks the open profile, called [name], and deletes it for good. If that fails, it stands on the lock screen, which says why. */
    fun deleteOpen(name: String) {
        val id = session?.persona?.id() ?: return
        lock(lockedBy = null) {
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
        lockedBy: LockedBy?,
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
            showLocked(lockedBy)
        }
    }

    /** The app left the screen: calls that wait are ended, and the lock's time begins. */
    fun toBackground() {
        if (leftAt != null) return
        leftAt = device.elapsed()
        agent.pause()
        lockTimer =
            viewModelScope.launch {
                delay(autoLockAfter)
                lock(LockedBy.Background)
            }
    }

    /** The app is on the screen again; it locks now if the timer slept together with the device. */
    fun toForeground() {
        val left = leftAt ?: return
        leftAt = null
        lockTimer?.cancel()
        agent.resume()
        if (device.elapsed() - left >= autoLockAfter) {
            lock(LockedBy.Background)
        } else if (session?.persona?.isLocked() == true) {
            lock(LockedBy.Idle)
        }
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
