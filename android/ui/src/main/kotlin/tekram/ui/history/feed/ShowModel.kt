// One podcast with its episodes, and one episode with what its feed says of it.
package tekram.ui.history.feed

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.binding.Work
import tekram.ffi.ChapterSource
import tekram.ffi.EpisodeDetail
import tekram.ffi.Feed
import tekram.ui.common.PageOf
import tekram.ui.common.PagedRows
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** A podcast; without [feed] it is not followed any more. */
data class ShowState(
    val feed: Feed? = null,
    val busy: Boolean = false,
    val failure: Shown? = null,
)

/** The episodes of a podcast, and letting it go. */
class ShowModel(
    private val session: Session,
    private val feed: Long,
) : ViewModel() {
    private val states = MutableStateFlow(ShowState())

    val state: StateFlow<ShowState> = states.asStateFlow()
    val episodes =
        PagedRows(viewModelScope) { after, limit ->
            session.persona.episodes(feed, after, limit).let { PageOf(it.episodes, it.next) }
        }

    init {
        reload()
    }

    /** Reads the podcast and its episodes again. */
    fun reload() {
        episodes.reload()
        viewModelScope.launch {
            val answer = attempt { session.persona.feeds().find { it.feed == feed } }
            states.update { it.copy(feed = answer.getOrNull(), failure = answer.exceptionOrNull()?.shown() ?: it.failure) }
        }
    }

    /** Asks the podcast for what is new. */
    fun refresh() {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val asked =
                attempt {
                    val task = session.persona.startRefreshFeeds(feed)
                    Work(task, task::next, task::finish, task::cancel).run { }
                }
            states.update { it.copy(busy = false, failure = asked.exceptionOrNull()?.shown()) }
            reload()
        }
    }

    /** Lets the podcast go; [onDone] hears when that is done. */
    fun unfollow(onDone: () -> Unit) {
        viewModelScope.launch {
            attempt { session.persona.unfollowFeed(feed) }.fold(
                { onDone() },
                { failure -> states.update { it.copy(failure = failure.shown()) } },
            )
        }
    }
}

/** An episode. */
data class EpisodeState(
    val phase: Phase = Phase.Loading,
    val detail: EpisodeDetail? = null,
    val fetching: Boolean = false,
    val failure: Shown? = null,
) {
    /** The chapters lie in a file that nobody has asked for yet. */
    val canFetch: Boolean get() = detail?.chapters?.source == ChapterSource.FILE_NOT_FETCHED
}

/** Reads an episode, and its chapters when the person wants to see them. */
class EpisodeModel(
    private val session: Session,
    private val episode: Long,
) : ViewModel() {
    private val states = MutableStateFlow(EpisodeState())

    val state: StateFlow<EpisodeState> = states.asStateFlow()

    init {
        reload()
    }

    /** Reads the episode again. */
    fun reload() {
        viewModelScope.launch {
            val answer = attempt { session.persona.episode(episode) }
            states.update { state ->
                answer.fold({ state.copy(phase = Phase.Ready, detail = it) }, { state.copy(phase = it.phase()) })
            }
        }
    }

    /** Asks for the file of its chapters. */
    fun fetchChapters() {
        states.update { it.copy(fetching = true, failure = null) }
        viewModelScope.launch {
            val answer = attempt { session.persona.fetchChapters(episode) }
            states.update { state ->
                val detail = answer.fold({ state.detail?.copy(chapters = it) }, { state.detail })
                state.copy(fetching = false, detail = detail, failure = answer.exceptionOrNull()?.shown())
            }
        }
    }
}
