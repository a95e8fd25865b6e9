package tekram.platform.core

import kotlinx.coroutines.runBlocking
import tekram.ffi.Agent
import tekram.ffi.AgentSettings
import tekram.ffi.TekramException
import tekram.platform.diagnose.DiagnosticLog
import tekram.platform.keys.Guard
import tekram.platform.keys.KeyFailure
import tekram.platform.keys.MemoryKeys
import tekram.platform.keys.PhoneKeys
import java.nio.file.Files
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** The real core over the wrapping of keys; the key hardware itself is a stand-in here and is tried on a phone. */
class CoreKeyStoreBehindAMemoryProviderTest {
    private val folder = Files.createTempDirectory("core-keys").toFile()
    private val hardware = MemoryKeys()
    private var guard: Guard? = Guard.Biometric
    private val keys = PhoneKeys(hardware, { guard })
    private val diagnostics = DiagnosticLog(folder.resolve("log"))
    private val agent =
        Agent.open(
            AgentSettings(folder.resolve("vaults").path, emptyList(), null, emptyList(), "Europe/Berlin"),
            CoreKeyStore(keys, diagnostics),
            null,
            null,
        )

    @AfterTest
    fun tidy() {
        agent.shutDown()
        agent.close()
        folder.deleteRecursively()
    }

    private suspend fun made(): String = agent.createPersonaWithKeyStore("Home", WAY).run { id().also { lock() } }

    private suspend fun unlocked(id: String): String {
        val key = keys.open(agent.wrappedKey(id, WAY)) { _, _ -> }
        return agent.unlockWithKey(id, key).run { name().also { lock() } }
    }

    @Test
    fun `a profile made with the phone's lock opens with it after the person was asked`() =
        runBlocking {
            val id = made()
            assertEquals("Home", unlocked(id))
            assertEquals(1, hardware.keys.size)
        }

    @Test
    fun `the core never opens it by itself`() =
        runBlocking {
            val id = made()
            val refused = assertFailsWith<TekramException.Failed> { agent.unlockWithKeyStore(id) }
            assertTrue(refused.name.isNotEmpty())
        }

    @Test
    fun `after a new fingerprint the key is gone, and the passphrase still opens`() =
        runBlocking {
            val id = made()
            val key = keys.open(agent.wrappedKey(id, WAY)) { _, _ -> }
            agent.unlockWithKey(id, key).run {
                addPassphrase("four words in a row")
                lock()
            }
            hardware.keys.clear()
            assertFailsWith<KeyFailure.Gone> { keys.open(agent.wrappedKey(id, WAY)) { _, _ -> } }
            assertEquals("Home", agent.unlockWithPassphrase(id, "four words in a row").run { name().also { lock() } })
        }

    @Test
    fun `a phone without a lock refuses by a typed error, and nothing is left`() =
        runBlocking {
            guard = null
            assertFailsWith<TekramException.Failed> { agent.createPersonaWithKeyStore("Home", WAY) }
            assertTrue(agent.personas().isEmpty())
            assertTrue(hardware.keys.isEmpty())
            assertEquals("9 5", diagnostics.lines().last().substringAfter(' '))
        }

    @Test
    fun `removing the way in destroys its key`() =
        runBlocking {
            val id = made()
            val key = keys.open(agent.wrappedKey(id, WAY)) { _, _ -> }
            agent.unlockWithKey(id, key).run {
                addPassphrase("four words in a row")
                removeWay(WAY)
                lock()
            }
            assertTrue(hardware.keys.isEmpty())
            assertFalse(agent.personas().single().ways.any { it.name == WAY })
        }

    private companion object {
        const val WAY = "device"
    }
}
