// The page of a work, creator, show, publisher or source: what it comes to, and its listens.
package tekram.ui.history.answer

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.About
import tekram.ffi.Listen
import tekram.ffi.Measure
import tekram.ui.common.Newest
import tekram.ui.common.PageOf
import tekram.ui.common.PagedRows
import tekram.ui.common.Phase
import tekram.ui.common.phase
import tekram.ui.history.everything
import tekram.ui.start.Session

/** How many works of it are ranked. */
private const val RANKS = 5u

/** What the page is about. */
data class PageState(
    val phase: Phase = Phase.Loading,
    val about: About? = null,
)

/** Shows what has the number [id]; without one the [source] of that name. */
class PageModel(
    private val session: Session,
    private val id: Long?,
    private val source: String = "",
) : ViewModel() {
    private val states = MutableStateFlow(PageState())
    private val newest = Newest()

    val state: StateFlow<PageState> = states.asStateFlow()

    /** All listens of it, newest first. */
    val listens =
        PagedRows<Listen>(viewModelScope) { after, limit ->
            val page =
                if (id == null) session.persona.listens(everything.copy(source = source), after, limit) else session.persona.listensOf(id, after, limit)
            PageOf(page.listens, page.next)
        }

    init {
        reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if ("listen" in scopes) reload() }
        }
    }

    /** Reads it again. */
    fun reload() {
        listens.reload()
        viewModelScope.launch {
            val answer =
                newest.read { if (id == null) session.persona.aboutSource(source) else session.persona.about(id, Measure.TIME, RANKS) } ?: return@launch
            states.update { state ->
                answer.fold({ PageState(if (it == null) Phase.Empty else Phase.Ready, it) }, { state.copy(phase = it.phase()) })
            }
        }
    }
}
