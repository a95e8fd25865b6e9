// Joins the models of the encrypted store with their screens on the tab of Me: which screen a route shows, and where a tap
// leads. What a route names that is none of these stays with the room of Me.
package tekram.ui.vault

import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ffi.AuditItem
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.Route
import tekram.ui.common.errorText
import tekram.ui.start.StartModel

/** Screens of the encrypted store. */
val vaultScreens: Set<String> =
    setOf(
        "me_face",
        "me_locking",
        "me_key_change",
        "me_audit",
        "me_audit_item",
        "me_audit_whole",
        "me_backup",
        "me_backup_server",
        "me_restore",
        "me_check",
        "me_leave",
    )

/** Draws the screens in [vaultScreens]. */
@Composable
fun VaultRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "me_face" -> Face(room, onBack)
    "me_locking" -> Locking(room, onBack)
    "me_key_change" -> KeyChange(room, onBack)
    "me_audit_item" -> AuditEntry(route, room, onBack)
    "me_audit_whole" -> AuditWhole(room, onBack)
    "me_backup" -> Backup(room, onBack)
    "me_backup_server" -> BackupServer(room, onBack)
    "me_restore" -> Restore(room, onBack)
    "me_check" -> Check(room, onBack)
    "me_leave" -> Leave(room, onBack)
    else -> Audit(room, onBack)
}

@Composable
private fun Face(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val device = LocalDevice.current
    val model = viewModel { FaceModel(room.session, device) }
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : FaceActions {
                override fun colour(colour: UInt?) = model.setColour(colour)

                override fun choosePicture() = model.choosePicture()

                override fun removePicture() = model.removePicture()

                override fun show(
                    name: Boolean,
                    colour: Boolean,
                    picture: Boolean,
                ) = model.showWhileLocked(name, colour, picture)

                override fun reload() = model.reload()
            }
        }
    // The name is changed on the first screen of Me.
    LaunchedEffect(model) { model.reload() }
    FaceScreen(state, actions, onBack)
}

@Composable
private fun Locking(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { LockingModel(room.session) }
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : LockingActions {
                override fun lockAfter(seconds: UInt?) = model.lockAfter(seconds)

                override fun wipeAfter(wrong: UInt?) = model.wipeAfter(wrong)

                override fun reload() = model.reload()
            }
        }
    LockingScreen(state, actions, onBack)
}

@Composable
private fun KeyChange(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { KeyChangeModel(room.session) }
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : KeyChangeActions {
                override fun keep(
                    name: String,
                    stays: Boolean,
                ) = model.keep(name, stays)

                override fun dropOthers(drop: Boolean) = model.dropOthers(drop)

                override fun start() = model.start()

                override fun stop() = model.stop()

                override fun reload() = model.reload()
            }
        }
    LaunchedEffect(model) { model.begin() }
    KeyChangeScreen(state, actions, onBack)
}

@Composable
private fun Audit(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { AuditModel(room.session) }
    val state by model.state.collectAsState()
    val items by model.items.rows.collectAsState()
    val actions =
        remember(model) {
            object : AuditActions {
                override fun near(index: Int) = model.items.need(index)

                override fun search(text: String) = model.search(text)

                override fun show(filter: AuditFilter) = model.show(filter)

                override fun open(item: AuditItem) = room.go.open(Route("me_audit_item", item.number.toString()))

                override fun more() = room.go.open(Route("me_audit_whole"))

                override fun reload() = model.items.reload()
            }
        }
    AuditScreen(state, items, actions, onBack)
}

@Composable
private fun AuditEntry(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { AuditModel(room.session) }
    val state by model.state.collectAsState()
    val items by model.items.rows.collectAsState()
    val failure = state.failure?.let { errorText(it) }
    AuditItemScreen(items.phase, items.number(route.about), failure, { route.about.toUIntOrNull()?.let(model::destroy) }, onBack)
}

@Composable
private fun AuditWhole(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { AuditModel(room.session) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    AuditWholeScreen(state, model::verify, { model.export(device) }, onBack)
}

@Composable
private fun Backup(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val device = LocalDevice.current
    val model = viewModel { BackupModel(room.session, device) }
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : BackupActions {
                override fun chooseFolder() = model.chooseFolder()

                override fun server() {
                    model.seen()
                    room.go.open(Route("me_backup_server"))
                }

                override fun words() = room.go.open(Route("me_words_show"))

                override fun daily(daily: Boolean) = model.setDaily(daily)

                override fun forget() = model.forget()

                override fun start() = model.start()

                override fun stop() = model.stop()

                override fun reload() = model.reload()
            }
        }
    // The daily backup and the recovery words are made elsewhere.
    LaunchedEffect(model) { model.reload() }
    BackupScreen(state, actions, onBack)
}

@Composable
private fun BackupServer(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val device = LocalDevice.current
    val model = viewModel { BackupModel(room.session, device) }
    val state by model.state.collectAsState()
    DisposableEffect(model) { onDispose { model.seen() } }
    LaunchedEffect(state.serverTaken) { if (state.serverTaken) room.go.back() }
    BackupServerScreen(state, model::useServer, onBack)
}

/** Restoring while a profile is open: that one is locked when the other is there. */
@Composable
private fun Restore(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val device = LocalDevice.current
    val model = viewModel(key = "restore") { StartModel(room.app.agent, device, room.app::opened) }
    DisposableEffect(model) { onDispose { model.restore.stop() } }
    RestoreRoom(model.restore) { if (!model.restore.back()) onBack?.invoke() }
}

@Composable
private fun Check(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { CheckModel(room.session) }
    val state by model.state.collectAsState()
    CheckScreen(state, model::start, model::stop, room.app::rescueOpen, onBack)
}

@Composable
private fun Leave(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val device = LocalDevice.current
    val model = viewModel { LeaveModel(room.session, device) }
    val state by model.state.collectAsState()
    LeaveScreen(state, model::sealed, model::open, model::stop, onBack)
}
