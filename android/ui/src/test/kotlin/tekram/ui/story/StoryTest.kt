// The app's story (tests/fixtures/app-story) told by the view models, against the counterparts that `cargo xtask kotlin`
// holds. The command line and the Swift view models play the same file, so that all three say the same of the same core.
package tekram.ui.story

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import tekram.ffi.Agent
import tekram.ffi.AgentSettings
import tekram.ui.CoreTest
import tekram.ui.common.PlainDevice
import tekram.ui.common.attempt
import tekram.ui.start.AppModel
import tekram.ui.start.AppPhase
import tekram.ui.start.StartFailure
import tekram.ui.start.StartModel
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.readBytes
import kotlin.io.path.readText
import kotlin.io.path.writeBytes
import kotlin.io.path.writeText
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.fail
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** Names the folder of the counterparts; their ports stand there in `ports.json`. */
private const val STAGE = "TEKRAM_STORY_STAGE"

class StoryTest : CoreTest() {
    private val fixtures: Path = listOf("../../tests/fixtures", "tests/fixtures").map(Path::of).first(Files::exists)
    private var home: Agent? = null

    @AfterEach
    fun closeHome() {
        home?.shutDown()
        home?.close()
    }

    @Test
    fun `the view models tell the app's story`() {
        val stage = System.getenv(STAGE)
        assumeTrue(stage != null, "skipped: $STAGE names no stage; `cargo xtask kotlin` raises one")
        val ports = readJson(Path.of(stage, "ports.json").readText()) as Map<*, *>
        val story = readJson(fixtures.resolve("app-story/story.json").readText()) as Map<*, *>
        val hosts = listOf("mint", "relay", "feeds").associateWith { "127.0.0.1:${ports[it]}" }
        val settings = AgentSettings(folder.resolve("home").toString(), hosts.values.toList(), null, emptyList(), story["zone"] as String)
        val agent = Agent.open(settings, keyStore = null, location = null, connectivity = null).also { home = it }
        runBlocking { withTimeout(10.minutes) { withContext(Dispatchers.Main) { Player(agent, hosts).play(story["steps"] as List<*>) } } }
        // What xtask looks for: a story that was not told is no success.
        Path.of(stage, "told").writeText("by the Kotlin view models\n")
    }

    @Test
    fun `an expectation is a part of objects and the whole of lists`() {
        val shown = readJson("""{ "a": { "b": 1, "c": [1, 2] }, "d": "\"" }""")
        assertNull(difference("snapshot", readJson("""{ "a": { "b": 1 }, "d": "\"" }"""), shown))
        assertNull(difference("snapshot", readJson("""{ "a": { "c": [1, 2] } }"""), shown))
        assertEquals("snapshot.a.b: expected 2, not 1", difference("snapshot", readJson("""{ "a": { "b": 2 } }"""), shown))
        assertNotNull(difference("snapshot", readJson("""{ "a": { "c": [1] } }"""), shown))
        assertNotNull(difference("snapshot", readJson("""{ "e": 1 }"""), shown))
    }

    /** The person with the app. */
    private inner class Player(
        private val agent: Agent,
        private val hosts: Map<String, String>,
    ) {
        private val device = PlainDevice()
        private val app = AppModel(agent, device)
        private val start = StartModel(agent, device, app::opened)
        private var rooms: Rooms? = null

        suspend fun play(steps: List<*>) =
            steps.forEachIndexed { index, told ->
                val step = told as Map<*, *>
                val place = "step ${index + 1} (${step["do"]})"
                val refused = withTimeoutOrNull(2.minutes) { listOf(act(step["do"] as String, step["with"] as Map<*, *>? ?: mapOf<String, Any?>())) }
                assertEquals(step["refused"], (refused ?: fail("$place takes too long")).single(), "$place: refused")
                holds(place, step["expect"] as Map<*, *>)
            }

        /** Waits until the snapshot holds what is expected. */
        private suspend fun holds(
            place: String,
            expected: Map<*, *>,
        ) {
            var differs: String? = null
            withTimeoutOrNull(30.seconds) {
                do {
                    differs = difference(place, expected, snapshot(expected.keys))
                    if (differs != null) delay(50.milliseconds)
                } while (differs != null)
            }
            differs?.let { fail(it) }
        }

        private suspend fun snapshot(named: Set<*>): Map<*, *> =
            named.associateWith { room ->
                when (room) {
                    "app" -> appShown()
                    "history" -> rooms().historyShown()
                    "pay" -> rooms().payShown()
                    "want" -> rooms().wantShown()
                    "relations" -> rooms().relationsShown()
                    else -> fail("the story names a room that this player does not know: $room")
                }
            }

        private suspend fun appShown(): Map<String, Any?> {
            val phase =
                when (app.state.value.phase) {
                    AppPhase.FirstRun -> "first_run"
                    is AppPhase.Locked -> "locked"
                    is AppPhase.Open -> "open"
                    else -> null
                }
            return mapOf("phase" to phase, "personas" to attempt { agent.personas().map { it.name } }.getOrThrow())
        }

        private fun rooms(): Rooms {
            val session = checkNotNull(app.session)
            return rooms?.takeIf { it.session === session } ?: Rooms(session).also { rooms = it }
        }

        private suspend fun act(
            action: String,
            with: Map<*, *>,
        ): String? {
            val text = { field: String -> filled(with[field] as String) }
            return when (action) {
                "app.look", "relations.look" -> null
                "app.create" -> create(text("name"), text("passphrase"))
                "app.lock" -> lock()
                "app.unlock" -> unlock(text("passphrase"))
                "history.import" -> rooms().import(export(text("file")))
                "history.accept" -> rooms().accept()
                "history.search" -> rooms().search(text("text"))
                "history.rate" -> rooms().rate(text("thumb"))
                "pay.discover" -> rooms().discover()
                "pay.month" -> rooms().month(text("month"))
                "pay.budget" -> rooms().budget(with["minor"] as Long, text("currency"))
                "pay.try" -> rooms().tryOut(text("source"), (with["permille"] as Long).toInt())
                "pay.drop" -> rooms().drop()
                "pay.open" -> rooms().openPayment()
                "pay.confirm" -> rooms().confirm()
                "me.words" -> rooms().words()
                "pay.settle" -> rooms().settle(text("mint"))
                "want.send" -> rooms().send(with + ("relay" to text("relay")))
                "want.collect" -> rooms().collect((with["offers"] as Long).toInt())
                "want.accept" -> rooms().acceptCheapest()
                "want.look" -> rooms().openRequest()
                else -> fail("the story knows an action that this player does not: $action")
            }
        }

        private suspend fun create(
            name: String,
            passphrase: String,
        ): String? {
            start.addProfile()
            start.setName(name)
            start.toPassphrase()
            start.create(passphrase)
            return started()
        }

        private suspend fun lock(): String? {
            rooms = null
            app.lock()
            val locked = app.state.first { it.phase is AppPhase.Locked }.phase as AppPhase.Locked
            start.lockedWith(locked.personas)
            return null
        }

        private suspend fun unlock(passphrase: String): String? {
            start.unlock(passphrase)
            return started()
        }

        private suspend fun started(): String? = (start.state.first { !it.busy }.failure as? StartFailure.Refused)?.error?.name

        private fun filled(text: String): String =
            mapOf("MINT" to "http://${hosts["mint"]}", "RELAY" to "ws://${hosts["relay"]}", "FEEDS" to "http://${hosts["feeds"]}")
                .entries
                .fold(text) { filled, (place, address) -> filled.replace("\${$place}", address) }

        /** A listening export whose podcasts lie on the stage. */
        private fun export(name: String): String {
            val source = fixtures.resolve("listens/$name")
            val copy = folder.resolve(name)
            if (name.endsWith(".zip")) {
                copy.writeBytes(source.readBytes())
            } else {
                copy.writeText(source.readText().replace("https://feeds.example", filled("\${FEEDS}")))
            }
            return copy.toString()
        }
    }
}
