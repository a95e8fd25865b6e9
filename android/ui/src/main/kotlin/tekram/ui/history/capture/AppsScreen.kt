// "Other apps": the switch of the endpoint and its address, a new app's token (shown once), and the apps that have one.
package tekram.ui.history.capture

import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import tekram.ffi.EndpointToken
import tekram.ui.common.Answering
import tekram.ui.common.CopyButton
import tekram.ui.common.ErrorLine
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalMono
import tekram.ui.common.MainButton
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.ToggleRow
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.touchable
import tekram.ui.common.word
import tekram.ui.start.HiddenScreen

/** What can be done about other apps. */
interface AppsActions {
    /** Makes a token for an app of this name. */
    fun add(app: String)

    /** The new token was taken down. */
    fun seen()

    /** Takes a token back. */
    fun revoke(token: String)

    /** Answers for this profile, or no longer. */
    fun answer(wanted: Boolean)
}

/** `history_capture_apps`: other apps that may tell what they played. */
@Composable
fun AppsScreen(
    state: AppsState,
    actions: AppsActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_apps_title"), onBack) {
    PhasePane(state.phase, phaseWords("history"), onRetry = onRetry) {
        ScrollingColumn {
            Text(word("history_apps_text_android"))
            state.failure?.let { ErrorLine(errorText(it)) }
            state.answering?.let { Switched(it, state.mine, actions) }
            if (state.fresh == null) NewApp(actions) else Fresh(state.fresh, actions)
            if (state.tokens.isNotEmpty()) Section(word("history_apps_list")) { state.tokens.forEach { App(it, actions) } }
        }
    }
}

@Composable
private fun Switched(
    answering: Answering,
    mine: Boolean,
    actions: AppsActions,
) = Section(null) {
    ToggleRow(word("history_apps_answer"), word("history_apps_answer_text_android"), mine, onChange = actions::answer)
    if (mine && answering.failed) ErrorLine(word("history_apps_failed"))
    val url = answering.url
    if (mine && url != null) {
        Text(word("history_apps_address"), style = MaterialTheme.typography.bodyMedium)
        SelectionContainer { Text(url, fontFamily = LocalMono.current) }
        CopyButton(url, word("history_apps_address_copy"))
    }
}

@Composable
private fun NewApp(actions: AppsActions) =
    Section(word("history_apps_new")) {
        var name by rememberSaveable { mutableStateOf("") }
        TextLine(name, { name = it }, word("history_apps_name"), Modifier.testTag("history_apps_name"))
        MainButton(word("history_apps_add"), { actions.add(name) }, enabled = name.isNotBlank())
    }

@Composable
private fun Fresh(
    fresh: FreshToken,
    actions: AppsActions,
) = Section(word("history_apps_token", fresh.app)) {
    HiddenScreen()
    Text(word("history_apps_token_text"))
    SelectionContainer { Text(fresh.token, fontFamily = LocalMono.current) }
    CopyButton(fresh.token, word("history_apps_token_copy"))
    MainButton(word("common_done"), actions::seen)
}

@Composable
private fun App(
    token: EndpointToken,
    actions: AppsActions,
) {
    val formats = LocalFormats.current
    var asking by remember { mutableStateOf(false) }
    val below =
        when {
            !token.works -> word("history_apps_gone")
            token.lastMs > 0 -> word("history_apps_last", formats.dateAndTime(token.lastMs))
            else -> word("history_apps_never")
        }
    val label = word("history_apps_revoke_a11y", token.app)
    ListRow(token.app, below = below) {
        QuietButton(word("history_apps_revoke"), { asking = true }, Modifier.semantics { contentDescription = label })
    }
    if (asking) {
        AlertDialog(
            onDismissRequest = { asking = false },
            text = { Text(word("history_apps_revoke_sure", token.app)) },
            confirmButton = {
                TextButton({
                    asking = false
                    actions.revoke(token.id)
                }, Modifier.touchable()) { Text(word("history_apps_revoke")) }
            },
            dismissButton = { TextButton({ asking = false }, Modifier.touchable()) { Text(word("common_cancel")) } },
        )
    }
}
