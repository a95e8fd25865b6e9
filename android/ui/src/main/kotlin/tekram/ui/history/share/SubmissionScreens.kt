// The servers that listens are sent to: off until the person turns one on, with what of the log goes there and how far it has come.
package tekram.ui.history.share

import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.Checkbox
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import tekram.ffi.SubmissionChange
import tekram.ffi.SubmissionServer
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.ToggleRow
import tekram.ui.common.WorkBar
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.touchable
import tekram.ui.common.word
import tekram.ui.want.Note

/** What can be done with servers. */
interface SubmissionActions {
    /** Opens the form for a new one. */
    fun add()

    /** Changes what is sent. */
    fun change(
        server: SubmissionServer,
        change: SubmissionChange,
    )

    /** Sends now. */
    fun submit(server: SubmissionServer)

    /** Stops it. */
    fun stop()

    /** Forgets it. */
    fun remove(server: SubmissionServer)

    /** Reads them again. */
    fun reload()
}

/** `history_share_submission`: the servers. */
@Composable
fun SubmissionScreen(
    state: AccountsState,
    actions: SubmissionActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_submission_title"), onBack) {
    PhasePane(state.phase, phaseWords("history"), onRetry = actions::reload) {
        ScrollingColumn {
            Text(word("history_submission_text"))
            Note(word("history_submission_never"))
            state.failure?.let { ErrorLine(serverErrorText(it)) }
            state.servers.forEach { ServerSection(it, state, actions) }
            MainButton(word("history_submission_add"), actions::add, icon = Icons.Add)
        }
    }
}

@Composable
private fun ServerSection(
    server: SubmissionServer,
    state: AccountsState,
    actions: SubmissionActions,
) = Section(server.url, Modifier.testTag("server_${server.server}")) {
    val formats = LocalFormats.current
    val idle = state.working == null && !state.busy
    if (server.userName.isNotEmpty()) Note(word("history_submission_as", server.userName))
    if (server.inHomeNetwork) Note(word("history_accounts_home"))
    ToggleRow(word("history_submission_on"), word("history_submission_from", formats.date(server.fromMs)), server.isOn, enabled = idle) {
        actions.change(server, SubmissionChange(isOn = it))
    }
    ToggleRow(word("history_submission_playing"), null, server.playingNow, enabled = idle) { actions.change(server, SubmissionChange(playingNow = it)) }
    Text(word("history_submission_sources"))
    (state.sources + server.sources).distinct().sorted().forEach { source ->
        SourceRow(source, source in server.sources, idle) { on ->
            actions.change(server, SubmissionChange(sources = if (on) server.sources + source else server.sources - source))
        }
    }
    Text(plural("history_submission_sent", server.sent.toLong()))
    if (server.refused > 0uL) Text(plural("history_submission_refused", server.refused.toLong()))
    if (server.onTheWay > 0uL) Text(plural("history_submission_waiting", server.onTheWay.toLong()))
    server.lastSentMs?.let { Note(word("history_submission_last", formats.dateAndTime(it))) }
    server.waitUntilMs?.let { Note(word("history_accounts_wait", formats.dateAndTime(it))) }
    server.problem?.let { ErrorLine(problemText(it)) }
    if (state.working == server.server) {
        WorkBar(plural("history_submission_sent", state.submitted?.sent?.toLong() ?: 0), progress = null, onStop = actions::stop)
    } else {
        OtherButton(word("history_submission_go"), { actions.submit(server) }, enabled = idle && server.isOn, icon = Icons.Export)
        QuietButton(word("history_submission_remove"), { actions.remove(server) }, enabled = idle, icon = Icons.Delete)
    }
}

/** A box with a name. */
@Composable
internal fun SourceRow(
    name: String,
    on: Boolean,
    enabled: Boolean,
    onChange: (Boolean) -> Unit,
) = Row(
    Modifier.fillMaxWidth().toggleable(on, enabled, Role.Checkbox, onValueChange = onChange).touchable(),
    verticalAlignment = Alignment.CenterVertically,
) {
    Checkbox(on, onCheckedChange = null, enabled = enabled)
    Text(name, Modifier.padding(start = 12.dp))
}

/** `history_share_server`: a server to send to. */
@Composable
fun AddServerScreen(
    state: AccountsState,
    onAdd: (TypedAccount) -> Unit,
    onBack: (() -> Unit)?,
) {
    LaunchedEffect(state.added) { if (state.added) onBack?.invoke() }
    ScreenFrame(word("history_submission_add"), onBack) {
        ScrollingColumn {
            Text(word("history_submission_add_text"))
            AccountFields(state.failure, state.busy, FieldsOf("", asksUser = false, needsSecret = true), onAdd)
        }
    }
}
