// Accounts, servers, exports and extracts against the real core and a server on this machine.
package tekram.ui.history.share

import org.junit.jupiter.api.Test
import tekram.ffi.BatchState
import tekram.ffi.ExportForm
import tekram.ffi.HistoryAccountKind
import tekram.ffi.ListenKind
import tekram.ffi.SubmissionChange
import tekram.ui.CoreTest
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.start.Session
import java.nio.file.Files
import java.time.ZoneOffset
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

class ShareModelTest : CoreTest() {
    private suspend fun fetched(
        session: Session,
        server: HomeListenBrainz,
    ) {
        val model = AccountsModel(session)
        model.state.until("the accounts") { it.phase == Phase.Ready }
        model.add(HistoryAccountKind.LISTENBRAINZ, TypedAccount(server.url, "ada", "right", inHomeNetwork = true))
        val account = model.state.until("it is added") { it.added && it.accounts.isNotEmpty() }.accounts.single()
        assertTrue(account.inHomeNetwork)
        model.pull(account)
        val done = model.state.until("it is fetched") { it.working == null && it.pulled?.complete == true && it.accounts.single().batch != null }
        assertEquals(2uL, done.pulled?.newRecords)
        assertEquals(BatchState.ACCEPTED, session.persona.acceptBatch(assertNotNull(done.accounts.single().batch)).state)
    }

    @Test
    fun `a server at home is added only when it is said to be there, and what it has is fetched`() =
        story {
            HomeListenBrainz().use { server ->
                val session = session()
                val model = AccountsModel(session)
                model.add(HistoryAccountKind.LISTENBRAINZ, TypedAccount(server.url, "ada", "right", inHomeNetwork = false))
                assertEquals("insecure_server", model.state.until("it is refused") { it.failure != null }.failure?.name)
                fetched(session, server)
                assertTrue(session.persona.networks().any { it.host == server.url.removePrefix("http://") })
                model.remove(session.persona.historyAccounts().single())
                model.state.until("it is forgotten") { !it.busy && it.accounts.isEmpty() && it.failure == null }
                assertEquals(2uL, session.persona.holdings().listens)
            }
            assertFalse("right" in TypedAccount("", "", "right", inHomeNetwork = false).toString())
        }

    @Test
    fun `nothing is sent before a server is turned on, and then each listen once`() =
        story {
            HomeListenBrainz().use { server ->
                val session = session()
                fetched(session, server)
                val model = AccountsModel(session)
                model.addServer(TypedAccount(server.url, "", "wrong", inHomeNetwork = true))
                assertEquals("token_refused", model.state.until("it is refused") { it.failure != null }.failure?.name)
                model.addServer(TypedAccount(server.url, "", "right", inHomeNetwork = true))
                val added = model.state.until("it is added") { it.added && it.servers.isNotEmpty() }.servers.single()
                assertEquals(false to "ada", added.isOn to added.userName)
                model.submit(added)
                assertEquals("listen_account_off", model.state.until("it is off") { it.working == null && it.failure != null }.failure?.name)
                assertTrue(server.submitted.isEmpty())
                model.changeServer(added, SubmissionChange(isOn = true, sources = listOf("listenbrainz"), fromMs = 0))
                val on = model.state.until("it is on") { state -> !state.busy && state.servers.any { it.isOn } }.servers.single()
                model.submit(on)
                model.state.until("it is sent") { it.working == null && it.submitted?.isDone == true }
                assertTrue(server.submitted.isNotEmpty())
            }
        }

    @Test
    fun `what is written is what was chosen, and counted before`() =
        story {
            HomeListenBrainz().use { server ->
                val session = session()
                fetched(session, server)
                val target = folder.resolve("history.csv")
                val device =
                    object : PlainDevice() {
                        override suspend fun newFile(suggestedName: String) = target.toString()
                    }
                val model = ExportModel(session, ZoneOffset.UTC)
                model.state.until("everything is counted") { it.count == 2uL }
                model.choose(model.state.value.choice.copy(kinds = setOf(ListenKind.PODCAST)))
                model.state.until("no podcast") { it.count == 0uL }
                model.choose(ExportChoice(ExportForm.CSV, columns = setOf("title", "start_utc")))
                model.state.until("all again") { it.count == 2uL }
                model.export(device)
                val done = model.state.until("it is written") { it.done != null || it.failure != null }
                assertEquals(2uL, done.done?.written)
                val lines = Files.readAllLines(target)
                assertEquals(3, lines.size)
                assertEquals("start_utc,title", lines.first().removePrefix("\uFEFF"))
            }
        }

    @Test
    fun `what a party would read is seen before, exact or coarse, and nothing is signed without an agreement`() =
        story {
            HomeListenBrainz().use { server ->
                val session = session()
                fetched(session, server)
                val model = ComposeModel(session, "", ZoneOffset.UTC)
                model.begin()
                model.state.until("it begins") { it.phase == Phase.Ready && it.parts.isNotEmpty() }
                model.say("start", "month")
                model.say("title", "title")
                val seen = model.state.until("it is seen") { it.preview?.firstOrNull()?.claims?.size == 2 }.preview.orEmpty()
                assertEquals(listOf("2026-11" to "month", "T1794000000" to "title"), seen.first().claims.map { it.value to it.field })
                model.nonce("once")
                assertFalse(model.state.value.ready)
                model.say("start", null)
                model.say("title", null)
                assertNull(model.state.value.preview)
                assertTrue(session.persona.disclosedListens().isEmpty())
            }
        }
}
