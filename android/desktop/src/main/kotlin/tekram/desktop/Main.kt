// The app in a window on this machine, for looking at and for the story; never shipped. It opens the vaults of a data
// folder, reaches the private addresses it is told to, and has no key store, so profiles open with their passphrase.
package tekram.desktop

import androidx.compose.runtime.remember
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.type
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState
import tekram.ffi.Agent
import tekram.ui.TekramApp
import tekram.ui.desktop.XmlWords
import tekram.ui.start.AppModel
import tekram.ui.start.StartModel
import kotlin.system.exitProcess

private val windowSize = DpSize(420.dp, 860.dp)
private const val WRONG_USAGE = 2

fun main(args: Array<String>) {
    val arguments =
        try {
            Arguments.parse(args.toList())
        } catch (wrong: IllegalArgumentException) {
            System.err.println("${wrong.message}\n\n${Arguments.USAGE}")
            exitProcess(WRONG_USAGE)
        }
    val agent = Agent.open(arguments.settings(), keyStore = null, location = null, connectivity = null)
    val device = WindowDevice(arguments.edition())
    application {
        val words = remember { XmlWords(arguments.locale) }
        val app = remember { AppModel(agent, device) }
        val start = remember { StartModel(agent, device, app::opened) }
        Window(
            onCloseRequest = {
                agent.shutDown()
                exitApplication()
            },
            state = rememberWindowState(size = windowSize),
            title = words.word("common_app_name"),
            onKeyEvent = { it.type == KeyEventType.KeyDown && it.key == Key.Escape && (app.session?.let { app.back() } ?: start.back()) },
        ) { TekramApp(app, start, words, device) }
    }
}
