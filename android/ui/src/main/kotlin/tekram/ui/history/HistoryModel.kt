// The days of the log with their hours by source, what a search finds, and the rating of one listen. It asks again when
// the log changed, and what it holds is what the core returned.
package tekram.ui.history

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
import tekram.ffi.AsTyped
import tekram.ffi.Day
import tekram.ffi.HistoryQuery
import tekram.ffi.Hit
import tekram.ffi.Listen
import tekram.ffi.ListenKind
import tekram.ffi.What
import tekram.ui.common.Newest
import tekram.ui.common.PageOf
import tekram.ui.common.PagedRows
import tekram.ui.common.attempt
import tekram.ui.start.Session
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** How long the search waits for the next letter. */
val searchPause: Duration = 150.milliseconds

/** How many of each sort a search shows above the listens. */
private const val HITS = 4u

/** No condition: the whole log. */
val everything = HistoryQuery(fromMs = null, toMs = null, source = null, kind = null, text = null)

/** What is being searched for. */
data class HistoryState(
    val text: String = "",
    val kind: ListenKind? = null,
    val source: String? = null,
    /** All sources of the log by their names. */
    val sources: List<String> = emptyList(),
    /** The search is open. */
    val searching: Boolean = false,
    /** Works, creators, shows and publishers that what was typed finds. */
    val typed: AsTyped? = null,
) {
    /** What was found by groups; none while only a kind or a source is searched, which works do not tell. */
    val groups: List<Pair<What, List<Hit>>>
        get() {
            val typed = typed?.takeIf { kind == null && source == null && text.isNotBlank() } ?: return emptyList()
            val pages = listOf(What.WORK to typed.works, What.CREATOR to typed.creators, What.SHOW to typed.shows, What.PUBLISHER to typed.publishers)
            return pages.map { (what, page) -> what to page.entries }.filter { it.second.isNotEmpty() }
        }
}

/** History as a list of days, and as what a search finds. */
class HistoryModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(HistoryState())
    private val newest = Newest()
    private val newestTyped = Newest()
    private var typing: Job? = null

    val state: StateFlow<HistoryState> = states.asStateFlow()

    /** The days on which something was heard, newest first. */
    val days =
        PagedRows<Day>(viewModelScope) { after, limit ->
            session.persona.days(everything, after, limit).let { PageOf(it.days, it.next) }
        }

    /** What the search finds, newest first. */
    val found =
        PagedRows<Listen>(viewModelScope) { after, limit ->
            session.persona.listens(query(), after, limit).let { PageOf(it.listens, it.next) }
        }

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if ("listen" in scopes) reload() }
        }
    }

    /** Reads everything that is shown again. */
    fun reload() {
        days.reload()
        viewModelScope.launch {
            // By name and not by hours: what was heard today must not give each source the colour of another.
            newest.read { session.persona.hours(month = null).map { it.source }.sorted() }?.onSuccess { names -> states.update { it.copy(sources = names) } }
        }
        if (states.value.searching) found.reload()
    }

    /** Opens or closes the search; closing forgets what was typed. */
    fun search(open: Boolean) {
        typing?.cancel()
        states.update { if (open) it.copy(searching = true) else HistoryState(sources = it.sources) }
        if (open) found.reload()
    }

    /** Searches for [text] once no further letter follows. */
    fun search(text: String) {
        states.update { it.copy(text = text) }
        typed(text)
        typing?.cancel()
        typing =
            viewModelScope.launch {
                delay(searchPause)
                found.reload()
            }
    }

    /** Finds works and names at every letter; the answer for fewer letters does not come after that for more. */
    private fun typed(text: String) {
        viewModelScope.launch {
            newestTyped.read { session.persona.searchAsTyped(text, HITS) }?.onSuccess { typed ->
                states.update { if (it.text == text) it.copy(typed = typed) else it }
            }
        }
    }

    /** Shows only this kind; null shows every kind. */
    fun only(kind: ListenKind?) = narrow { it.copy(kind = kind) }

    /** Shows only what came from this source; null shows every source. */
    fun only(source: String?) = narrow { it.copy(source = source) }

    private fun narrow(change: (HistoryState) -> HistoryState) {
        states.update(change)
        found.reload()
    }

    private fun query(): HistoryQuery {
        val state = states.value
        return everything.copy(text = state.text.trim().ifEmpty { null }, kind = state.kind, source = state.source)
    }
}
