// Where a history comes from, on the screen: the list of who has one, and for each the steps to it, its page, what was asked
// for, and a beginning by name.
package tekram.ui.history.bring

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import tekram.ffi.HistoryRequest
import tekram.ffi.Provider
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.word

private const val HOURS_OF_DAY = 24u

/** `history_import_from`: who has a history. */
@Composable
fun ProvidersScreen(
    state: BringState,
    onProvider: (String) -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_bring_from_title"), onBack) {
    PhasePane(state.phase, phaseWords("history"), onRetry = onRetry) {
        LazyColumn {
            item { Text(word("history_bring_from_text"), Modifier.padding(screenPadding)) }
            items(state.providers, { it.provider }) { provider ->
                ListRow(
                    word("history_bring_${provider.provider}"),
                    below = state.request(provider.provider)?.let { asked(it) } ?: takes(provider),
                    onClick = { onProvider(provider.provider) },
                )
            }
        }
    }
}

@Composable
private fun takes(provider: Provider): String {
    val days = provider.readyHours / HOURS_OF_DAY
    return if (days == 0u) word("history_bring_at_once") else plural("history_bring_days", days.toLong())
}

@Composable
private fun asked(request: HistoryRequest): String {
    val formats = LocalFormats.current
    val came = request.cameMs
    return if (came != null) {
        word("history_bring_came", formats.date(came))
    } else {
        word("history_bring_asked", formats.date(request.requestedMs), formats.date(request.readyMs))
    }
}

/** What can be done about a provider. */
interface ProviderActions {
    /** Opens its page outside. */
    fun open()

    /** It was asked for. */
    fun remember()

    /** It is no longer awaited. */
    fun forget()

    /** The file is there. */
    fun choose()

    /** The person types their name. */
    fun name(name: String)

    /** Begins with that name. */
    fun fill()

    /** Stops it. */
    fun stop()
}

/** `history_import_provider`: how to come by the history of one provider. */
@Composable
fun ProviderScreen(
    state: BringState,
    id: String,
    actions: ProviderActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_bring_$id"), onBack) {
    PhasePane(state.phase, phaseWords("history"), onRetry = onRetry) {
        val provider = state.providers.firstOrNull { it.provider == id } ?: return@PhasePane
        val request = state.request(id)
        ScrollingColumn {
            request?.let { Text(asked(it)) }
            Section(word("history_bring_steps")) {
                for (step in 1..provider.steps.toInt()) {
                    Text(word("history_bring_step", step, word("history_bring_${id}_$step")))
                }
                Text(word("history_bring_file", provider.fileName))
            }
            if (provider.page.isNotEmpty()) {
                MainButton(word("history_bring_open"), actions::open, icon = Icons.Link)
                if (state.noBrowser) ErrorLine(word("history_bring_open_none"))
            }
            if (provider.readyHours > 0u) {
                if (request == null) {
                    OtherButton(word("history_bring_remember"), actions::remember, icon = Icons.Clock)
                } else {
                    QuietButton(word("history_bring_forget"), actions::forget, icon = Icons.Close)
                }
            }
            state.failure?.let { ErrorLine(errorText(it)) }
            OtherButton(word("history_bring_choose"), actions::choose, icon = Icons.Import)
            if (provider.byName) ByName(state, actions)
        }
    }
}

@Composable
private fun ByName(
    state: BringState,
    actions: ProviderActions,
) = Section(word("history_bring_meanwhile")) {
    Text(word("history_bring_name_text"))
    val filling = state.filling
    val busy = filling is Filling.Asking
    TextLine(state.name, actions::name, word("history_bring_name"), enabled = !busy, onDone = actions::fill)
    when (filling) {
        is Filling.Asking -> {
            LinearProgressIndicator(Modifier.fillMaxWidth())
            filling.soFar?.let { Text(plural("history_bring_read", it.read.toLong())) }
            OtherButton(word("history_bring_fill_stop"), actions::stop, icon = Icons.Close)
        }

        is Filling.Done -> {
            val nothing = filling.fill.problem == null || filling.fill.problem == "not_found"
            if (filling.fill.batch == null) ErrorLine(word(if (nothing) "history_bring_fill_none" else "history_bring_fill_problem"))
        }

        is Filling.Failed -> {
            ErrorLine(errorText(filling.error))
        }

        Filling.Stopped -> {
            Text(word("history_bring_fill_stopped"))
        }

        Filling.Idle -> {}
    }
    if (!busy) MainButton(word("history_bring_fill"), actions::fill, enabled = state.name.isNotBlank(), icon = Icons.Network)
}
