// Draws the app's screens over a real data folder, without a display: what a window would show to somebody who walks
// through the tabs. `cargo xtask run --headless` calls it after the story.
package tekram.desktop

import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.unit.Density
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.Image
import tekram.ffi.Agent
import tekram.ffi.HistoryQuery
import tekram.ffi.Persona
import tekram.ui.TekramApp
import tekram.ui.common.Route
import tekram.ui.common.Tab
import tekram.ui.desktop.XmlWords
import tekram.ui.start.AppModel
import tekram.ui.start.StartModel
import java.nio.file.Files
import java.nio.file.Path
import kotlin.system.exitProcess
import kotlin.time.Duration.Companion.milliseconds

private const val WIDTH = 420
private const val HEIGHT = 860
private const val FRAME_NANOS = 16_000_000L
private const val WRONG_USAGE = 2

/** Frames that must be alike before a screen counts as drawn, and after how many it is drawn as it is. */
private const val STILL_FRAMES = 12
private const val MOST_FRAMES = 400
private val pause = 25.milliseconds

/** `Pictures OUT --data FOLDER …`: the passphrase of every profile is in `TEKRAM_PASSPHRASE`. */
fun main(args: Array<String>) {
    val passphrase = System.getenv("TEKRAM_PASSPHRASE")
    val out = args.firstOrNull()
    if (passphrase == null || out == null) {
        System.err.println("TEKRAM_PASSPHRASE=… Pictures OUT --data FOLDER [--allow HOST:PORT]… [--language de]")
        exitProcess(WRONG_USAGE)
    }
    val arguments = Arguments.parse(args.drop(1))
    val folder = Files.createDirectories(Path.of(out))
    Agent.open(arguments.settings(), keyStore = null, location = null, connectivity = null).use { agent ->
        // Models and frames share one thread, as in a window.
        runBlocking { withContext(Dispatchers.Main) { Pictures(agent, arguments, folder).draw(passphrase) } }
        agent.shutDown()
    }
    exitProcess(0)
}

private class Pictures(
    agent: Agent,
    arguments: Arguments,
    private val folder: Path,
) {
    private val agent = agent
    private val device = WindowDevice(arguments.edition())
    private val app = AppModel(agent, device)
    private val start = StartModel(agent, device, app::opened)
    private val words = XmlWords(arguments.locale)
    private val scene = ImageComposeScene(WIDTH, HEIGHT, Density(1f)) { TekramApp(app, start, words, device) }
    private var nanos = 0L

    suspend fun draw(passphrase: String) {
        picture("lock")
        for (entry in agent.personas()) {
            val persona = agent.unlockWithPassphrase(entry.id, passphrase)
            app.opened(persona)
            screens(persona).forEachIndexed { number, (name, open) ->
                open()
                picture("${entry.name.lowercase()}-${number.toString().padStart(2, '0')}-$name")
            }
        }
        app.lock()
        scene.close()
    }

    /** The tabs, and from each the screens that its first rows lead to. */
    private suspend fun screens(persona: Persona): List<Pair<String, () -> Unit>> {
        val listen = persona.listens(HistoryQuery(null, null, null, null, null), null, 1u).listens.firstOrNull()
        val month = persona.statements().firstOrNull()?.month
        val intent = persona.intents().firstOrNull()?.intent
        val party = persona.relations().firstOrNull()?.party
        return listOfNotNull(
            "history_days" to { app.select(Tab.History) },
            listen?.let { "history_item" to { app.openFromHome(Route("history_item", it.id.toString())) } },
            "history_import" to { app.openFromHome(Route("history_import")) },
            "pay_split" to { app.select(Tab.Pay) },
            month?.let { "pay_receipts" to { app.openFromHome(Route("pay_receipts", it)) } },
            month?.let { "pay_handoff" to { app.openFromHome(Route("pay_handoff", it)) } },
            "pay_ledger" to { app.openFromHome(Route("pay_ledger")) },
            "want_list" to { app.select(Tab.Want) },
            intent?.let { "want_offers" to { app.openFromHome(Route("want_offers", it)) } },
            intent?.let { "want_pickup" to { app.openFromHome(Route("want_pickup", it)) } },
            "relations_list" to { app.select(Tab.Relations) },
            party?.let { "relations_party" to { app.openFromHome(Route("relations_party", it)) } },
            "me_home" to { app.select(Tab.Me) },
            "me_shared" to { app.openFromHome(Route("me_shared")) },
            "me_networks" to { app.openFromHome(Route("me_networks")) },
        )
    }

    /** Draws frames until nothing moves any more, and keeps the last. */
    private suspend fun picture(name: String) {
        var last = ByteArray(0)
        var still = 0
        repeat(MOST_FRAMES) {
            if (still >= STILL_FRAMES) return@repeat
            delay(pause)
            val now = encoded(scene.render(nanos))
            nanos += FRAME_NANOS
            still = if (now.contentEquals(last)) still + 1 else 0
            last = now
        }
        val file = folder.resolve("$name.png")
        Files.write(file, last)
        println(file)
    }

    private fun encoded(image: Image): ByteArray =
        image.use {
            checkNotNull(it.encodeToData(EncodedImageFormat.PNG)) { "a frame cannot be written as PNG" }.bytes
        }
}
