// How a profile looks and locks, its key and its record, against the real core.
package tekram.ui.vault

import org.junit.jupiter.api.Test
import tekram.ffi.WayInKind
import tekram.ui.CoreTest
import tekram.ui.TEST_PASSPHRASE
import tekram.ui.common.Phase
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.start.AppModel
import tekram.ui.start.AppPhase
import tekram.ui.start.Session
import tekram.ui.start.StartModel
import java.io.File
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

class ProfileModelsTest : CoreTest() {
    private val device = PickingDevice(files = null)

    private suspend fun KeyChangeModel.ready() = state.until("the ways") { it.phase == Phase.Ready }

    @Test
    fun `what a person lets be seen is seen while it is locked, and nothing else`() =
        story {
            val session = session("Home")
            val model = FaceModel(session, device)
            model.state.until("the face") { it.phase == Phase.Ready }
            model.setColour(0x6D5AAEu)
            model.state.until("the colour") { it.value?.colour == 0x6D5AAEu && !it.busy }
            device.chosenPicture = somePicture
            model.choosePicture()
            assertContentEquals(somePicture, model.state.until("the picture") { it.value?.avatar != null && !it.busy }.value?.avatar)
            model.showWhileLocked(name = false, colour = true, picture = false)
            model.state.until("the choice") { it.value?.showsName == false && !it.busy }
            session.end()
            val locked = agent.personas().single()
            assertEquals("" to 0x6D5AAEu, locked.name to locked.colour)
            assertNull(locked.avatar)
            val again = Session(agent.unlockWithPassphrase(locked.id, TEST_PASSPHRASE))
            val face = again.persona.face()
            assertEquals("Home", face.name)
            assertContentEquals(somePicture, face.avatar)
            again.end()
        }

    @Test
    fun `a picture that is too large is refused by the core and the old one stays`() =
        story {
            val session = session()
            val model = FaceModel(session, device)
            device.chosenPicture = ByteArray(PICTURE_LIMIT_BYTES + 1)
            model.choosePicture()
            assertEquals("avatar_too_large", model.state.until("a refusal") { it.failure != null && !it.busy }.failure?.name)
            assertNull(model.state.value.value?.avatar)
            session.end()
        }

    @Test
    fun `nobody touched it, so the app stands at its lock and says why`() =
        story {
            val app = AppModel(agent, device)
            app.opened(session().persona)
            val model = LockingModel(checkNotNull(app.session))
            model.state.until("the times") { it.phase == Phase.Ready }
            model.lockAfter(1u)
            model.state.until("the time") { it.value?.autoLockS == 1u && !it.busy }
            val locked = app.state.until("the lock") { it.phase is AppPhase.Locked }
            assertTrue(locked.lockedItself)
            assertNull(app.session)
        }

    @Test
    fun `a profile that brings its own time keeps it`() =
        story {
            val session = session()
            session.persona.setAutoLock(60u)
            assertEquals(60u, session.persona.withLockRule().autoLockS())
            session.end()
        }

    @Test
    fun `a touch puts the lock off`() =
        story {
            val app = AppModel(agent, device)
            app.opened(session().persona)
            val persona = checkNotNull(app.session).persona
            persona.setAutoLock(4u)
            repeat(6) {
                kotlinx.coroutines.delay(1_000)
                app.touched()
            }
            assertFalse(persona.isLocked(), "touched all the time")
            app.lock()
            app.state.until("the lock screen") { it.phase is AppPhase.Locked }
        }

    @Test
    fun `wiping is off until it is chosen, and holds from then on`() =
        story {
            val session = session()
            val model = LockingModel(session)
            assertNull(model.state.until("the times") { it.phase == Phase.Ready }.value?.wipeAfter)
            model.wipeAfter(10u)
            model.state.until("the choice") { it.value?.wipeAfter == 10u && !it.busy }
            model.wipeAfter(2u)
            model.state.until("five at least, says the core") { it.value?.wipeAfter == 5u && !it.busy }
            model.wipeAfter(null)
            model.state.until("off") { it.value?.wipeAfter == null && !it.busy }
            session.end()
        }

    @Test
    fun `after wrong passphrases the lock counts down and then lets go on`() =
        story {
            val session = session()
            session.end()
            val app = AppModel(agent, device)
            val start = StartModel(agent, device, app::opened)
            start.lockedWith(agent.personas())
            // The first few are free; how many is the core's to say.
            var tries = 0
            do {
                start.unlock("wrong ${tries++}")
                val answer = start.state.until("an answer") { !it.busy && it.failure != null }
            } while (answer.refusal?.name == "wrong_passphrase" && tries < 9)
            val waiting = start.state.value
            assertEquals("wait", waiting.refusal?.name)
            assertTrue(waiting.waitSeconds > 0, "$waiting")
            assertNull(start.state.until("the end of it") { it.waitSeconds == 0L }.failure)
            start.unlock(TEST_PASSPHRASE)
            app.state.until("an open profile") { it.phase is AppPhase.Open }
            app.lock()
            app.state.until("the lock screen") { it.phase is AppPhase.Locked }
        }

    @Test
    fun `a new key leaves out the way that went and keeps the other`() =
        story {
            val session = session()
            val words = session.persona.newRecoveryPhrase().words()
            val questions = session.persona.recoveryQuestions()
            session.persona.checkRecoveryPhrase(questions, questions.map { words[it.toInt() - 1] })
            val model = KeyChangeModel(session)
            val ways = model.ready().ways
            ways.forEach { model.keep(it.name, stays = false) }
            assertFalse(model.state.value.opensAfterwards)
            model.start()
            assertFalse(model.state.value.working, "something has to open it")
            val phrase = ways.first { it.kind is WayInKind.RecoveryPhrase }
            model.keep(ways.first { it != phrase }.name, stays = true)
            model.start()
            val done = checkNotNull(model.state.until("the new key") { it.done != null || it.failure != null }.done)
            assertEquals(listOf(phrase.name), done.gone.map { it.name })
            val id = session.persona.id()
            session.end()
            assertEquals("no_such_way_in", attempt { agent.unlockWithRecoveryPhrase(id, words.joinToString(" ")) }.exceptionOrNull()?.shown()?.name)
            agent.unlockWithPassphrase(id, TEST_PASSPHRASE).lock()
        }

    @Test
    fun `the record is filtered and searched, checked and saved, and a text is destroyed while it still holds`() =
        story {
            val session = session()
            session.persona.addPassphrase("another of them")
            session.persona.rename("Holiday")
            val model = AuditModel(session)

            fun kinds() = model.items.rows.value.let { rows -> (0 until rows.count).mapNotNull { rows[it]?.kind } }
            model.items.rows.until("the record") { it.phase == Phase.Ready }
            assertEquals("begun", kinds().last())
            model.show(AuditFilter.Ways)
            model.items.rows.until("ways alone") { kinds().isNotEmpty() && kinds().all { it in AuditFilter.Ways.kinds } }
            model.search("no entry says this")
            model.items.rows.until("nothing") { it.phase == Phase.Empty }
            model.search("")
            model.show(AuditFilter.All)
            model.items.rows.until("all again") { "begun" in kinds() }
            val added = (0 until model.items.rows.value.count).mapNotNull { model.items.rows.value[it] }.first { it.kind == "way_added" }
            model.destroy(added.number)
            model.items.rows.until("destroyed") { it.number(added.number.toString())?.destroyed == true }
            model.state.until("the end of it") { !it.busy }
            model.verify()
            val report = checkNotNull(model.state.until("a report") { it.report != null }.report)
            assertTrue(report.breaks.isEmpty())
            assertEquals(1u, report.destroyed)
            val file = folder.resolve("audit.jsonl").toFile()
            device.saveTo = file.path
            model.export(device)
            val exported = checkNotNull(model.state.until("the file") { it.exported != null }.exported)
            assertTrue(exported >= report.entries && File(file.path).readLines().size >= exported.toInt())
            session.end()
        }

    @Test
    fun `a whole profile is found to be whole`() =
        story {
            val session = session()
            val model = CheckModel(session)
            model.start()
            val state = model.state.until("the end") { !it.working && (it.faults != null || it.failure != null) }
            assertEquals(emptyList(), state.faults)
            session.end()
        }
}
