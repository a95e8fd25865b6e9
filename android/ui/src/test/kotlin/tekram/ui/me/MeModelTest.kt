// Me against the real core: recovery words, ways in, profiles, what left and taking everything along.
package tekram.ui.me

import org.junit.jupiter.api.Test
import tekram.ffi.HostException
import tekram.ffi.KeyStore
import tekram.ffi.RecoveryDuty
import tekram.ffi.WayInKind
import tekram.ui.CoreTest
import tekram.ui.FailingDevice
import tekram.ui.TEST_PASSPHRASE
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.start.AppModel
import tekram.ui.start.AppPhase
import tekram.ui.start.Session
import java.io.File
import java.util.zip.ZipFile
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

class MeModelTest : CoreTest() {
    /** Guards nothing: what it wraps is the key itself. */
    private class UnguardedKeys : KeyStore {
        val names = mutableSetOf<String>()
        private val numbers = mutableMapOf<String, ULong>()

        override fun wrap(
            name: String,
            key: ByteArray,
        ): ByteArray {
            names += name
            return key
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

    private val keys = UnguardedKeys()
    override val keyStore: KeyStore get() = keys
    private val forgotten = mutableListOf<String>()
    private val device =
        object : PlainDevice() {
            override fun forgot(profile: String) {
                forgotten += profile
            }
        }
    private val app by lazy { AppModel(agent, device) }

    private suspend fun open(name: String = "Home"): Session {
        app.opened(agent.createPersona(name, TEST_PASSPHRASE))
        return checkNotNull(app.session)
    }

    private suspend fun me(session: Session): MeModel = MeModel(session, app).apply { state.until("the profile") { it.phase == Phase.Ready } }

    private suspend fun ways(session: Session): WaysModel = WaysModel(session).apply { state.until("the ways in") { it.phase == Phase.Ready } }

    private suspend fun WaysModel.ended() = state.until("the end of it") { !it.busy && (it.done != null || it.failure != null) }

    private suspend fun RecoveryModel.written(): List<String> {
        state.until("the ways in") { it.phase == Phase.Ready }
        show()
        val words = checkNotNull(state.until("the words") { it.shown != null && !it.busy }.shown).words
        ask()
        state.until("the questions") { it.questions.isNotEmpty() && !it.busy }
        return words
    }

    private suspend fun RecoveryModel.checked(words: List<String>) {
        check(state.value.questions.map { words[it - 1] })
        state.until("the words are in use") { it.done && !it.busy }
    }

    @Test
    fun `recovery words are due before money until they were checked`() =
        story {
            val session = open()
            assertEquals(RecoveryDuty.REQUIRED, session.persona.recoveryDuty(aboutToPay = true))
            val model = RecoveryModel(session)
            val words = model.written()
            assertEquals(24, words.size)
            assertNull(model.state.value.shown)
            val questions = model.state.value.questions
            assertTrue(questions.size >= 3 && questions.all { it in 1..24 })
            val wrong = questions.map { words[it - 1] }.toMutableList()
            wrong[1] = if (wrong[1] == "zoo") "zone" else "zoo"
            model.check(wrong)
            assertEquals(questions[1], model.state.until("a wrong word") { it.failure != null && !it.busy }.wrong)
            assertEquals(RecoveryDuty.REQUIRED, session.persona.recoveryDuty(aboutToPay = true))
            if (model.state.value.questions
                    .isEmpty()
            ) {
                model.ask()
            }
            model.checked(words)
            assertEquals(RecoveryDuty.NONE, session.persona.recoveryDuty(aboutToPay = true))
            assertEquals(RecoveryDuty.NONE, me(session).state.value.duty)
        }

    @Test
    fun `words that were not checked yet are shown again and stay out of texts`() =
        story {
            val model = RecoveryModel(open())
            val words = model.written()
            model.show()
            val again = model.state.until("the words again") { it.shown != null && !it.busy }
            assertEquals(words, again.shown?.words)
            // A field may be called like one of the 2,048 words ("busy").
            val values = Regex("\\w+\\b(?!=)").findAll(again.toString()).map { it.value }.toSet()
            assertTrue(values.intersect(words.toSet()).isEmpty())
            model.hide()
            assertNull(model.state.value.shown)
        }

    @Test
    fun `a changed passphrase opens and the old one no longer does`() =
        story {
            val session = open()
            val model = ways(session)
            model.changePassphrase("not the passphrase", "a new passphrase")
            assertEquals("wrong_passphrase", model.ended().failure?.name)
            model.changePassphrase(TEST_PASSPHRASE, "a new passphrase")
            assertEquals(WayDone.Changed, model.ended().done)
            val id = session.persona.id()
            session.end()
            val old = attempt { agent.unlockWithPassphrase(id, TEST_PASSPHRASE) }
            assertEquals("wrong_passphrase", old.exceptionOrNull()?.shown()?.name)
            agent.unlockWithPassphrase(id, "a new passphrase").close()
        }

    @Test
    fun `the last way in stays and another makes it removable`() =
        story {
            val session = open()
            val model = ways(session)
            val passphrase =
                model.state.value.ways
                    .single()
            model.remove(passphrase.name)
            assertEquals("last_way_in", model.ended().failure?.name)
            model.addDevice()
            assertEquals(WayDone.Added, model.ended().done)
            assertEquals(1, keys.names.size)
            model.remove(passphrase.name)
            assertEquals(WayDone.Removed, model.ended().done)
            assertIs<WayInKind.KeyStore>(
                model.state.value.ways
                    .single()
                    .kind,
            )
            model.addPassphrase("another passphrase")
            assertTrue(model.ended().ways.any { it.kind is WayInKind.Passphrase })
        }

    @Test
    fun `a profile is renamed and two cannot have one name`() =
        story {
            agent.createPersona("Shop", TEST_PASSPHRASE).close()
            val model = me(open())
            model.rename(" Holiday ")
            assertEquals("Holiday", model.state.until("the new name") { it.name == "Holiday" && !it.busy }.name)
            model.rename("Shop")
            assertEquals("vault_exists", model.state.until("a refusal") { it.failure != null && !it.busy }.failure?.name)
        }

    @Test
    fun `another profile is deleted and then the open one`() =
        story {
            val other = agent.createPersona("Shop", TEST_PASSPHRASE)
            val otherId = other.id()
            other.lock()
            val model = me(open())
            model.delete(otherId)
            model.state.until("one profile") { it.personas.size == 1 && !it.busy }
            val openId = model.state.value.id
            model.delete(openId)
            app.state.until("the first run") { it.phase == AppPhase.FirstRun }
            assertEquals(emptyList(), agent.personas())
            assertEquals(listOf(otherId, openId), forgotten, "the device knows neither any longer")
        }

    @Test
    fun `a profile that cannot be deleted is still there, and the lock says why`() =
        story {
            val session = open()
            val model = me(session)
            val header = folder.toFile().walk().first { it.name == "header.json" }
            // Something that no vault has in this place: the keys cannot be destroyed, so nothing is.
            val obstacle = header.resolveSibling("header.json.new").resolve("kept").apply { assertTrue(mkdirs()) }
            model.delete(model.state.value.id)
            val locked = app.state.until("the lock") { it.phase is AppPhase.Locked }
            assertEquals("Home", locked.notDeleted?.name)
            assertEquals("vault", locked.notDeleted?.why?.room)
            assertTrue(forgotten.isEmpty(), "it is still there")
            obstacle.parentFile.deleteRecursively()
            app.opened(agent.unlockWithPassphrase(agent.personas().single().id, TEST_PASSPHRASE))
            assertNull(app.state.value.notDeleted)
        }

    @Test
    fun `switching locks this profile and turns to the other`() =
        story {
            val other = agent.createPersona("Shop", TEST_PASSPHRASE)
            val otherId = other.id()
            other.lock()
            val session = open()
            me(session).switchTo(otherId)
            val locked = app.state.until("the lock") { it.phase is AppPhase.Locked }
            assertEquals(otherId, locked.chosen)
            assertEquals("locked", attempt { session.persona.name() }.exceptionOrNull()?.shown()?.name)
        }

    @Test
    fun `nothing has left a new profile and it talks to nobody`() =
        story {
            val session = open()
            val shared = SharedModel(session)
            shared.items.rows.until("what left") { it.phase == Phase.Empty }
            assertNull(
                shared.items.rows.value
                    .record("none"),
            )
            NetworksModel(session).state.until("the hosts") { it.phase == Phase.Empty }
            session.end()
            NetworksModel(session).state.until("the lock") { it.phase == Phase.Locked }
        }

    @Test
    fun `everything is written where the person chose and nowhere when they turned away`() =
        story {
            var chosen: String? = null
            val device =
                object : PlainDevice() {
                    override suspend fun newFile(suggestedName: String): String? = chosen
                }
            val model = MeExportModel(open())
            assertNotNull(model.state.until("what there is") { it.phase == Phase.Ready }.holdings)
            model.export(Takeout.History, device)
            assertNull(model.state.until("nothing was chosen") { it.busy == null }.done)
            val history = folder.resolve("history.jsonl").toFile()
            chosen = history.path
            model.export(Takeout.History, device)
            model.state.until("the history is written") { it.done == Takeout.History }
            assertTrue(history.isFile)
            val archive = File(folder.toFile(), "agreements.zip")
            chosen = archive.path
            model.export(Takeout.Agreements, device)
            model.state.until("the agreements are written") { it.done == Takeout.Agreements }
            ZipFile(archive).use { assertEquals(0, it.size()) }
        }

    @Test
    fun `what did not get where it was wanted is not called saved`() =
        story {
            val model = MeExportModel(open())
            for (what in Takeout.entries) {
                val device = FailingDevice(folder)
                model.export(what, device)
                val failed = model.state.until("$what is refused") { it.busy == null && it.failure != null }
                assertEquals("file_not_saved", failed.failure?.name)
                assertNull(failed.done)
                assertEquals(device.offered, device.letGo)
            }
        }
}
