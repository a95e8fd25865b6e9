// The one activity with the five rooms. It brings the models through a turned phone, keeps what must not be seen out of
// pictures, and hands on what links, shares and shortcuts ask.
package tekram.app

import android.content.Intent
import android.os.Build
import android.os.Bundle
import android.view.WindowManager
import androidx.activity.ComponentActivity
import androidx.activity.compose.BackHandler
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.viewModels
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.platform.LocalConfiguration
import androidx.lifecycle.ViewModel
import androidx.lifecycle.ViewModelProvider
import androidx.lifecycle.lifecycleScope
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import tekram.ui.TekramApp
import tekram.ui.start.AppModel
import tekram.ui.start.AppPhase
import tekram.ui.start.AppState
import tekram.ui.start.StartModel
import tekram.ui.start.StartState
import tekram.ui.start.StartStep

/** The app's screens. */
class MainActivity : ComponentActivity() {
    private val process get() = application as TekramApplication
    internal val model: AppModel get() = app
    private val app: AppModel by viewModels { made { AppModel(process.agent, process.device) } }
    private val start: StartModel by viewModels { made { StartModel(process.agent, process.device, app::opened) } }
    private val doorstep: Doorstep by viewModels { made { Doorstep() } }

    override fun onCreate(savedInstanceState: Bundle?) {
        enableEdgeToEdge()
        super.onCreate(savedInstanceState)
        process.asking.attach(this)
        val model = app
        process.openSession = { model.sessionInTime }
        // What the overview of apps shows stays there for hours; the window itself hides only what must be hidden.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) setRecentsScreenshotEnabled(false)
        setContent { Screens() }
        watchSecrets()
        followSplit()
        if (savedInstanceState == null) doorstep.take(intent)
    }

    @Composable
    private fun Screens() {
        // A change of language or of the phone's look makes this composition anew.
        val configuration = LocalConfiguration.current
        val words = remember(configuration) { PhoneWords(resources, packageName) }
        val state by app.state.collectAsState()
        val starting by start.state.collectAsState()
        BackHandler(enabled = canGoBack(state, starting)) { if (app.session != null) app.back() else start.back() }
        TekramApp(app, start, words, process.device, playback = process.playback)
        DoorstepScreens(doorstep, app, words)
    }

    private fun watchSecrets() {
        val secret =
            app.state.combine(process.device.hidingScreens) { state, hiding -> hiding > 0 || state.phase is AppPhase.Locked }
        lifecycleScope.launch {
            secret.distinctUntilChanged().collect { hide ->
                if (hide) window.addFlags(WindowManager.LayoutParams.FLAG_SECURE) else window.clearFlags(WindowManager.LayoutParams.FLAG_SECURE)
            }
        }
    }

    private fun followSplit() {
        lifecycleScope.launch {
            app.state.map { (it.phase as? AppPhase.Open)?.session }.distinctUntilChanged().collectLatest { session ->
                process.playsFor(session)
                if (session == null) return@collectLatest SplitWidget.locked(process)
                process.splitChanged(session)
                process.requestsChanged(session)
                // The flow fails when the profile is locked, and then there is nothing more to follow.
                session.changes().catch { }.collect { scopes ->
                    if ("pay" in scopes || "listen" in scopes) process.splitChanged(session)
                    if ("history_request" in scopes) process.requestsChanged(session)
                }
            }
        }
    }

    override fun onUserInteraction() {
        super.onUserInteraction()
        app.touched()
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        setIntent(intent)
        doorstep.take(intent)
    }

    override fun onStart() {
        super.onStart()
        app.toForeground()
        process.front(isInFront = true)
    }

    // A phone that is turned does not leave the app: nothing that waits may end for it.
    override fun onStop() {
        super.onStop()
        if (isChangingConfigurations) return
        app.toBackground()
        process.front(isInFront = false)
    }

    override fun onDestroy() {
        process.asking.detach(this)
        super.onDestroy()
    }

    private fun <T : ViewModel> made(make: () -> T): ViewModelProvider.Factory =
        object : ViewModelProvider.Factory {
            @Suppress("UNCHECKED_CAST")
            override fun <M : ViewModel> create(modelClass: Class<M>): M = make() as M
        }

    companion object {
        /** Whether there is something to go back to inside the app; else the system shows where it goes. */
        fun canGoBack(
            state: AppState,
            start: StartState,
        ): Boolean =
            when (state.phase) {
                is AppPhase.Open -> {
                    state.place.back() != null
                }

                AppPhase.FirstRun, is AppPhase.Locked -> {
                    !start.busy &&
                        when (start.step) {
                            StartStep.Passphrase, StartStep.Restore, StartStep.Rescue -> true
                            StartStep.First -> start.personas.isNotEmpty()
                            StartStep.Lock -> start.chosen != null && start.personas.size > 1
                        }
                }

                else -> {
                    false
                }
            }
    }
}
