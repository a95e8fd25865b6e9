// The podcasts that are followed: which there are, following one by its address, and asking them for what is new.
package tekram.ui.history.feed

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.binding.Work
import tekram.ffi.Feed
import tekram.ui.common.Device
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.save
import tekram.ui.common.shown
import tekram.ui.start.Session

/** The podcasts; [asked] is how many have been asked, while that goes on. */
data class FeedsState(
    val phase: Phase = Phase.Loading,
    val feeds: List<Feed> = emptyList(),
    val busy: Boolean = false,
    val asked: Int = 0,
    val failure: Shown? = null,
    /** So many podcasts were written to a file of the person's choice. */
    val exported: Long? = null,
)

/** Lists the podcasts, follows them and asks them. */
class FeedsModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(FeedsState())
    private val newest = Newest()
    private var refreshing: Job? = null

    val state: StateFlow<FeedsState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if ("listen" in scopes) reload() }
        }
    }

    /** Reads the list again. */
    fun reload() {
        viewModelScope.launch { read() }
    }

    /** Follows the podcast at [address] and asks it; [onDone] hears that the address was taken. */
    fun follow(
        address: String,
        onDone: () -> Unit,
    ) {
        viewModelScope.launch {
            attempt { session.persona.followFeed(address, false) }.fold(
                {
                    states.update { state -> state.copy(failure = null) }
                    onDone()
                    refresh(it)
                },
                { failure -> states.update { it.copy(failure = failure.shown()) } },
            )
        }
    }

    /** Asks the podcasts that may be asked now, or [feed] alone. */
    fun refresh(feed: Long? = null) {
        if (refreshing?.isActive == true) return
        states.update { it.copy(busy = true, asked = 0, failure = null) }
        refreshing =
            viewModelScope.launch {
                try {
                    val asked =
                        attempt {
                            val task = session.persona.startRefreshFeeds(feed)
                            Work(task, task::next, task::finish, task::cancel).run { _ -> states.update { it.copy(asked = it.asked + 1) } }
                        }
                    states.update { it.copy(failure = asked.exceptionOrNull()?.shown()) }
                    read()
                } catch (stopped: CancellationException) {
                    reload()
                    throw stopped
                } finally {
                    states.update { it.copy(busy = false, asked = 0) }
                }
            }
    }

    /** Lets the person choose a file and writes the list to it, as OPML. */
    fun export(device: Device) {
        states.update { it.copy(failure = null, exported = null) }
        viewModelScope.launch {
            val answer = attempt { device.save("podcasts.opml") { path -> session.persona.exportFeeds(path).toLong() } }
            states.update { state -> answer.fold({ state.copy(exported = it) }, { state.copy(failure = it.shown()) }) }
        }
    }

    /** Ends asking; what was answered stays. */
    fun stop() {
        refreshing?.cancel()
    }

    private suspend fun read() {
        val answer = newest.read { session.persona.feeds() } ?: return
        states.update { state ->
            answer.fold(
                { state.copy(phase = if (it.isEmpty()) Phase.Empty else Phase.Ready, feeds = it) },
                { state.copy(phase = it.phase()) },
            )
        }
    }
}
