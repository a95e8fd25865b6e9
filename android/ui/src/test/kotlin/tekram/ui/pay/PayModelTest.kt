// Pay against the real core: the sample log is divided, tried out, promised and paid, with feeds served on this machine.
package tekram.ui.pay

import com.sun.net.httpserver.HttpServer
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import tekram.binding.Work
import tekram.ffi.Agent
import tekram.ffi.AgentSettings
import tekram.ffi.Connectivity
import tekram.ffi.ConnectivityState
import tekram.ffi.LineState
import tekram.ffi.Outcome
import tekram.ffi.RecoveryDuty
import tekram.ffi.SettleEnd
import tekram.ffi.SettleProgress
import tekram.ffi.StatementState
import tekram.ffi.Weight
import tekram.ui.CoreTest
import tekram.ui.TEST_PASSPHRASE
import tekram.ui.common.Phase
import tekram.ui.start.Session
import java.net.InetSocketAddress
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.readText
import kotlin.io.path.writeText
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

class PayModelTest : CoreTest() {
    private lateinit var server: HttpServer
    private lateinit var origin: String

    /** An agent that may read the feeds of this machine; the test says whether there is a connection. */
    private lateinit var home: Agent
    private var connection = ConnectivityState.UNMETERED

    private val fixtures: Path = listOf("../../tests/fixtures", "tests/fixtures").map(Path::of).first(Files::exists)

    @BeforeEach
    fun serveFeeds() {
        server = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0)
        origin = "http://127.0.0.1:${server.address.port}"
        server.createContext("/") { exchange ->
            val file = fixtures.resolve("feeds").resolve(exchange.requestURI.path.removePrefix("/"))
            val body = if (Files.isRegularFile(file)) file.readText().replace("{{ORIGIN}}", origin).encodeToByteArray() else ByteArray(0)
            exchange.sendResponseHeaders(if (body.isEmpty()) 404 else 200, if (body.isEmpty()) -1 else body.size.toLong())
            exchange.responseBody.use { it.write(body) }
        }
        server.start()
        val settings = AgentSettings(folder.resolve("home").toString(), listOf("127.0.0.1:${server.address.port}"), null, emptyList(), "Europe/Berlin")
        val senses =
            object : Connectivity {
                override fun state() = connection
            }
        home = Agent.open(settings, keyStore = null, location = null, connectivity = senses)
    }

    @AfterEach
    fun close() {
        home.shutDown()
        home.close()
        server.stop(0)
    }

    /** A profile with the sample log in it, whose podcasts lie on this machine. */
    private suspend fun listener(): Session {
        val session = Session(home.createPersona("Home", TEST_PASSPHRASE))
        val sittings = folder.resolve("episode-actions.json")
        sittings.writeText(fixtures.resolve("listens/episode-actions.json").readText().replace("https://feeds.example", origin))
        listOf(sittings, fixtures.resolve("listens/listenbrainz.zip")).forEach { file ->
            val task = session.persona.startImport(file.toString())
            val report = Work(task, task::next, task::finish, task::cancel).run()
            session.persona.acceptBatch(report.batch)
        }
        return session
    }

    /** As [listener], with makers that can be paid and a budget. */
    private suspend fun planner(): Pair<Session, PayModel> {
        val session = listener()
        val payees = PayeesModel(session)
        payees.discover(listOf("nachtzug.xml", "the-long-table.xml", "small-press-radio.xml").map { "$origin/$it" })
        payees.state.until("somebody is found") { it.looks != null && !it.searching && it.payees.size >= 2 }
        val model = PayModel(session)
        model.state.until("the months") { it.phase == Phase.Ready }
        model.show("2026-09")
        model.setBudget(1000, "EUR")
        model.state.until("a preview") { it.statement != null && it.draft != null }
        model.apply()
        model.state.until("rules in force") { it.rules != null && it.draft == null && it.statement != null && !it.busy }
        return session to model
    }

    private fun keepWords(session: Session) {
        session.persona.newRecoveryPhrase().use { phrase ->
            val positions = (1u..24u).toList()
            session.persona.checkRecoveryPhrase(positions, phrase.words())
        }
    }

    @Test
    fun `an empty log has nothing to divide, and a log without a budget asks for one`() =
        story {
            val nobody = PayModel(Session(home.createPersona("Nobody", TEST_PASSPHRASE)))
            nobody.state.until("nothing to divide") { it.phase == Phase.Empty }
            val model = PayModel(listener())
            val state = model.state.until("the months") { it.phase == Phase.Ready && it.sources.isNotEmpty() }
            assertNull(state.rules)
            assertNull(state.statement)
            assertEquals("2026-10", state.month)
            model.show(assertNotNull(state.older))
            assertEquals("2026-10", model.state.until("the month before") { it.month == "2026-09" }.newer)
        }

    @Test
    fun `a budget is tried out, and is in force only when it is applied`() =
        story {
            val session = listener()
            val model = PayModel(session)
            model.state.until("the months") { it.phase == Phase.Ready }
            model.setBudget(0, "EUR")
            assertEquals("zero_budget", model.state.until("a refusal") { it.problem != null }.problem?.name)
            model.setBudget(1000, "EUR")
            val tried = model.state.until("a preview") { it.statement?.budget?.amountMinor == 1000L }
            assertEquals(1000L, tried.statement?.lines?.sumOf { it.amountMinor })
            assertNull(session.persona.rules())
            assertEquals(emptyList(), session.persona.statements())
            model.apply()
            model.state.until("the rules") { it.rules?.budget?.amountMinor == 1000L && it.draft == null }
            assertEquals(1000L, session.persona.rules()?.budget?.amountMinor)
        }

    @Test
    fun `a slider shows at once what it does and stores nothing before it is applied`() =
        story {
            val (session, model) = planner()
            val before = assertNotNull(model.state.value.statement)
            val line = before.lines.first { it.payee != null }
            val source = line.because.first().source
            // Many moves in a row, as a finger makes them: the last one counts.
            for (permille in 1000 downTo 0 step 10) model.setFactor(source, permille)
            val left =
                model.state.until("the source is left out") { state ->
                    state.statement?.lines.orEmpty().none { part ->
                        part.because.any {
                            it.source ==
                                source
                        }
                    }
                }
            assertEquals(1000L, left.statement?.lines?.sumOf { it.amountMinor })
            assertEquals(emptyList(), session.persona.rules()?.factors)
            model.cancel()
            model.state.until("as before") { it.draft == null && it.statement?.lines == before.lines }
            model.setFactor(source, 2000)
            model.state.until("it gets more") { state -> (state.statement?.lines?.find { it.payee == line.payee }?.amountMinor ?: 0) > line.amountMinor }
            model.apply()
            model.state.until("in force") { it.draft == null && it.rules?.factors?.size == 1 }
            model.resetFactors()
            model.apply()
            model.state.until("set back") { it.draft == null && it.rules?.factors?.isEmpty() == true }
        }

    @Test
    fun `another weight divides the same budget anew`() =
        story {
            val (_, model) = planner()
            val before = assertNotNull(model.state.value.statement)
            model.setWeight(Weight.EQUAL)
            val after = model.state.until("another split") { it.statement?.lines != before.lines }
            assertEquals(before.total, after.statement?.total)
            assertEquals(Weight.EQUAL, after.weight)
            model.setMinimum(900, "EUR")
            model.state.until("too small to send") { state -> state.statement?.lines.orEmpty().any { it.reason == "too_small" } }
        }

    @Test
    fun `nothing is promised before the recovery words are kept`() =
        story {
            val (session, _) = planner()
            val model = PaymentModel(session, "2026-09")
            val asked = model.state.until("the words are owed") { it.phase == Phase.Ready }
            assertEquals(RecoveryDuty.REQUIRED, asked.duty)
            model.confirm()
            model.state.until("the answer") { !it.busy }
            assertTrue(model.state.value.confirmed.not())
            keepWords(session)
            model.reload()
            model.state.until("the words are kept") { it.duty == RecoveryDuty.NONE }
            model.confirm()
            val promised = model.state.until("the promise") { it.confirmed }
            assertEquals(StatementState.COMMITTED, promised.statement?.state)
            assertEquals(promised.statement?.lines, PaymentModel(session, "2026-09").state.until("the same again") { it.phase == Phase.Ready }.statement?.lines)
        }

    @Test
    fun `paying hands over what it cannot pay itself, and says for each line what became of it`() =
        story {
            val (session, plan) = planner()
            keepWords(session)
            val model = PaymentModel(session, "2026-09")
            model.state.until("the plan") { it.phase == Phase.Ready }
            model.confirm()
            model.state.until("the promise") { it.confirmed }
            model.settle(waitMs = 0)
            val ended = model.state.until("the end") { it.run.ended != null && it.handOffs.isNotEmpty() }
            assertEquals(SettleEnd.DONE, ended.run.ended)
            val statement = assertNotNull(ended.statement)
            val handed = statement.lines.filter { it.outcome == Outcome.HAND_OFF }
            assertTrue(handed.isNotEmpty() && handed.all { it.state == LineState.HANDED_OFF && it.paidMinor == 0L })
            assertEquals(handed.map { it.lineNo }.toSet(), ended.handOffs.map { it.lineNo }.toSet())
            assertIs<SettleProgress.HandedOff>(ended.run.steps.getValue(handed.first().lineNo))
            val summary = statement.summary
            assertEquals(statement.total.amountMinor, summary.paidMinor + summary.handedOffMinor + summary.carriedMinor + summary.feesMinor)
            val transfer = ended.handOffs.first { it.link.startsWith("payto:") }
            assertTrue(transfer.amountFilled && assertNotNull(transfer.epc).startsWith("BCD"))
            plan.state.until("the split shows it") { it.statement?.state != StatementState.DRAFT }
            val book = AccountsModel(session).state.until("the book") { it.phase == Phase.Ready }
            assertEquals(0L, book.ledger?.sumMinor)
        }

    @Test
    fun `without a connection planning goes on and paying says why it waits`() =
        story {
            val (session, model) = planner()
            keepWords(session)
            connection = ConnectivityState.OFFLINE
            model.setBudget(2000, "EUR")
            model.state.until("a preview") { it.statement?.total?.amountMinor == 2000L }
            model.cancel()
            val payment = PaymentModel(session, "2026-09")
            payment.state.until("the plan") { it.phase == Phase.Ready }
            payment.confirm()
            payment.state.until("the promise") { it.confirmed }
            payment.settle(waitMs = 0)
            assertEquals("offline", payment.state.until("the reason") { it.problem != null && !it.run.running }.problem?.name)
            connection = ConnectivityState.UNMETERED
            payment.settle(waitMs = 0)
            payment.state.until("it continues") { it.run.ended == SettleEnd.DONE && it.problem == null }
        }

    @Test
    fun `a feed that is gone is named and the others are read`() =
        story {
            val model = PayeesModel(listener())
            model.discover(listOf("$origin/nachtzug.xml", "$origin/no-such-feed.xml"))
            val found = model.state.until("both answered") { !it.searching && it.looks?.size == 2 }
            val looks = found.looks.orEmpty().associateBy { it.feed.substringAfterLast('/') }
            assertEquals(1u, looks.getValue("nachtzug.xml").payees)
            assertNotNull(looks.getValue("no-such-feed.xml").problem)
            assertEquals(emptyList(), found.changes)
        }
}
