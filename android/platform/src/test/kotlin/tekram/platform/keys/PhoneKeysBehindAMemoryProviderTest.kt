package tekram.platform.keys

import kotlinx.coroutines.runBlocking
import java.security.GeneralSecurityException
import kotlin.random.Random
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** The wrapping around the key hardware; the hardware itself is a stand-in here and is tried on a phone. */
class PhoneKeysBehindAMemoryProviderTest {
    private val hardware = MemoryKeys()
    private val keys = PhoneKeys(hardware, { setUp })
    private var setUp: Guard? = Guard.Biometric
    private val vaultKey = Random(7).nextBytes(32)

    @Test
    fun `what was wrapped opens after the person was asked`() =
        runBlocking {
            var asked = 0
            val wrapped = keys.wrap(NAME, vaultKey)
            assertEquals(0, asked, "making a way in waits for nobody")
            assertContentEquals(vaultKey, keys.open(wrapped) { _, _ -> asked++ })
            assertEquals(1, asked)
        }

    @Test
    fun `a person who turns away opens nothing`() {
        val wrapped = keys.wrap(NAME, vaultKey)
        assertFailsWith<KeyFailure.Cancelled> { runBlocking { keys.open(wrapped) { _, _ -> throw KeyFailure.Cancelled() } } }
    }

    @Test
    fun `a key that new biometrics destroyed is gone, and says so`() {
        val wrapped = keys.wrap(NAME, vaultKey)
        hardware.keys.clear()
        assertFailsWith<KeyFailure.Gone> { runBlocking { keys.open(wrapped) { _, _ -> } } }
    }

    @Test
    fun `wrapping again leaves the older bytes openable, and removing ends both`() =
        runBlocking {
            val older = keys.wrap(NAME, vaultKey)
            val newer = keys.wrap(NAME, vaultKey)
            val other = keys.wrap("tekram.other.1", vaultKey)
            assertFalse(older.contentEquals(newer))
            assertContentEquals(vaultKey, keys.open(older) { _, _ -> })
            assertTrue(keys.exists(NAME))
            keys.remove(NAME)
            assertFalse(keys.exists(NAME))
            assertFailsWith<KeyFailure.Gone> { keys.open(older) { _, _ -> } }
            assertFailsWith<KeyFailure.Gone> { keys.open(newer) { _, _ -> } }
            assertContentEquals(vaultKey, keys.open(other) { _, _ -> })
        }

    @Test
    fun `a name that another name begins with is another name`() {
        keys.wrap("tekram.a.12", vaultKey)
        assertFalse(keys.exists("tekram.a.1"))
    }

    @Test
    fun `a key keeps the guard that it was made with`() =
        runBlocking {
            val older = keys.wrap(NAME, vaultKey)
            setUp = Guard.ScreenLock
            val newer = keys.wrap(NAME, vaultKey)
            val asked = mutableListOf<Guard>()
            keys.open(older) { _, guard -> asked += guard }
            keys.open(newer) { _, guard -> asked += guard }
            assertEquals(listOf(Guard.Biometric, Guard.ScreenLock), asked)
        }

    @Test
    fun `a phone without a lock guards no key`() {
        setUp = null
        assertFailsWith<KeyFailure.NotSetUp> { keys.wrap(NAME, vaultKey) }
        assertTrue(hardware.keys.isEmpty())
    }

    @Test
    fun `the wrapped bytes hold neither key`() {
        val wrapped = keys.wrap(NAME, vaultKey)
        val hex = wrapped.joinToString("") { "%02x".format(it) }
        for (secret in listOf(vaultKey) + hardware.keys.values) {
            assertFalse(secret.joinToString("") { "%02x".format(it) } in hex)
        }
    }

    @Test
    fun `any changed byte is refused by name`() {
        val wrapped = keys.wrap(NAME, vaultKey)
        for (place in wrapped.indices) {
            val changed = wrapped.copyOf().also { it[place] = (it[place] + 1).toByte() }
            val failure = assertFailsWith<KeyFailure>("byte $place") { runBlocking { keys.open(changed) { _, _ -> } } }
            assertTrue(failure is KeyFailure.NotMine || failure is KeyFailure.Gone, "byte $place: ${failure.code}")
        }
    }

    @Test
    fun `no bytes from a file break the reader`() {
        val random = Random(11)
        repeat(5_000) {
            val bytes = random.nextBytes(random.nextInt(0, 80)).also { if (it.isNotEmpty()) it[0] = 1 }
            runCatching { SealedKey.of(bytes) }.onFailure { assertTrue(it is KeyFailure.NotMine, it.toString()) }
        }
    }

    @Test
    fun `a failure says nothing but its number`() {
        val failures = listOf(KeyFailure.Gone(), KeyFailure.PresenceNeeded(), KeyFailure.Cancelled(), KeyFailure.NotRecognised())
        assertEquals(failures.size, failures.map { it.code }.toSet().size)
        assertTrue(failures.all { it.message == "key failure ${it.code}" && it.cause !is GeneralSecurityException })
    }

    @Test
    fun `a number is kept beside the keys, the last one stands, and it goes with its name`() {
        assertNull(keys.keptNumber(NAME))
        keys.keepNumber(NAME, 7u)
        keys.keepNumber(NAME, ULong.MAX_VALUE)
        assertEquals(ULong.MAX_VALUE, keys.keptNumber(NAME))
        keys.keepNumber(NAME, 3u)
        assertEquals(3uL, keys.keptNumber(NAME))
        assertNull(keys.keptNumber("$NAME.other"))
        assertTrue(hardware.keys.isEmpty(), "nothing that opens")
        keys.remove(NAME)
        assertNull(keys.keptNumber(NAME))
    }

    private companion object {
        const val NAME = "tekram.4f1c.9a"
    }
}
