// Who read or got what: the profile's own record, page by page, filtered and searched by the core. A text can be destroyed for
// good, the record saved as a file, and checked for whether anybody changed it.
package tekram.ui.vault

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.AuditItem
import tekram.ffi.AuditReport
import tekram.ui.common.Device
import tekram.ui.common.PageOf
import tekram.ui.common.PagedRows
import tekram.ui.common.Rows
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.save
import tekram.ui.common.shown
import tekram.ui.start.Session

/** Kinds of entries that belong together for a person; [kinds] are the core's names, none means all. */
enum class AuditFilter(
    val kinds: List<String>,
) {
    All(emptyList()),
    Seen(listOf("disclosure")),
    Unlocks(listOf("unlock")),
    Ways(listOf("way_added", "way_changed", "way_removed", "label_changed", "header_changed", "vault_key_changed")),
    Copies(listOf("export", "import", "backup", "restore", "rescue")),
    Proofs(listOf("credential_added", "credential_removed")),
}

/** What is looked for, and how the last deed ended. */
data class AuditState(
    val text: String = "",
    val filter: AuditFilter = AuditFilter.All,
    val busy: Boolean = false,
    /** What checking found. */
    val report: AuditReport? = null,
    /** So many entries were saved to a file. */
    val exported: UInt? = null,
    val failure: Shown? = null,
)

/** Reads the record, and again after each change. */
class AuditModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(AuditState())

    val state: StateFlow<AuditState> = states.asStateFlow()

    val items =
        PagedRows(viewModelScope) { after, limit ->
            val (text, filter) = states.value
            val page = session.persona.audit(text.trim(), filter.kinds, null, null, after?.toUInt(), limit)
            PageOf(page.items, page.next?.toString())
        }

    init {
        items.reload()
        viewModelScope.launch { session.changes().catch { }.collect { items.reload() } }
    }

    /** Looks for [text] among the texts of the entries. */
    fun search(text: String) {
        states.update { it.copy(text = text) }
        items.reload()
    }

    /** Shows what belongs to [filter]. */
    fun show(filter: AuditFilter) {
        states.update { it.copy(filter = filter) }
        items.reload()
    }

    /** Destroys the text of the entry of this [number] for good. */
    fun destroy(number: UInt) =
        deed {
            session.persona.destroyAuditTexts(listOf(number))
            it
        }

    /** Checks whether anybody changed the record. */
    fun verify() = deed { it.copy(report = session.persona.verifyAudit()) }

    /** Lets the person choose a file and writes the whole record to it. */
    fun export(device: Device) = deed { it.copy(exported = device.save("tekram-audit.jsonl") { path -> session.persona.exportAudit(path) }) }

    private fun deed(call: suspend (AuditState) -> AuditState) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null, exported = null) }
        viewModelScope.launch {
            val answer = attempt { call(states.value) }
            states.update { now ->
                answer.fold(
                    { now.copy(busy = false, report = it.report, exported = it.exported) },
                    { now.copy(busy = false, failure = it.shown()) },
                )
            }
            items.reload()
        }
    }
}

/** The entry of that number among the rows that are held. */
fun Rows<AuditItem>.number(number: String): AuditItem? =
    (0 until count).firstNotNullOfOrNull { index -> this[index]?.takeIf { it.number.toString() == number } }
