// View models against the real core: a folder of its own for each test, a main thread as an app has one, and waiting for
// a state instead of sleeping.
package tekram.ui

import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExecutorCoroutineDispatcher
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.newSingleThreadContext
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.resetMain
import kotlinx.coroutines.test.setMain
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.io.TempDir
import tekram.ffi.Agent
import tekram.ffi.AgentSettings
import tekram.ffi.KeyStore
import tekram.ui.start.Session
import java.nio.file.Path
import kotlin.test.fail
import kotlin.time.Duration.Companion.seconds

/** Passphrase of the profiles that [CoreTest.session] makes. */
const val TEST_PASSPHRASE = "four words in a row"

/** A test over the real core. */
@OptIn(ExperimentalCoroutinesApi::class, DelicateCoroutinesApi::class)
abstract class CoreTest {
    /** A folder of this test alone. */
    @TempDir
    lateinit var folder: Path

    /** The core, opened on that folder. */
    protected lateinit var agent: Agent

    /** The platform's key store, for tests of what it guards. */
    protected open val keyStore: KeyStore? = null
    private lateinit var main: ExecutorCoroutineDispatcher

    @BeforeEach
    fun openCore() {
        main = newSingleThreadContext("main")
        Dispatchers.setMain(main)
        val settings = AgentSettings(folder.resolve("vaults").toString(), emptyList(), null, emptyList(), "Europe/Berlin")
        agent = Agent.open(settings, keyStore, location = null, connectivity = null)
    }

    @AfterEach
    fun closeCore() {
        agent.shutDown()
        agent.close()
        Dispatchers.resetMain()
        main.close()
    }

    /** Plays [story] on the main thread, as a person's taps would be. */
    protected fun story(story: suspend () -> Unit): Unit = runBlocking { withTimeout(90.seconds) { withContext(Dispatchers.Main) { story() } } }

    /** A new profile, unlocked. */
    protected suspend fun session(name: String = "Home"): Session = Session(agent.createPersona(name, TEST_PASSPHRASE))

    /** Waits until the state fulfils [condition], and returns it. */
    protected suspend fun <S> StateFlow<S>.until(
        what: String,
        condition: (S) -> Boolean,
    ): S = withTimeoutOrNull(30.seconds) { first(condition) } ?: fail("waited for: $what; the state is $value")
}
