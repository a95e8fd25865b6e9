// What left this profile, newest first, page by page, and the hosts that it has asked: the core reads both from the records
// themselves, so that nothing can be missing from a list kept beside them.
package tekram.ui.me

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.launch
import tekram.ffi.NetworkUse
import tekram.ffi.SharedItem
import tekram.ui.common.Newest
import tekram.ui.common.PageOf
import tekram.ui.common.PagedRows
import tekram.ui.common.Phase
import tekram.ui.common.Rows
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.start.Session

/** What left this profile. */
class SharedModel(
    private val session: Session,
) : ViewModel() {
    val items =
        PagedRows(viewModelScope) { after, limit ->
            val page = session.persona.shared(after, limit)
            PageOf(page.items, page.next)
        }

    init {
        items.reload()
        viewModelScope.launch { session.changes().catch { }.collect { items.reload() } }
    }
}

/** The item of that record among the rows that are held. */
fun Rows<SharedItem>.record(record: String): SharedItem? = (0 until count).firstNotNullOfOrNull { index -> this[index]?.takeIf { it.record == record } }

/** The hosts that this profile has asked. */
data class NetworksState(
    val phase: Phase = Phase.Loading,
    val networks: List<NetworkUse> = emptyList(),
)

/** Reads the hosts, and again after each change. */
class NetworksModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(NetworksState())
    private val newest = Newest()

    val state: StateFlow<NetworksState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Reads the list again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { session.persona.networks() } ?: return@launch
            states.value = answer.fold({ NetworksState(if (it.isEmpty()) Phase.Empty else Phase.Ready, it) }, { NetworksState(it.phase()) })
        }
    }
}
