// Joins the models of Me with its screens: which screen a route shows, and where a tap leads.
package tekram.ui.me

import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ffi.PersonaEntry
import tekram.ffi.WayIn
import tekram.ui.Room
import tekram.ui.common.LocalDevice
import tekram.ui.common.Route
import tekram.ui.common.Tab
import tekram.ui.start.FirstRunScreen
import tekram.ui.start.NewPassphraseScreen
import tekram.ui.start.StartModel
import tekram.ui.start.StartStep
import tekram.ui.start.lock
import tekram.ui.vault.VaultRoom
import tekram.ui.vault.vaultScreens

/** Draws the screens whose id begins with `me_`. */
@Composable
fun MeRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "me_profiles" -> Profiles(room, onBack)
    "me_profile_new" -> NewProfile(room, onBack)
    "me_profile_delete" -> DeleteProfile(route, room, onBack)
    "me_ways" -> Ways(room, onBack)
    "me_passphrase" -> Passphrase(room, onBack)
    "me_words_show" -> Words(room, onBack)
    "me_words_check" -> Check(room, onBack)
    "me_export" -> Export(room, onBack)
    "me_shared" -> Shared(room, onBack)
    "me_shared_item" -> SharedItem(route, room, onBack)
    "me_networks" -> Networks(room, onBack)
    "me_about" -> About(room, onBack)
    "me_licences" -> Licences(onBack)
    in vaultScreens -> VaultRoom(route, room, onBack)
    else -> Home(room)
}

@Composable
private fun meModel(room: Room): MeModel = viewModel { MeModel(room.session, room.app) }

@Composable
private fun Home(room: Room) {
    val model = meModel(room)
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : MeActions {
                override fun open(screen: String) = room.app.openFromHome(Route(screen))

                override fun rename(name: String) = model.rename(name)

                override fun lock() = model.lock()

                override fun reload() = model.reload()
            }
        }
    MeScreen(state, actions)
}

@Composable
private fun Profiles(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = meModel(room)
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : ProfilesActions {
                override fun switchTo(profile: PersonaEntry) = model.switchTo(profile.id)

                override fun add() = room.go.open(Route("me_profile_new"))

                override fun restore() = room.go.open(Route("me_restore"))

                override fun askToDelete(profile: PersonaEntry) = room.go.open(Route("me_profile_delete", profile.id))

                override fun reload() = model.reload()
            }
        }
    ProfilesScreen(state, actions, onBack)
}

/** The screens of first run once more; the profile that is open is locked when the new one is there. */
@Composable
private fun NewProfile(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val device = LocalDevice.current
    val model = viewModel(key = "new profile") { StartModel(room.app.agent, device, room.app::opened) }
    val state by model.state.collectAsState()
    if (state.step == StartStep.Passphrase) {
        NewPassphraseScreen(state, model::create, { model.back() })
    } else {
        FirstRunScreen(state, device.lock, model::setName, model::createWithDevice, model::toPassphrase, onBack)
    }
}

@Composable
private fun DeleteProfile(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = meModel(room)
    val state by model.state.collectAsState()
    DeleteScreen(state, state.personas.find { it.id == route.about }, { model.delete(route.about) }, onBack)
}

@Composable
private fun Ways(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { WaysModel(room.session) }
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : WaysActions {
                override fun addDevice() = model.addDevice()

                override fun passphrase() {
                    model.seen()
                    room.go.open(Route("me_passphrase"))
                }

                override fun words() = room.go.open(Route("me_words_show"))

                override fun newKey() {
                    model.seen()
                    room.go.open(Route("me_key_change"))
                }

                override fun remove(way: WayIn) = model.remove(way.name)

                override fun reload() = model.reload()
            }
        }
    // Recovery words are added on a screen of their own.
    LaunchedEffect(model) { model.reload() }
    WaysScreen(state, LocalDevice.current.lock, actions, onBack)
}

@Composable
private fun Passphrase(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { WaysModel(room.session) }
    val state by model.state.collectAsState()
    DisposableEffect(model) { onDispose { model.seen() } }
    PassphraseScreen(state, model::addPassphrase, model::changePassphrase, onBack)
}

@Composable
private fun Words(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { RecoveryModel(room.session) }
    val state by model.state.collectAsState()
    DisposableEffect(model) {
        model.begin()
        onDispose { model.hide() }
    }
    val written = {
        model.ask()
        room.go.open(Route("me_words_check"))
    }
    WordsScreen(state, model::show, written, onBack)
}

@Composable
private fun Check(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { RecoveryModel(room.session) }
    val state by model.state.collectAsState()
    LaunchedEffect(model) { if (state.questions.isEmpty() && !state.done) model.ask() }
    val actions =
        remember(model) {
            object : CheckActions {
                override fun check(answers: List<String>) = model.check(answers)

                override fun showAgain() {
                    leave(room, "me_words_check")
                    room.go.open(Route("me_words_show"))
                }

                // Whoever sent the person here goes on where they were.
                override fun done() = leave(room, "me_words_")
            }
        }
    CheckScreen(state, actions, if (state.done) actions::done else onBack)
}

/** Goes back until the screen on top does not begin with [prefix]. */
private fun leave(
    room: Room,
    prefix: String,
) {
    while (
        room.app.state.value.place.top.id
            .startsWith(prefix)
    ) {
        if (!room.go.back()) return
    }
}

@Composable
private fun Export(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { MeExportModel(room.session) }
    val state by model.state.collectAsState()
    val device = LocalDevice.current
    LaunchedEffect(model) { model.reload() }
    MeExportScreen(state, { model.export(it, device) }, { room.go.open(Route("me_leave")) }, model::reload, onBack)
}

@Composable
private fun Shared(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { SharedModel(room.session) }
    val items by model.items.rows.collectAsState()
    SharedScreen(items, model.items::need, { room.go.open(Route("me_shared_item", it.record)) }, model.items::reload, onBack)
}

@Composable
private fun SharedItem(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { SharedModel(room.session) }
    val items by model.items.rows.collectAsState()
    SharedItemScreen(items.phase, items.record(route.about), { room.go.select(Tab.Relations, Route("relations_party", it)) }, onBack)
}

@Composable
private fun Networks(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { NetworksModel(room.session) }
    val state by model.state.collectAsState()
    NetworksScreen(state, LocalDevice.current.edition.proxy, model::reload, onBack)
}
