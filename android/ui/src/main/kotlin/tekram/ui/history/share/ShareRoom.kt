// Joins the models of what comes from accounts and what leaves the log with their screens: which screen a route shows, and where
// a tap leads.
package tekram.ui.history.share

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ffi.HistoryAccount
import tekram.ffi.SubmissionChange
import tekram.ffi.SubmissionServer
import tekram.ffi.TekramException
import tekram.ffi.qrCode
import tekram.ffi.usualServer
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.Route

/** Draws accounts, servers, the export, and what is shown to somebody. */
@Composable
internal fun ShareRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "history_accounts" -> Accounts(room, onBack)
    "history_accounts_add" -> AddAccount(room, onBack)
    "history_export" -> Export(room, onBack)
    "history_share_submission" -> Submission(room, onBack)
    "history_share_server" -> AddServer(room, onBack)
    "history_share_compose" -> Compose(route, room, onBack)
    else -> Extracts(room, onBack)
}

@Composable
private fun accounts(room: Room): AccountsModel = viewModel(key = "history accounts") { AccountsModel(room.session) }

@Composable
private fun servers(room: Room): AccountsModel = viewModel(key = "history servers") { AccountsModel(room.session) }

@Composable
private fun Accounts(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = accounts(room)
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : AccountsActions {
                override fun add() {
                    model.seen()
                    room.go.open(Route("history_accounts_add"))
                }

                override fun pull(account: HistoryAccount) = model.pull(account)

                override fun stop() = model.stop()

                override fun remove(account: HistoryAccount) = model.remove(account)

                override fun open(batch: Long) = room.go.open(Route("history_pen", batch.toString()))

                override fun reload() = model.reload()
            }
        }
    AccountsScreen(state, actions, onBack)
}

@Composable
private fun AddAccount(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = accounts(room)
    val state by model.state.collectAsState()
    AddAccountScreen(state, ::usualServer, model::add, seenBack(model, onBack))
}

@Composable
private fun Submission(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = servers(room)
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : SubmissionActions {
                override fun add() {
                    model.seen()
                    room.go.open(Route("history_share_server"))
                }

                override fun change(
                    server: SubmissionServer,
                    change: SubmissionChange,
                ) = model.changeServer(server, change)

                override fun submit(server: SubmissionServer) = model.submit(server)

                override fun stop() = model.stop()

                override fun remove(server: SubmissionServer) = model.removeServer(server)

                override fun reload() = model.reload()
            }
        }
    SubmissionScreen(state, actions, onBack)
}

@Composable
private fun AddServer(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = servers(room)
    val state by model.state.collectAsState()
    AddServerScreen(state, model::addServer, seenBack(model, onBack))
}

private fun seenBack(
    model: AccountsModel,
    onBack: (() -> Unit)?,
): (() -> Unit)? =
    onBack?.let {
        {
            model.seen()
            it()
        }
    }

@Composable
private fun Export(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { ExportModel(room.session) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    ExportScreen(state, model::choose, { model.export(device) }, model::stop, onBack)
}

@Composable
private fun Extracts(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { ExtractsModel(room.session) }
    val state by model.state.collectAsState()
    ExtractsScreen(state, { room.go.open(Route("history_share_compose", it)) }, model::reload, onBack)
}

/** The route is about the extract of which more is shown; nothing for a new one. */
@Composable
private fun Compose(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "compose ${route.about}") { ComposeModel(room.session, route.about) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    LaunchedEffect(model) { model.begin() }
    ComposeScreen(state, ::code, model, { model.save(device) }, onBack)
}

/** The code of a text, when it is short enough for one. */
private fun code(text: String) =
    try {
        qrCode(text)
    } catch (_: TekramException) {
        null
    }
