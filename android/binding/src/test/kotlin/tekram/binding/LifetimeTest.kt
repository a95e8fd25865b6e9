// How long things live between Kotlin and the core: opened and closed many times, left while they work, used after their end,
// from many threads, with hosts that throw or block. Nothing crashes, nothing grows, and each refusal is an error with a name.
// `-Dlifetime.cycles=10000` makes the long run of it.
package tekram.binding

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import tekram.ffi.Agent
import tekram.ffi.AgentSettings
import tekram.ffi.ChangeListener
import tekram.ffi.HistoryQuery
import tekram.ffi.KeyStore
import tekram.ffi.LocationSource
import tekram.ffi.Money
import tekram.ffi.Persona
import tekram.ffi.RulesChange
import tekram.ffi.TekramException
import tekram.ffi.WantDraft
import java.io.File
import java.nio.file.Path
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.microseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

class LifetimeTest {
    @TempDir
    lateinit var folder: Path

    private val cycles = Integer.getInteger("lifetime.cycles", FEW)
    private val everything = HistoryQuery(null, null, null, null, null)

    private fun open(
        keys: KeyStore? = OpenKeys(),
        place: LocationSource? = null,
    ): Agent = Agent.open(AgentSettings(folder.resolve("vaults").toString(), emptyList(), null, emptyList(), "Europe/Berlin"), keys, place, null)

    private fun end(agent: Agent) {
        agent.shutDown()
        agent.close()
    }

    /** An agent with one open persona, which is ended afterwards. */
    private fun withPersona(
        place: LocationSource? = null,
        story: suspend CoroutineScope.(Agent, Persona) -> Unit,
    ) {
        val agent = open(place = place)
        try {
            runBlocking { withTimeout(5.minutes) { story(agent, agent.createPersonaWithKeyStore("Home", "phone")) } }
        } finally {
            end(agent)
        }
    }

    private fun refusal(call: () -> Unit): String = assertFailsWith<TekramException.Failed> { call() }.name

    private fun budget(euros: Long) = RulesChange(Money(euros * 100, "EUR"), null, null, null, null)

    private fun draft() = WantDraft("Reading lamp", null, 1u, null, null, null, 5u, 24u, "PDC-INTENT", false, listOf("wss://board.example.invalid"))

    /** Runs [cycle] so often, and holds what the process has after the first part of them against what it has at the end. */
    private fun nothingGrows(
        what: String,
        times: Int,
        cycle: (Int) -> Unit,
    ) {
        assumeTrue(File("/proc/self/status").canRead(), "skipped: only Linux says what a process holds")
        val warm = maxOf(times / WARM_PART, MOST_WARM.coerceAtMost(times))
        repeat(warm, cycle)
        val before = Held.now()
        repeat(times) { cycle(warm + it) }
        val after = Held.now()
        println("$what: $times times after $warm; before $before, after $after")
        assertTrue(after.residentKb - before.residentKb < RESIDENT_KB, "$what: resident memory grew from $before to $after")
        assertTrue(after.heapKb - before.heapKb < HEAP_KB, "$what: the heap grew from $before to $after")
        assertTrue(after.threads - before.threads < FEW_THREADS, "$what: threads grew from $before to $after")
        assertTrue(after.files - before.files < FEW_FILES, "$what: open files grew from $before to $after")
    }

    @Test
    fun `opening and closing leaves nothing behind`() {
        val id = open().let { agent -> runBlocking { agent.createPersonaWithKeyStore("Home", "phone").use { it.id() } }.also { end(agent) } }
        nothingGrows("open, unlock, listen, lock, close", cycles) { number ->
            val agent = open()
            val persona = runBlocking { agent.unlockWithKeyStore(id) }
            val heard = AtomicInteger()
            val subscription =
                persona.onChange(
                    object : ChangeListener {
                        override fun changed(scopes: List<String>) {
                            heard.incrementAndGet()
                        }
                    },
                )
            assertEquals("Home", persona.name())
            // Some leave in order, some are only let go: then the core's end of them goes with the agent.
            if (number % 2 == 0) {
                subscription.cancel()
                subscription.close()
                persona.lock()
                persona.close()
            }
            end(agent)
        }
    }

    @Test
    fun `calls that are left while they work leave nothing behind`() =
        withPersona { _, persona ->
            val random = Random(SEED)
            nothingGrows("left calls", cycles) {
                runBlocking {
                    val call = launch(Dispatchers.IO, CoroutineStart.UNDISPATCHED) { persona.days(everything, null, 20u) }
                    delay(random.nextInt(LONGEST_WAIT_US).microseconds)
                    call.cancelAndJoin()
                }
            }
            assertEquals(emptyList(), persona.days(everything, null, 20u).days)
        }

    @Test
    fun `listeners that come and go leave nothing behind`() =
        withPersona { _, persona ->
            nothingGrows("listeners", cycles) { number ->
                runBlocking {
                    val listening = launch(Dispatchers.IO) { persona.changedScopes().collect {} }
                    if (number % CHANGE_EVERY == 0) persona.changeRules(budget(1L + number % 500))
                    listening.cancelAndJoin()
                }
            }
        }

    @Test
    fun `what is over says so with an error that has a name`() {
        val agent = open()
        val persona = runBlocking { agent.createPersonaWithKeyStore("Home", "phone") }
        val id = persona.id()
        persona.lock()
        assertEquals("locked", refusal { persona.holdings() })
        assertEquals("locked", refusal { runBlocking { persona.days(everything, null, 20u) } })
        agent.shutDown()
        assertEquals("closed", refusal { agent.personas() })
        assertEquals("closed", refusal { runBlocking { agent.unlockWithKeyStore(id) } })
        assertTrue(refusal { persona.holdings() } in setOf("locked", "closed"))
        persona.close()
        agent.close()
        // The handle itself is gone: Kotlin's own error, before the core is asked.
        assertFailsWith<IllegalStateException> { persona.holdings() }
        assertFailsWith<IllegalStateException> { agent.personas() }
        agent.close()
    }

    @Test
    fun `many threads call one persona while it is locked under them`() =
        withPersona { agent, persona ->
            val strange = ConcurrentLinkedQueue<Throwable>()
            val answered = AtomicInteger()
            val began = CountDownLatch(THREADS)
            val threads =
                List(THREADS) { number ->
                    thread {
                        began.countDown()
                        repeat(CALLS_OF_A_THREAD) { call ->
                            try {
                                when ((number + call) % 4) {
                                    0 -> persona.holdings()
                                    1 -> persona.changeRules(budget(1L + call))
                                    2 -> runBlocking { persona.days(everything, null, 5u) }
                                    else -> agent.personas()
                                }
                                answered.incrementAndGet()
                            } catch (refused: TekramException.Failed) {
                                if (refused.name !in setOf("locked", "closed")) strange += refused
                            } catch (
                                @Suppress("TooGenericExceptionCaught") other: Throwable,
                            ) {
                                strange += other
                            }
                        }
                    }
                }
            began.await()
            while (answered.get() < THREADS) Thread.onSpinWait()
            persona.lock()
            threads.forEach(Thread::join)
            assertEquals(emptyList(), strange.toList())
            assertEquals("locked", refusal { persona.holdings() })
        }

    @Test
    fun `a key store that throws is a failure of the host, without its text`() {
        val id = open().let { agent -> runBlocking { agent.createPersonaWithKeyStore("Home", "phone").use { it.id() } }.also { end(agent) } }
        val agent = open(ThrowingKeys())
        val refused = assertFailsWith<TekramException.Failed> { runBlocking { agent.unlockWithKeyStore(id) } }
        assertEquals("host_failed", refused.name)
        assertTrue("secret" !in "$refused ${refused.message} ${refused.params}")
        end(agent)
        val healthy = open()
        assertEquals("Home", runBlocking { healthy.unlockWithKeyStore(id).use { it.name() } }, "the vault is whole")
        end(healthy)
    }

    @Test
    fun `a source of positions that throws is a failure of the host`() =
        withPersona(ThrowingPlace()) { _, persona ->
            val refused = assertFailsWith<TekramException.Failed> { persona.compose(draft()) }
            assertEquals("host_failed", refused.name)
            assertTrue("secret" !in "$refused ${refused.message} ${refused.params}")
            assertEquals(emptyList(), persona.intents())
        }

    @Test
    fun `while a host blocks, everything else goes on, and the end is not held up`() {
        val place = BlockedPlace()
        withPersona(place) { agent, persona ->
            val composing = async(Dispatchers.IO) { runCatching { persona.compose(draft()) } }
            place.asked.await()
            repeat(20) { persona.changeRules(budget(1L + it)) }
            assertEquals("Home", persona.name())
            withTimeout(20.seconds) { agent.shutDown() }
            place.letGo.countDown()
            val ended = withTimeout(20.seconds) { composing.await() }.exceptionOrNull()
            assertTrue(ended is TekramException.Failed && ended.name in setOf("closed", "locked", "host_failed", "no_position"), "$ended")
        }
    }

    @Test
    fun `listeners that throw or block do not stop the others`() =
        withPersona { _, persona ->
            val letGo = CountDownLatch(1)
            val heard = CountDownLatch(1)
            val listeners =
                listOf(
                    listener { error("a listener's own mistake") },
                    listener { letGo.await() },
                    listener { heard.countDown() },
                ).map(persona::onChange)
            persona.changeRules(budget(7))
            assertTrue(heard.await(20, TimeUnit.SECONDS), "the third one hears of it")
            assertEquals("Home", persona.name())
            letGo.countDown()
            listeners.forEach {
                it.cancel()
                it.close()
            }
        }

    private fun listener(on: () -> Unit) =
        object : ChangeListener {
            override fun changed(scopes: List<String>) = on()
        }

    private companion object {
        const val FEW = 60
        const val SEED = 20_261_123
        const val LONGEST_WAIT_US = 3_000
        const val CHANGE_EVERY = 10
        const val THREADS = 12
        const val CALLS_OF_A_THREAD = 40

        /** A tenth of the cycles come before the first look, and at least some: caches fill and code is compiled. */
        const val WARM_PART = 10
        const val MOST_WARM = 200

        /** What may come and go by itself. Ten thousand cycles that left one kilobyte each would be over it. */
        const val RESIDENT_KB = 48 * 1024
        const val HEAP_KB = 8 * 1024
        const val FEW_THREADS = 12
        const val FEW_FILES = 12
    }
}
