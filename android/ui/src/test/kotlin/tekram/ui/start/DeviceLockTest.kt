// The device's own lock and the recovery words as ways in, against the real core. The key store here guards nothing: it
// turns the bits around, so that the core's side of a platform key can be tried without one.
package tekram.ui.start

import org.junit.jupiter.api.Test
import tekram.ffi.HostException
import tekram.ffi.KeyStore
import tekram.ffi.WayInKind
import tekram.ui.CoreTest
import tekram.ui.common.AbsenceReason
import tekram.ui.common.NotPresent
import tekram.ui.common.PlainDevice
import tekram.ui.common.Presence
import kotlin.experimental.inv
import kotlin.test.assertEquals
import kotlin.test.assertIs

class DeviceLockTest : CoreTest() {
    private class UnguardedKeys : KeyStore {
        val names = mutableSetOf<String>()
        private val numbers = mutableMapOf<String, ULong>()

        override fun wrap(
            name: String,
            key: ByteArray,
        ): ByteArray {
            names += name
            return turned(key)
        }

        override fun unwrap(
            name: String,
            wrapped: ByteArray,
        ): ByteArray = throw HostException.PresenceNeeded()

        override fun remove(name: String) {
            names -= name
        }

        override fun exists(name: String) = name in names

        override fun keepNumber(
            name: String,
            number: ULong,
        ) {
            numbers[name] = number
        }

        override fun keptNumber(name: String) = numbers[name]
    }

    private class PresentPerson : PlainDevice() {
        var absent: AbsenceReason? = null
        val asked = mutableListOf<String>()

        override val presence =
            object : Presence {
                override val ready = true

                override suspend fun unwrap(
                    way: String,
                    profile: String,
                    wrapped: ByteArray,
                ): ByteArray {
                    asked += "$way of $profile"
                    absent?.let { throw NotPresent(it) }
                    return turned(wrapped)
                }
            }
    }

    private val keys = UnguardedKeys()
    override val keyStore: KeyStore get() = keys
    private val device = PresentPerson()
    private val app by lazy { AppModel(agent, device) }
    private val start by lazy { StartModel(agent, device, app::opened) }

    private suspend fun open() = app.state.until("an open profile") { it.phase is AppPhase.Open }

    private suspend fun lock() {
        app.lock()
        start.lockedWith((app.state.until("the lock") { it.phase is AppPhase.Locked }.phase as AppPhase.Locked).personas)
    }

    @Test
    fun `a profile that the device guards opens when the person is there`() =
        story {
            start.setName("Home")
            start.createWithDevice()
            open()
            lock()
            assertEquals(Unlocking.Device, start.state.value.unlocking)
            assertEquals(1, keys.names.size)
            start.unlockWithDevice()
            open()
            assertEquals(listOf("$DEVICE_WAY of Home"), device.asked)
        }

    @Test
    fun `nothing opens when the person turned away`() =
        story {
            start.setName("Home")
            start.createWithDevice()
            open()
            lock()
            device.absent = AbsenceReason.Cancelled
            start.unlockWithDevice()
            val failure = start.state.until("an absence") { it.failure != null }.failure
            assertEquals(StartFailure.Absent(AbsenceReason.Cancelled), failure)
            assertIs<AppPhase.Locked>(app.state.value.phase)
        }

    @Test
    fun `the recovery words open what they belong to and wrong ones do not`() =
        story {
            start.setName("Home")
            start.create("four words in a row")
            open()
            val persona = checkNotNull(app.session).persona
            val words = persona.newRecoveryPhrase().words()
            val questions = persona.recoveryQuestions()
            persona.checkRecoveryPhrase(questions, questions.map { words[it.toInt() - 1] })
            lock()
            assertEquals(
                setOf(WayInKind.Passphrase, WayInKind.RecoveryPhrase),
                start.state.value.persona
                    ?.ways
                    ?.map { it.kind }
                    ?.toSet(),
            )
            start.unlockBy(Unlocking.Words)
            start.unlockWithWords(words.reversed().joinToString(" "))
            start.state.until("a refusal") { it.failure is StartFailure.Refused }
            start.unlockWithWords(words.joinToString(" "))
            open()
        }
}

private fun turned(bytes: ByteArray) = ByteArray(bytes.size) { bytes[it].inv() }
