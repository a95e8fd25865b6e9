// Pause, private session, rules of what counts and recordings against the real core.
package tekram.ui.history.capture

import org.junit.jupiter.api.Test
import tekram.ffi.ListenKind
import tekram.ffi.PlayerAction
import tekram.ffi.PlayerEvent
import tekram.ffi.PlayerMedia
import tekram.ffi.Quiet
import tekram.ui.CoreTest
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.history.everything
import tekram.ui.start.Session
import java.nio.file.Files
import java.nio.file.Path
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

private const val BEGIN_MS = 1_790_000_000_000L

class CaptureModelsTest : CoreTest() {
    /** A device whose files are in this test's folder. */
    private inner class OwnFiles : PlainDevice() {
        var picked: Path? = null

        override suspend fun newFile(suggestedName: String): String = folder.resolve(suggestedName).also { picked = it }.toString()

        override suspend fun pickFile(): String? = picked?.toString()
    }

    private fun song(
        atMs: Long = BEGIN_MS,
        seconds: Long = 200,
    ): List<PlayerEvent> {
        fun event(
            at: Long,
            action: PlayerAction,
        ) = PlayerEvent("session $atMs", "Songs", atMs + at * 1000, 60, at * 1000, action, at * 1000)
        val media = PlayerMedia("Low Tide", listOf("Vera Quill"), "Salt", "", "", 240_000, ListenKind.MUSIC)
        return listOf(event(0, PlayerAction.Metadata(media)), event(0, PlayerAction.Play), event(seconds, PlayerAction.End))
    }

    private suspend fun heard(
        session: Session,
        events: List<PlayerEvent>,
    ): Int {
        session.persona.setCaptureApp("Songs", true)
        agent.capture(session.persona.id(), events)
        session.persona.drain()
        return session.persona
            .listens(everything, null, 50u)
            .listens.size
    }

    @Test
    fun `a pause begins, is known to another screen, and nothing is kept until it ends`() =
        story {
            val session = session()
            val model = QuietModel(session)
            val home = QuietModel(session)
            model.state.until("the state is known") { it.phase == Phase.Ready }
            model.begin(Quiet.PAUSED, 15u)
            val span = assertNotNull(model.state.until("it is paused") { it.now.paused != null }.now.paused)
            assertEquals(span.fromMs + 900_000, span.untilMs)
            home.state.until("History's home says so") { it.now.paused == span }
            assertEquals(0, heard(session, song(span.fromMs + 1)))
            home.end(Quiet.PAUSED)
            model.state.until("it goes on") { it.now.paused == null }
            assertEquals(1, heard(session, song()))
        }

    @Test
    fun `a private session without an end stays until it is ended`() =
        story {
            val model = QuietModel(session())
            model.begin(Quiet.PRIVATE, null)
            val state = model.state.until("it is private") { it.now.privateSession != null }
            assertNull(state.now.privateSession?.untilMs)
            assertNull(state.now.paused)
            model.end(Quiet.PRIVATE)
            model.state.until("it is over") { it.now.privateSession == null }
        }

    @Test
    fun `what ends by itself is gone from the screen by itself`() =
        story {
            val session = session()
            session.persona.beginQuiet(Quiet.PAUSED, System.currentTimeMillis() + 1_500)
            val model = QuietModel(session)
            model.state.until("it is paused") { it.now.paused != null }
            model.state.until("its time is over") { it.phase == Phase.Ready && it.now.paused == null }
        }

    @Test
    fun `a rule is changed, marks what is there, and is reset`() =
        story {
            val session = session()
            heard(session, song(seconds = 100))

            suspend fun counts() =
                session.persona
                    .days(everything, null, 5u)
                    .days
                    .single()
                    .plays
            assertEquals(0uL, counts(), "less than half of it")
            val model = CountingModel(session)
            val music = model.state.until("the rules are there") { it.phase == Phase.Ready }.rules.single { it.kind == ListenKind.MUSIC }
            assertTrue(music.usual)
            model.set(music.copy(sharePermille = 250))
            model.state.until("it is changed") { state -> !state.busy && state.rules.any { it.kind == ListenKind.MUSIC && !it.usual } }
            assertEquals(1uL, counts())
            model.reset()
            model.state.until("it is as before") { state -> !state.busy && state.rules.all { it.usual } }
            assertEquals(0uL, counts())
        }

    @Test
    fun `a recording becomes a file that gives the same listens in another profile`() =
        story {
            val session = session()
            val device = OwnFiles()
            val model = RecordingModel(session)
            model.start()
            model.state.until("it records") { it.recording.running }
            heard(session, song())
            model.state.until("nothing is under way") { !it.busy }
            model.stop()
            model.state.until("it stopped") { !it.busy && !it.recording.running && it.recording.events == 3uL }
            model.save(device)
            model.state.until("it is written") { !it.busy && it.written == 3uL }
            assertEquals(4, Files.readAllLines(device.picked).size)
            model.discard()
            model.state.until("it is gone") { it.recording.startedMs == 0L }

            val other = session("Other")
            other.persona.setCaptureApp("Songs", true)
            val replaying = RecordingModel(other)
            replaying.replay(device)
            val done = replaying.state.until("it is played again") { it.replayed != null }
            assertEquals(1uL, done.replayed?.drained?.newListens)
        }

    @Test
    fun `a file that is no recording says so`() =
        story {
            val device = OwnFiles().apply { picked = folder.resolve("text").also { Files.writeString(it, "hello") } }
            val model = RecordingModel(session())
            model.replay(device)
            assertEquals("unknown_format", model.state.until("it failed") { it.failure != null }.failure?.name)
        }
}
