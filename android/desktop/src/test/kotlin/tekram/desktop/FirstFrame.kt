// A whole process up to its first frame that shows something: `FirstFrameKt SCREEN --data FOLDER …` opens the core, draws
// the app without a display until SCREEN is in a frame, and says how long after the process began that was.
package tekram.desktop

import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.unit.Density
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import tekram.ffi.Agent
import tekram.ui.TekramApp
import tekram.ui.common.Words
import tekram.ui.desktop.XmlWords
import tekram.ui.start.AppModel
import tekram.ui.start.StartModel
import java.lang.management.ManagementFactory
import kotlin.system.exitProcess
import kotlin.time.Duration.Companion.milliseconds

/** A screen, and a word that stands on it and nowhere before. */
internal enum class FirstScreen(
    val word: String,
) {
    FirstRun("start_title"),
    Lock("start_lock_one"),
    History("history_day_total"),
}

/** Passphrase of the profiles that are opened. */
internal const val FRAME_PASSPHRASE = "four words in a row"

private const val WIDTH = 420
private const val HEIGHT = 860
private const val FRAME_NANOS = 16_000_000L
private val betweenFrames = 2.milliseconds

/** Words that remember whether one of them was asked for. */
private class Listening(
    private val plain: Words,
    private val awaited: String,
) : Words by plain {
    var heard = false
        private set

    override fun word(
        key: String,
        vararg args: Any,
    ): String {
        if (key == awaited) heard = true
        return plain.word(key, *args)
    }
}

fun main(args: Array<String>) {
    val began = ManagementFactory.getRuntimeMXBean().startTime
    val main = System.currentTimeMillis() - began
    val screen = FirstScreen.valueOf(args.first())
    val arguments = Arguments.parse(args.drop(1))
    val agent = Agent.open(arguments.settings(), keyStore = null, location = null, connectivity = null)
    val core = System.currentTimeMillis() - began
    runBlocking { withContext(Dispatchers.Main) { draw(agent, screen, Listening(XmlWords(arguments.locale), screen.word), WindowDevice(arguments.edition())) } }
    println("""{"screen":"$screen","main_ms":$main,"core_ms":$core,"frame_ms":${System.currentTimeMillis() - began}}""")
    System.out.flush()
    agent.shutDown()
    exitProcess(0)
}

private suspend fun draw(
    agent: Agent,
    screen: FirstScreen,
    words: Listening,
    device: WindowDevice,
) {
    val app = AppModel(agent, device)
    val start = StartModel(agent, device, app::opened)
    val scene = ImageComposeScene(WIDTH, HEIGHT, Density(1f)) { TekramApp(app, start, words, device) }
    if (screen == FirstScreen.History) {
        app.opened(agent.unlockWithPassphrase(agent.personas().first().id, FRAME_PASSPHRASE))
    }
    var nanos = 0L
    do {
        delay(betweenFrames)
        scene.render(nanos).close()
        nanos += FRAME_NANOS
    } while (!words.heard)
}
