// The whole app in one composable: Android's activity and the desktop window both show this, each with its own words
// and device around it.
package tekram.ui

import androidx.compose.foundation.layout.Box
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.Saver
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.ui.Modifier
import androidx.compose.ui.input.key.onPreviewKeyEvent
import androidx.compose.ui.input.pointer.PointerEventPass
import androidx.compose.ui.input.pointer.pointerInput
import androidx.lifecycle.viewmodel.compose.LocalViewModelStoreOwner
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ui.common.Device
import tekram.ui.common.Formats
import tekram.ui.common.LoadingPane
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.Phase
import tekram.ui.common.PhasePane
import tekram.ui.common.PhaseWords
import tekram.ui.common.Place
import tekram.ui.common.Shell
import tekram.ui.common.Tab
import tekram.ui.common.TekramTheme
import tekram.ui.common.Words
import tekram.ui.common.word
import tekram.ui.history.feed.LocalPlayback
import tekram.ui.history.feed.MiniPlayer
import tekram.ui.history.feed.PlayerModel
import tekram.ui.me.WaitingModel
import tekram.ui.start.AppModel
import tekram.ui.start.AppPhase
import tekram.ui.start.Session
import tekram.ui.start.StartModel
import tekram.ui.start.StartRoom
import java.time.Clock

/** Everything the person sees, in the [words] and on the [device] that were given; [playback] where this device has a player. */
@Composable
fun TekramApp(
    app: AppModel,
    start: StartModel,
    words: Words,
    device: Device,
    clock: Clock = Clock.systemDefaultZone(),
    playback: PlayerModel? = null,
) {
    val formats = remember(words, clock) { Formats(words, clock) }
    KeptPlace(app)
    CompositionLocalProvider(LocalWords provides words, LocalFormats provides formats, LocalDevice provides device, LocalPlayback provides playback) {
        TekramTheme { AppContent(app, start) }
    }
}

@Composable
private fun AppContent(
    app: AppModel,
    start: StartModel,
) {
    val state by app.state.collectAsState()
    when (val phase = state.phase) {
        AppPhase.Opening -> {
            LoadingPane(word("common_loading"))
        }

        AppPhase.FirstRun, is AppPhase.Locked -> {
            StartRoom(phase, state.lockedItself, start, state.chosen, state.notDeleted, state.rescuing)
        }

        is AppPhase.Failed -> {
            PhasePane(Phase.Failed(phase.error), PhaseWords(), onRetry = app::reload) {}
        }

        is AppPhase.Open -> {
            val room = remember(phase.session) { Room(phase.session, app) }
            CompositionLocalProvider(LocalViewModelStoreOwner provides phase.session) {
                Box(Modifier.touches(app)) {
                    Shell(state.place, {
                        app.select(it)
                    }, { app.back() }, waiting(phase.session, state.place), { MiniPlayer(state.place, room) }) { route, onBack ->
                        key(route) { RoomScreen(route, room, onBack) }
                    }
                }
            }
        }
    }
}

/** Tells [app] of every touch and key, before whatever they are for. */
private fun Modifier.touches(app: AppModel): Modifier =
    onPreviewKeyEvent {
        app.touched()
        false
    }.pointerInput(app) {
        awaitPointerEventScope {
            while (true) {
                awaitPointerEvent(PointerEventPass.Initial)
                app.touched()
            }
        }
    }

/** The tabs where something waits. Looked at again wherever the person goes, since a third day begins by itself. */
@Composable
private fun waiting(
    session: Session,
    place: Place,
): Set<Tab> {
    val model = viewModel { WaitingModel(session) }
    val tabs by model.tabs.collectAsState()
    LaunchedEffect(model, place) { model.reload() }
    return tabs
}

/** Lets the system keep the place while the app is put away, and goes back to it. */
@Composable
private fun KeptPlace(app: AppModel) {
    rememberSaveable(app, saver = placeSaver(app)) { app }
}

private fun placeSaver(app: AppModel): Saver<AppModel, List<String>> =
    Saver(
        save = { it.savedPlace() },
        restore = { app.apply { restorePlace(it) } },
    )
