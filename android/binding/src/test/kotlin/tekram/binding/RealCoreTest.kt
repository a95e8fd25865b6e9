// The binding against the real library: changes arrive as scopes, a listener ends with its collector, work fails with a
// number and a name, and nothing waits for ever.
package tekram.binding

import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import tekram.ffi.Agent
import tekram.ffi.AgentSettings
import tekram.ffi.Money
import tekram.ffi.Persona
import tekram.ffi.RulesChange
import tekram.ffi.TekramException
import java.nio.file.Path
import kotlin.io.path.writeText
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class RealCoreTest {
    @TempDir
    lateinit var folder: Path

    private fun withPersona(story: suspend (Persona) -> Unit) =
        runBlocking {
            val agent = Agent.open(AgentSettings(folder.resolve("vaults").toString(), emptyList(), null, emptyList(), "Europe/Berlin"), null, null, null)
            try {
                withTimeout(60.seconds) { story(agent.createPersona("Home", "four words in a row")) }
            } finally {
                agent.shutDown()
                agent.close()
            }
        }

    private fun budget(euros: Long) = RulesChange(Money(euros * 100, "EUR"), null, null, null, null)

    @Test
    fun `a change tells its scope`() =
        withPersona { persona ->
            val heard =
                coroutineScope {
                    val first = async { persona.changedScopes().first() }
                    while (!first.isCompleted) {
                        persona.changeRules(budget((1..500L).random()))
                        delay(50.milliseconds)
                    }
                    first.await()
                }
            assertTrue(heard.isNotEmpty())
        }

    @Test
    fun `a listener ends with its collector`() =
        withPersona { persona ->
            coroutineScope {
                repeat(50) {
                    val job = launch { persona.changedScopes().collect {} }
                    delay(2.milliseconds)
                    job.cancelAndJoin()
                }
            }
            persona.changeRules(budget(10))
            assertEquals("Home", persona.name())
        }

    @Test
    fun `work that fails says which error it was`() =
        withPersona { persona ->
            val file = folder.resolve("nothing-known.txt").apply { writeText("no listening here") }
            val task = persona.startImport(file.toString())
            val error = assertFailsWith<TekramException.Failed> { Work(task, task::next, task::finish, task::cancel).run() }
            assertEquals("unknown_format", error.name)
            assertTrue(error.code > 0u)
        }

    @Test
    fun `a locked persona says so`() =
        withPersona { persona ->
            persona.lock()
            assertEquals("locked", assertFailsWith<TekramException.Failed> { persona.holdings() }.name)
        }
}
