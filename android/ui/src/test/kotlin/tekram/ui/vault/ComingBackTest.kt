// Backups, restoring, rescue, leaving and moving in, against the real core and real files.
package tekram.ui.vault

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import org.junit.jupiter.api.Test
import tekram.ffi.Persona
import tekram.ui.CoreTest
import tekram.ui.TEST_PASSPHRASE
import tekram.ui.common.Phase
import tekram.ui.start.AppModel
import tekram.ui.start.AppPhase
import tekram.ui.start.Session
import java.io.File
import java.io.RandomAccessFile
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

class ComingBackTest : CoreTest() {
    private val stick: File by lazy { folder.resolve("stick").toFile().apply { mkdirs() } }
    private val files by lazy { FilesFolder(stick) }
    private val device by lazy { PickingDevice(files) }
    private val arrived = mutableListOf<Persona>()

    private fun restoring() = RestoreModel(agent, device, CoroutineScope(Dispatchers.Main), arrived::add)

    private suspend fun backedUp(session: Session): BackupModel {
        val model = BackupModel(session, device)
        model.state.until("no plan") { it.phase == Phase.Ready }
        model.chooseFolder()
        model.state.until("the plan") { it.plan != null && !it.busy }
        model.start()
        model.state.until("a backup") { !it.working && (it.done != null || it.failure != null) }
        assertNull(model.state.value.failure)
        model.state.until("its age") { it.plan?.lastMs != null }
        return model
    }

    private suspend fun RestoreModel.found(): RestoreModel {
        begin()
        chooseFolder()
        choose(state.until("the backups") { it.step == RestoreStep.Files }.files.single())
        return this
    }

    private suspend fun RestoreModel.ended() = state.until("the end") { !it.working && (it.came != null || it.failure != null) }

    @Test
    fun `a backup goes to the chosen folder, its age is known, and the profile comes back from it`() =
        story {
            val session = session("Home")
            val model = backedUp(session)
            assertEquals("Stick", model.state.value.plan?.place)
            assertTrue(stick.listFiles().orEmpty().single().name.endsWith(".tekram-backup"))
            session.persona.rename("Later")
            val id = session.persona.id()
            session.end()
            agent.deletePersona(id)
            val restore = restoring().found()
            restore.restore(BackupSecret(byWords = false, "not it"), null, replace = false)
            assertEquals("wrong_passphrase", restore.ended().failure?.name)
            restore.restore(BackupSecret(byWords = false, TEST_PASSPHRASE), null, replace = false)
            val came = assertIs<CameBack.Whole>(restore.ended().came)
            assertEquals("Home", came.restored.name)
            restore.open()
            assertEquals("Home" to LOCK_OF_NEW_S, arrived.single().run { name() to autoLockS() })
            arrived.single().lock()
        }

    @Test
    fun `a profile of that name is there already, so another name is asked for`() =
        story {
            val session = session("Home")
            backedUp(session)
            val id = session.persona.id()
            session.end()
            agent.deletePersona(id)
            agent.createPersona("Home", TEST_PASSPHRASE).lock()
            val restore = restoring().found()
            val key = BackupSecret(byWords = false, TEST_PASSPHRASE)
            restore.restore(key, null, replace = false)
            assertTrue(restore.ended().clash)
            restore.restore(key, "Home of old", replace = false)
            assertNotNull(restore.ended().came)
            restore.open()
            assertEquals(setOf("Home", "Home of old"), agent.personas().map { it.name }.toSet())
            arrived.forEach { it.lock() }
        }

    @Test
    fun `a damaged backup is refused, and what can be read of it becomes a profile`() =
        story {
            val session = session("Home")
            backedUp(session)
            val id = session.persona.id()
            session.end()
            agent.deletePersona(id)
            val backup = stick.listFiles().orEmpty().single()
            RandomAccessFile(backup, "rw").use {
                it.seek(backup.length() / 2)
                val byte = it.read()
                it.seek(backup.length() / 2)
                it.write(byte xor 1)
            }
            val restore = restoring().found()
            val key = BackupSecret(byWords = false, TEST_PASSPHRASE)
            restore.restore(key, null, replace = false)
            assertTrue(restore.ended().damaged, "${restore.state.value.failure}")
            restore.salvage(key, "Saved", "a new passphrase")
            val came = assertIs<CameBack.Partly>(restore.ended().came)
            assertFalse(came.rescued.damage.isEmpty())
            restore.open()
            assertEquals("Saved" to LOCK_OF_NEW_S, arrived.single().run { name() to autoLockS() })
            arrived.single().lock()
        }

    @Test
    fun `the daily backup is made when it is due and a folder that is gone is noted`() =
        story {
            val session = session("Home")
            val daily = DailyBackup(session, device)
            daily.makeIfDue()
            assertTrue(stick.listFiles().orEmpty().isEmpty(), "there is no place for it")
            session.persona.useBackupFolder("Stick", "content://picker/stick")
            session.persona.setBackupDaily(true)
            files.gone = true
            assertTrue(runCatching { daily.makeIfDue() }.isFailure)
            val plan = checkNotNull(session.persona.backupPlan())
            assertNotNull(plan.lastProblem)
            assertTrue(plan.due)
            files.gone = false
            daily.makeIfDue()
            val after = checkNotNull(session.persona.backupPlan())
            assertNull(after.lastProblem)
            assertFalse(after.due)
            val first = stick.listFiles().orEmpty().single().lastModified()
            daily.makeIfDue()
            assertEquals(first, stick.listFiles().orEmpty().single().lastModified(), "not due, so nothing is written")
            session.end()
        }

    @Test
    fun `a place without backups says so and a place that is not there fails`() =
        story {
            val restore = restoring()
            restore.chooseFolder()
            assertEquals(emptyList(), restore.state.until("nothing") { it.step == RestoreStep.Files }.files)
            assertTrue(restore.back())
            files.gone = true
            restore.chooseFolder()
            assertEquals("io", restore.state.until("a failure") { it.failure != null }.failure?.name)
            assertFalse(restore.back(), "this was the first of its screens")
        }

    @Test
    fun `a server in the home network is used and restored from only when the person says that it is there`() =
        story {
            HomeServer().use { server ->
                val session = session("Home")
                val model = BackupModel(session, device)
                val restore = restoring()

                suspend fun refused(typed: TypedServer): List<String?> {
                    model.useServer(typed)
                    val used = model.state.until("an answer") { !it.busy }
                    restore.useServer(typed)
                    return listOf(used.failure?.name, restore.state.until("an answer there") { !it.looking }.failure?.name)
                }

                fun typed(
                    url: String,
                    inHomeNetwork: Boolean,
                ) = TypedServer(" $url ", "me", "secret", inHomeNetwork)
                val encrypted = server.url.replace("http:", "https:")
                assertEquals(listOf<String?>("insecure_server", "insecure_server"), refused(typed(server.url, inHomeNetwork = false)))
                assertEquals(listOf<String?>("private_address", "private_address"), refused(typed(encrypted, inHomeNetwork = false)))
                // Without encryption nothing goes to a place that is not at home after all (RFC 5737, section 3).
                assertEquals(listOf<String?>("insecure_server", "insecure_server"), refused(typed("http://192.0.2.1/dav", inHomeNetwork = true)))
                assertNull(model.state.value.plan)
                assertEquals(emptyList(), server.names)

                assertEquals(listOf<String?>(null, null), refused(typed(server.url, inHomeNetwork = true)))
                assertTrue(model.state.value.serverTaken)
                val plan = assertNotNull(model.state.value.plan)
                assertEquals(true to server.url, plan.inHomeNetwork to plan.place.trimEnd('/'))
                model.start()
                assertNull(model.state.until("a backup") { !it.working }.failure)
                restore.useServer(typed(server.url, inHomeNetwork = true))
                val found = restore.state.until("the backup") { !it.looking && it.files.isNotEmpty() }.files
                assertEquals(server.names, found.map { it.name })
            }
        }

    @Test
    fun `what was typed for a server never becomes part of a text`() {
        assertFalse("secret" in TypedServer("https://cloud.example/", "me", "secret", inHomeNetwork = false).toString())
    }

    @Test
    fun `what is whole of a damaged profile goes into a new one, and the damaged one stays`() =
        story {
            val session = session("Home")
            session.end()
            val entry = agent.personas().single()
            val database = folder.toFile().walk().first { it.name == "vault.db" }
            RandomAccessFile(database, "rw").use {
                // Somewhere behind the first pages: the list of tables still stands.
                it.seek(database.length() - 2_000)
                it.write(ByteArray(16) { 0x5A })
            }
            val rescue = RescueModel(agent, device, CoroutineScope(Dispatchers.Main), arrived::add)
            rescue.begin(entry)
            rescue.withPassphrase("not it", "Saved", "a new passphrase")
            assertNotNull(rescue.state.until("a refusal") { !it.working && it.failure != null }.failure)
            rescue.withPassphrase(TEST_PASSPHRASE, "Saved", "a new passphrase")
            val rescued = rescue.state.until("what is whole") { !it.working && (it.rescued != null || it.failure != null) }.rescued
            assertNotNull(rescued)
            assertTrue(rescued.tables.any { it.saved > 0uL })
            rescue.open()
            assertEquals("Saved" to LOCK_OF_NEW_S, arrived.single().run { name() to autoLockS() })
            assertEquals(setOf("Home", "Saved"), agent.personas().map { it.name }.toSet())
            arrived.single().lock()
        }

    @Test
    fun `from the open profile the person is led to saving what is whole of it`() =
        story {
            val app = AppModel(agent, device)
            app.opened(session("Home").persona)
            app.rescueOpen()
            val locked = app.state.until("the lock") { it.phase is AppPhase.Locked && it.rescuing }
            assertEquals(agent.personas().single().id, locked.chosen)
        }

    @Test
    fun `the device is told of the folder, and of the end of it, so that it can give back the right to it`() =
        story {
            val app = AppModel(agent, device)
            app.opened(session("Home").persona)
            device.backedUpInto.until("no folder") { it == listOf(null) }
            val model = backedUp(checkNotNull(app.session))
            device.backedUpInto.until("the folder") { it == listOf(null, "content://picker/stick") }
            model.forget()
            device.backedUpInto.until("no folder any more") { it == listOf(null, "content://picker/stick", null) }
            app.lock()
            app.state.until("the lock") { it.phase is AppPhase.Locked }
        }

    @Test
    fun `everything leaves sealed and moves in again`() =
        story {
            val session = session("Home")
            val file = folder.resolve("everything.zip.age").toFile()
            device.saveTo = file.path
            val leave = LeaveModel(session, device)
            leave.sealed("a seal of words")
            val done = leave.state.until("the file") { !it.working && (it.done != null || it.failure != null) }.done
            assertTrue(checkNotNull(done).rows > 0uL)
            val id = session.persona.id()
            session.end()
            agent.deletePersona(id)
            device.picked = file.path
            val restore = restoring()
            restore.chooseMoveIn()
            restore.state.until("its passphrase") { it.step == RestoreStep.MoveIn }
            restore.moveIn("not the seal", null)
            assertEquals("wrong_passphrase", restore.ended().failure?.name)
            restore.moveIn("a seal of words", null)
            assertEquals("Home", assertIs<CameBack.Everything>(restore.ended().came).moved.name)
            restore.open()
            assertEquals(LOCK_OF_NEW_S, arrived.single().autoLockS())
            arrived.single().lock()
        }

    @Test
    fun `what opens a backup never becomes part of a text`() {
        assertFalse("secret" in BackupSecret(byWords = true, "secret words").toString())
    }
}
