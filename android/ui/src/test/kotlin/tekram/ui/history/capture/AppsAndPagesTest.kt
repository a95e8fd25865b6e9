// Other apps and articles against the real core: tokens, what an app tells over the endpoint, and pages that were read.
package tekram.ui.history.capture

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Test
import tekram.binding.Work
import tekram.ffi.ListenKind
import tekram.ffi.Quiet
import tekram.ui.CoreTest
import tekram.ui.common.Answering
import tekram.ui.common.Endpoint
import tekram.ui.common.Phase
import tekram.ui.history.everything
import tekram.ui.start.Session
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** 2026-10-05, 18:30 UTC. */
private const val EVENING_S = 1_791_225_000L
private const val OK = 200
private const val UNAUTHORIZED = 401

class AppsAndPagesTest : CoreTest() {
    /** The endpoint of a device that keeps it running in this process, on a free port. */
    private inner class OwnEndpoint : Endpoint {
        override val answering = MutableStateFlow(Answering())
        private val scope = CoroutineScope(Dispatchers.IO)

        override fun answer(
            profile: String,
            wanted: Boolean,
        ) {
            answering.update { Answering(if (wanted) it.profiles + profile else it.profiles - profile) }
            if (wanted) {
                scope.launch {
                    val task = agent.startEndpoint(answering.value.profiles.toList(), 0u)
                    answering.update { it.copy(url = task.url()) }
                    runCatching { Work(task, task::next, task::finish, task::cancel).run() }
                }
            }
        }
    }

    /** What an app that sends to ListenBrainz does. */
    private suspend fun tells(
        url: String,
        token: String,
        title: String,
    ): Int {
        val body =
            """{"listen_type":"single","payload":[{"listened_at":$EVENING_S,"track_metadata":
            {"artist_name":"Vera Quill","track_name":"$title","additional_info":{"duration_ms":240000}}}]}"""
        val request =
            HttpRequest
                .newBuilder(URI("$url/1/submit-listens"))
                .header("Authorization", "Token $token")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build()
        return withContext(Dispatchers.IO) { HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode() }
    }

    private suspend fun log(session: Session) = session.persona.listens(everything, null, 50u).listens

    @Test
    fun `an app gets a token that is shown once, tells a listen, and tells nothing more after the token was taken back`() =
        story {
            val session = session()
            val model = AppsModel(session, OwnEndpoint())
            model.state.until("no app yet") { it.phase == Phase.Ready && it.tokens.isEmpty() && it.answering != null }
            assertFalse(model.state.value.mine)
            model.add(" Scrobbler ")
            val made = model.state.until("a token") { it.fresh != null && it.tokens.size == 1 }
            assertEquals("Scrobbler" to "Scrobbler", made.fresh?.app to made.tokens.single().app)
            val token = made.fresh!!.token
            assertFalse(token in made.toString() || token in made.fresh.toString())
            model.seen()
            assertNull(model.state.value.fresh)

            model.answer(true)
            val url = model.state.until("it answers") { it.mine && it.answering?.url != null }.answering?.url!!
            assertEquals(OK, tells(url, token, "Low Tide"))
            session.persona.drain()
            assertEquals(listOf("Low Tide" to EVENING_S * 1000), log(session).map { it.title to it.startMs })
            model.reload()
            model.state.until("when it told something") { it.tokens.single().lastMs > 0 }

            model.revoke(made.tokens.single().id)
            model.state.until("no app any more") { it.tokens.isEmpty() }
            assertEquals(UNAUTHORIZED, tells(url, token, "High Sun"))
            session.persona.drain()
            assertEquals(1, log(session).size)
        }

    @Test
    fun `an app without a name gets no token and the screen says why`() =
        story {
            val model = AppsModel(session(), null)
            model.add("")
            val state = model.state.until("refused") { it.failure != null }
            assertEquals("bad_app_name", state.failure?.name)
            assertNull(state.fresh)
            assertNull(state.answering, "this device keeps no endpoint running")
        }

    @Test
    fun `a page is kept with title, publisher and the minutes before now, also while the log is paused`() =
        story {
            val session = session()
            session.persona.beginQuiet(Quiet.PAUSED, null)
            val nowMs = EVENING_S * 1000
            val form = ReadForm("https://harbour.example/night-ferries", "Night ferries are back", "Harbour Paper", "5")
            val model = ReadModel(session, ReadForm.of(form.route())) { nowMs }
            assertEquals(form.copy(minutes = ""), model.state.value.form)
            model.change(form)
            model.keep()
            model.state.until("kept") { it.kept == Kept.New }
            val listen = log(session).single()
            assertEquals(ListenKind.PAGE, listen.kind)
            assertEquals(listOf("Night ferries are back", form.url), listOf(listen.title, session.persona.listen(listen.id).url))
            assertEquals(nowMs - 300_000 to 300_000L, listen.startMs to listen.playedMs)
            model.left()
            assertEquals(ReadState(form.copy(minutes = "")), model.state.value)
            model.change(form)
            model.keep()
            model.state.until("it was there") { it.kept == Kept.Already }
            assertEquals(1, log(session).size)
        }

    @Test
    fun `what is no page stays in the form and says why`() =
        story {
            val model = ReadModel(session(), ReadForm())
            model.keep()
            assertFalse(model.state.value.busy, "nothing is typed")
            model.change(ReadForm("ftp://harbour.example/file", minutes = "0"))
            assertTrue(model.state.value.form.minutesWrong)
            model.keep()
            assertFalse(model.state.value.busy, "the minutes are no number of minutes")
            model.change(ReadForm("ftp://harbour.example/file"))
            model.keep()
            assertEquals("bad_page", model.state.until("refused") { it.failure != null }.failure?.name)
        }
}
