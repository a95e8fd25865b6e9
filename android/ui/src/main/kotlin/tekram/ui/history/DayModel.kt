// The listens of one day, read page by page.
package tekram.ui.history

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.launch
import tekram.ffi.Listen
import tekram.ui.common.PageOf
import tekram.ui.common.PagedRows
import tekram.ui.start.Session

/** Lists what began from [fromMs] until before [toMs], the bounds that the core gave for a day. */
class DayModel(
    private val session: Session,
    fromMs: Long?,
    toMs: Long?,
) : ViewModel() {
    /** The listens, newest first. */
    val listens =
        PagedRows<Listen>(viewModelScope) { after, limit ->
            session.persona.listens(everything.copy(fromMs = fromMs, toMs = toMs), after, limit).let { PageOf(it.listens, it.next) }
        }

    init {
        listens.reload()
        viewModelScope.launch {
            session.changes().catch { }.collect { scopes -> if ("listen" in scopes) listens.reload() }
        }
    }
}
