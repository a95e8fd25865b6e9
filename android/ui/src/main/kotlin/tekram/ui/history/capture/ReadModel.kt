// "I read this": an article as an entry of the log, from its address, its title, who published it and how long it was read.
package tekram.ui.history.capture

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.PageRead
import tekram.ui.common.Route
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.start.Session
import java.util.TimeZone

private const val MINUTE_MS = 60_000L
private const val LONGEST_MINUTES = 600L

/** What the person says about a page. */
data class ReadForm(
    val url: String = "",
    val title: String = "",
    val site: String = "",
    /** As typed; empty: nobody says. */
    val minutes: String = "",
    /** The feed that it was opened from, by its number here. */
    val feed: Long? = null,
) {
    /** How long it was read; null when that is not said, or not a number. */
    val readMinutes: Long? get() = minutes.trim().toLongOrNull()?.takeIf { it in 1..LONGEST_MINUTES }

    /** Something is typed that is no number of minutes. */
    val minutesWrong: Boolean get() = minutes.isNotBlank() && readMinutes == null

    /** Whether it can be kept; the core looks at the address. */
    val isWhole: Boolean get() = !minutesWrong && (url.isNotBlank() || (title.isNotBlank() && site.isNotBlank()))

    /** The screen that begins with this. A text of another app is not kept by the system. */
    fun route() = Route("history_capture_read", listOf(url, title, site, feed?.toString().orEmpty()).joinToString("\n") { it.replace('\n', ' ') }, kept = false)

    companion object {
        /** What [ReadForm.route] said. */
        fun of(route: Route): ReadForm {
            val parts = route.about.split('\n')

            fun part(index: Int) = parts.getOrElse(index) { "" }
            return ReadForm(part(0), part(1), part(2), feed = part(3).toLongOrNull())
        }
    }
}

/** What became of a page. */
enum class Kept { New, Already }

/** The form and what became of it. */
data class ReadState(
    val form: ReadForm = ReadForm(),
    val busy: Boolean = false,
    val kept: Kept? = null,
    val failure: Shown? = null,
)

/** Takes a page that was read into the log. */
class ReadModel(
    private val session: Session,
    private val begunWith: ReadForm,
    private val clockMs: () -> Long = System::currentTimeMillis,
) : ViewModel() {
    private val states = MutableStateFlow(ReadState(begunWith))

    val state: StateFlow<ReadState> = states.asStateFlow()

    /** The person types. */
    fun change(form: ReadForm) = states.update { it.copy(form = form, failure = null) }

    /** Keeps it. It was read until now, and began so much earlier. */
    fun keep() {
        val form = states.value.form
        if (states.value.busy || !form.isWhole) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val answer =
                attempt {
                    // The address of a private feed is not told, and must not stand at a listen.
                    val feedUrl = form.feed?.let { feed -> session.persona.feeds().find { it.feed == feed && !it.private }?.address }
                    session.persona.logPage(page(form, feedUrl.orEmpty()))
                }
            states.update { state ->
                answer.fold(
                    { state.copy(busy = false, kept = if (it.newListens > 0uL) Kept.New else Kept.Already) },
                    { state.copy(busy = false, failure = it.shown()) },
                )
            }
        }
    }

    /** An empty form. */
    fun another() {
        states.value = ReadState()
    }

    /** The screen was left: after a page was kept, the next time begins anew. */
    fun left() = states.update { if (it.kept == null) it else ReadState(begunWith) }

    private fun page(
        form: ReadForm,
        feedUrl: String,
    ): PageRead {
        val readingMs = form.readMinutes?.times(MINUTE_MS)
        val beganMs = clockMs() - (readingMs ?: 0)
        return PageRead(
            title = form.title.trim(),
            site = form.site.trim(),
            url = form.url.trim(),
            feedUrl = feedUrl,
            beganMs = beganMs,
            offsetMin = TimeZone.getDefault().getOffset(beganMs) / MINUTE_MS,
            readingMs = readingMs,
            said = true,
        )
    }
}
