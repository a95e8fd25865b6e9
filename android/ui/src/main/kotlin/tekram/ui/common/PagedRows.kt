// A list of any length with memory for a few pages only: what is far from the rows on the screen is dropped and read
// again when it comes near. Of pages that were dropped only the cursor stays, so that going back needs no counting.
package tekram.ui.common

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlin.math.abs

/** A page of the core's list; [next] is handed back for the page after it and is null on the last. */
data class PageOf<T>(
    val rows: List<T>,
    val next: String?,
)

/** What is known of a list: how many rows were met so far, and those that are held now. */
data class Rows<T>(
    val phase: Phase = Phase.Loading,
    /** Rows met so far; more may follow while not [ended]. */
    val count: Int = 0,
    val ended: Boolean = false,
    private val pageSize: Int = 1,
    private val pages: Map<Int, List<T>> = emptyMap(),
    /** Why the last page could not be read. */
    val failure: Shown? = null,
) {
    /** The row at [index], or null while its page is not held. */
    operator fun get(index: Int): T? = pages[index / pageSize]?.getOrNull(index % pageSize)

    /** Rows in memory now. */
    val held: Int get() = pages.values.sumOf { it.size }
}

/**
 * Reads a list page by page as its rows come near the screen.
 *
 * [load] is given the cursor of the page and how many rows to return. [need] says which row is on the screen.
 */
class PagedRows<T>(
    private val scope: CoroutineScope,
    private val pageSize: Int = 60,
    private val pagesHeld: Int = 7,
    private val load: suspend (after: String?, limit: UInt) -> PageOf<T>,
) {
    private val states = MutableStateFlow(Rows<T>(pageSize = pageSize))
    private val cursors = mutableListOf<String?>(null)
    private val pages = mutableMapOf<Int, List<T>>()
    private val loading = mutableMapOf<Int, Job>()
    private var lastPage: Int? = null
    private var near = 0

    val rows: StateFlow<Rows<T>> = states.asStateFlow()

    /** Forgets everything and begins again with the first page; the rows shown so far stay until it is there. */
    fun reload() {
        loading.values.forEach { it.cancel() }
        loading.clear()
        ask(0, afresh = true)
    }

    /** The row at [index] is on the screen: its page and the next are read when they are not held. */
    fun need(index: Int) {
        near = index / pageSize
        if (near !in pages) ask(near)
        if (near + 1 < cursors.size && near + 1 !in pages) ask(near + 1)
    }

    private fun ask(
        page: Int,
        afresh: Boolean = false,
    ) {
        if (page >= cursors.size || page in loading) return
        loading[page] =
            scope.launch {
                val answer = attempt { load(cursors[page], pageSize.toUInt()) }
                loading.remove(page)
                answer.fold({ hold(page, it, afresh) }, ::failed)
            }
    }

    private fun hold(
        page: Int,
        answer: PageOf<T>,
        afresh: Boolean,
    ) {
        if (afresh) forget()
        pages[page] = answer.rows
        if (page == cursors.lastIndex) {
            if (answer.next == null) lastPage = answer.rows.size else cursors += answer.next
        }
        val far = pages.keys.sortedByDescending { abs(it - near) }
        far.take((pages.size - pagesHeld).coerceAtLeast(0)).forEach(pages::remove)
        // Every page that names a next one is full.
        val count = cursors.lastIndex * pageSize + (lastPage ?: 0)
        states.value = Rows(if (count == 0) Phase.Empty else Phase.Ready, count, lastPage != null, pageSize, pages.toMap())
    }

    private fun forget() {
        pages.clear()
        cursors.clear()
        cursors += null
        lastPage = null
        near = 0
    }

    private fun failed(failure: Throwable) =
        states.update { if (it.count == 0) it.copy(phase = failure.phase()) else it.copy(failure = failure.shown()) }
}
