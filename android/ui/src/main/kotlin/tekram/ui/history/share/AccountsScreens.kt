// The accounts that a history is fetched from, and adding one: the service first, then who the person is there.
package tekram.ui.history.share

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.text.input.KeyboardType
import tekram.ffi.HistoryAccount
import tekram.ffi.HistoryAccountKind
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PassphraseLine
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.Shown
import tekram.ui.common.TextLine
import tekram.ui.common.ToggleRow
import tekram.ui.common.WorkBar
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.word
import tekram.ui.start.HiddenScreen
import tekram.ui.want.Choice
import tekram.ui.want.Note

/** What can be done with accounts. */
interface AccountsActions {
    /** Opens the form for a new one. */
    fun add()

    /** Fetches, or watches. */
    fun pull(account: HistoryAccount)

    /** Stops it. */
    fun stop()

    /** Forgets it. */
    fun remove(account: HistoryAccount)

    /** Opens the import that holds what was fetched. */
    fun open(batch: Long)

    /** Reads them again. */
    fun reload()
}

/** What went wrong with a server: where a private address or one without encryption is refused, the switch for it is named. */
@Composable
internal fun serverErrorText(failure: Shown): String =
    when (failure.name) {
        "private_address" -> word("me_backup_server_private", word("me_backup_server_home"))
        "insecure_server" -> word("me_backup_server_insecure", word("me_backup_server_home"))
        else -> errorText(failure)
    }

@Composable
internal fun problemText(name: String): String = serverErrorText(Shown(0, name, "listen"))

@Composable
private fun kindText(kind: HistoryAccountKind?): String =
    when (kind) {
        HistoryAccountKind.LISTENBRAINZ -> word("history_accounts_listenbrainz")
        HistoryAccountKind.GPODDER -> word("history_accounts_gpodder")
        HistoryAccountKind.NEXTCLOUD -> word("history_accounts_nextcloud")
        HistoryAccountKind.SUBSONIC -> word("history_accounts_subsonic")
        null -> word("common_unknown")
    }

/** `history_accounts`: the accounts. */
@Composable
fun AccountsScreen(
    state: AccountsState,
    actions: AccountsActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_accounts_title"), onBack) {
    PhasePane(state.phase, phaseWords("history"), onRetry = actions::reload) {
        ScrollingColumn {
            Text(word("history_accounts_text"))
            state.failure?.let { ErrorLine(serverErrorText(it)) }
            state.accounts.forEach { AccountSection(it, state, actions) }
            MainButton(word("history_accounts_add"), actions::add, icon = Icons.Add)
        }
    }
}

@Composable
private fun AccountSection(
    account: HistoryAccount,
    state: AccountsState,
    actions: AccountsActions,
) = Section(word("history_accounts_of", kindText(account.kind), account.user), Modifier.testTag("account_${account.account}")) {
    val formats = LocalFormats.current
    Note(account.url)
    if (account.inHomeNetwork) Note(word("history_accounts_home"))
    val problem = account.problem
    when {
        state.working == account.account -> Unit
        problem != null -> ErrorLine(problemText(problem))
        else -> Text(account.lastMs?.let { word("history_accounts_last", formats.dateAndTime(it)) } ?: word("history_accounts_never"))
    }
    account.nextMs?.let { Note(word("history_accounts_wait", formats.dateAndTime(it))) }
    if (state.working == account.account) {
        val text =
            when {
                account.kind == HistoryAccountKind.SUBSONIC -> plural("history_accounts_watched", state.watched?.newListens?.toLong() ?: 0)
                else -> plural("history_accounts_read", state.pulled?.read?.toLong() ?: 0)
            }
        WorkBar(text, progress = null, onStop = actions::stop)
    } else {
        val watching = account.kind == HistoryAccountKind.SUBSONIC
        OtherButton(
            word(if (watching) "history_accounts_watch" else "history_accounts_pull"),
            { actions.pull(account) },
            enabled = state.working == null && !state.busy,
            icon = Icons.Refresh,
        )
        account.batch?.let { batch -> QuietButton(word("history_accounts_open"), { actions.open(batch) }, icon = Icons.Import) }
        QuietButton(word("history_accounts_remove"), { actions.remove(account) }, enabled = state.working == null && !state.busy, icon = Icons.Delete)
    }
}

/** `history_accounts_add`: which service, and who the person is there. */
@Composable
fun AddAccountScreen(
    state: AccountsState,
    usual: (HistoryAccountKind) -> String,
    onAdd: (HistoryAccountKind, TypedAccount) -> Unit,
    onBack: (() -> Unit)?,
) {
    LaunchedEffect(state.added) { if (state.added) onBack?.invoke() }
    ScreenFrame(word("history_accounts_add"), onBack) {
        ScrollingColumn {
            var kind by rememberSaveable { mutableStateOf(HistoryAccountKind.LISTENBRAINZ) }
            Section(word("history_accounts_service")) {
                Column(Modifier.selectableGroup()) {
                    HistoryAccountKind.entries.forEach { of -> Choice(kindText(of), of == kind) { kind = of } }
                }
                Note(word("history_accounts_${kind.name.lowercase()}_text"))
            }
            AccountFields(state.failure, state.busy, FieldsOf(usual(kind), asksUser = true, needsSecret = kind != HistoryAccountKind.LISTENBRAINZ)) {
                onAdd(kind, it)
            }
        }
    }
}

/** What a form asks for: an address that need not be typed, a name, a secret that must be there. */
internal class FieldsOf(
    val usualUrl: String,
    val asksUser: Boolean,
    val needsSecret: Boolean,
)

/** Address, name and secret, and whether the server is in the home network. The secret is not shown and not kept. */
@Composable
internal fun ColumnScope.AccountFields(
    failure: Shown?,
    busy: Boolean,
    fields: FieldsOf,
    onGo: (TypedAccount) -> Unit,
) {
    var url by rememberSaveable { mutableStateOf("") }
    var user by rememberSaveable { mutableStateOf("") }
    var secret by remember { mutableStateOf("") }
    var home by rememberSaveable { mutableStateOf(false) }
    val ready =
        (url.isNotBlank() || fields.usualUrl.isNotEmpty()) && (user.isNotBlank() || !fields.asksUser) && (secret.isNotEmpty() || !fields.needsSecret)
    val go = { onGo(TypedAccount(url, user, secret, home)) }
    HiddenScreen()
    if (fields.asksUser) TextLine(user, { user = it }, word("history_accounts_user"), Modifier.testTag("account_user"), enabled = !busy)
    PassphraseLine(
        secret,
        { secret = it },
        word(if (fields.asksUser) "history_accounts_secret" else "history_submission_token"),
        Modifier.testTag("account_secret"),
        below = if (fields.needsSecret) null else word("history_accounts_public"),
        enabled = !busy,
    )
    TextLine(
        url,
        { url = it },
        word("me_backup_server_url"),
        Modifier.testTag("account_url"),
        below = if (fields.usualUrl.isEmpty()) null else word("history_accounts_usual", fields.usualUrl),
        enabled = !busy,
        keyboard = KeyboardType.Uri,
    )
    ToggleRow(word("me_backup_server_home"), word("history_accounts_home_text"), home, Modifier.testTag("account_home"), enabled = !busy, onChange = {
        home = it
    })
    failure?.let { ErrorLine(serverErrorText(it)) }
    MainButton(word("history_accounts_go"), go, enabled = ready, busy = busy, icon = Icons.Add)
}
