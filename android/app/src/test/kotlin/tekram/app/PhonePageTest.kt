package tekram.app

import android.app.Activity
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.ComponentName
import android.content.Intent
import android.net.Uri
import android.provider.Settings
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.state.ToggleableState
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import tekram.ffi.RailKind
import tekram.platform.capture.CaptureService
import tekram.platform.notice.NoticeKind
import tekram.ui.start.Session
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.OutputStream
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** The page of what belongs to the phone, how a person gets to it, and what About says of this build. */
class PhonePageTest : AppPhone() {
    private val opens get() = PendingIntent.getActivity(process, 0, Intent(), PendingIntent.FLAG_IMMUTABLE)

    private fun page(): PhoneActivity {
        val page = Robolectric.buildActivity(PhoneActivity::class.java).setup().get()
        until("the page") { shows(word(R.string.me_notifications)) }
        return page
    }

    /** The person lets the system tell the app who plays. */
    private fun grantListening() {
        val listener = ComponentName(process, CaptureService::class.java).flattenToString()
        Settings.Secure.putString(process.contentResolver, "enabled_notification_listeners", listener)
    }

    private fun isOn(player: String): Boolean? =
        nodes()
            .map { it.config }
            .firstOrNull { config ->
                SemanticsProperties.ToggleableState in config && config.getOrElse(SemanticsProperties.Text) { emptyList() }.any { it.text == player }
            }?.get(SemanticsProperties.ToggleableState)
            ?.let { it == ToggleableState.On }

    @Test
    fun `from Me the phone's page is opened`() {
        val controller = start()
        firstRun()
        tap(word(R.string.common_tab_me))
        tap(word(R.string.me_phone_title))
        until("it is started") { shadowOf(process).peekNextStartedActivity()?.component?.className == PhoneActivity::class.java.name }
        assertFalse(controller.get().isFinishing)
    }

    @Test
    fun `a kind of notice that is switched off is not shown until it is switched on`() {
        page()
        assertTrue(process.notices.show(NoticeKind.OfferArrived, opens))
        tap(word(R.string.me_notifications_offer))
        until("it is off") { !PhoneSettings(process).wants(NoticeKind.OfferArrived) && isOn(word(R.string.me_notifications_offer)) == false }
        val manager = process.getSystemService(NotificationManager::class.java)!!
        assertEquals(0, shadowOf(manager).size(), "what stood there is gone")
        assertFalse(process.notices.show(NoticeKind.OfferArrived, opens))
        assertTrue(process.notices.show(NoticeKind.StatementReady, opens), "the other kind is another matter")
        tap(word(R.string.me_notifications_offer))
        until("it is on") { PhoneSettings(process).wants(NoticeKind.OfferArrived) }
        assertTrue(process.notices.show(NoticeKind.OfferArrived, opens))
    }

    @Test
    fun `a proxy is kept for the next start when it is one`() {
        page()
        type("me_proxy", "proxy.example")
        tap(word(R.string.common_apply))
        until("it is refused") { shows(word(R.string.me_proxy_wrong)) }
        assertNull(PhoneSettings(process).proxy)
        type("me_proxy", " socks5://127.0.0.1:9050/ ")
        tap(word(R.string.common_apply))
        until("it is kept") { shows(word(R.string.me_proxy_next_start)) }
        assertEquals("socks5://127.0.0.1:9050", PhoneSettings(process).proxy)
        tap(word(R.string.me_proxy_stop))
        until("it is gone") { PhoneSettings(process).proxy == null }
    }

    @Test
    fun `what is no proxy's address is not kept`() {
        val wrong =
            listOf("", "127.0.0.1:9050", "https://proxy.example:80", "socks5://proxy.example", "socks5://:80", "http://me:secret@a.example:80") +
                listOf("http://a.example:80/path", "http://a.example:0", "http://a.example:70000", "http://a b:80", "socks4://a.example:80")
        wrong.forEach { assertNull(ProxyAddress.read(it), it) }
        assertEquals("http://[::1]:8080", ProxyAddress.read("http://[::1]:8080"))
        assertEquals("socks5h://a.example:1", ProxyAddress.read("socks5h://a.example:1"))
    }

    @Test
    fun `the core is started with the proxy that was kept and About says so`() {
        PhoneSettings(process).proxy = "socks5://127.0.0.1:9"
        assertEquals("socks5://127.0.0.1:9", process.device.edition.proxy)
        start()
        firstRun()
        assertEquals(emptyList(), process.openSession()!!.persona.intents(), "the core takes it")
    }

    @Test
    fun `this build says which payment methods it has, and a slip in their names is no permission`() {
        assertEquals(emptySet(), process.device.edition.railsOff)
        assertEquals(setOf(RailKind.CASHU, RailKind.HAND_OFF), setOf("cashu", "hand_off").map(PhoneEdition::rail).toSet())
        assertFailsWith<IllegalStateException> { PhoneEdition.rail("Cashu") }
        val strict = File(System.getProperty("app.folder"), "src/strict/res/values/edition.xml").readText()
        val named = Regex("<item>(.*)</item>").findAll(strict).map { PhoneEdition.rail(it.groupValues[1]) }.toSet()
        assertEquals(setOf(RailKind.CASHU, RailKind.HAND_OFF), named)
    }

    @Test
    fun `the log is written where the person says, and the licences are there`() {
        val edition = process.device.edition
        assertTrue(edition.keepsLog)
        val file = File(process.cacheDir, "log.txt")
        assertTrue(runBlocking { edition.writeLog(file.path) })
        assertEquals("tekram diagnostic log 1: seconds number code kinds", file.readLines().first())
        assertTrue("tokio" in assertNotNull(runBlocking { edition.licences() }))
    }

    @Test
    fun `a player that another profile notices is not this one's to switch off, but to take over`() {
        grantListening()
        val shop = runBlocking { process.agent.createPersona("Shop", PASSPHRASE).run { id().also { lock() } } }
        process.allowedPlayers.allow("org.songs", shop)
        start()
        until("the lock") { shows(word(R.string.start_lock_one, "Shop")) }
        val home = runBlocking { process.agent.createPersona("Home", PASSPHRASE) }
        process.openSession = { Session(home) }
        assertTrue(isSecret(page()), "names of profiles stand on it")
        until("the other's player") { shows(word(R.string.me_listening_profile_android, "Shop")) }
        assertEquals(false, isOn("org.songs"))
        runBlocking { process.listening.allow("org.songs", "org.songs", allowed = false) }
        assertEquals(shop, process.allowedPlayers.profileOf("org.songs"))
        tap("org.songs")
        until("it is taken over") { isOn("org.songs") == true }
        assertEquals(home.id(), process.allowedPlayers.profileOf("org.songs"))
        home.lock()
        tap("org.songs")
        until("why it failed") { shows(word(R.string.error_locked)) }
    }

    @Test
    fun `a log that could not be saved is not called saved`() {
        val page = page()
        val target = Uri.parse("content://cloud/log")
        for ((thrown, says) in listOf(SecurityException() to R.string.error_file_not_saved, null to R.string.me_exported)) {
            val output = if (thrown == null) ByteArrayOutputStream() else FailingOutput(thrown)
            shadowOf(process.contentResolver).registerOutputStreamSupplier(target) { output }
            tap(word(R.string.me_log_export))
            val asked = assertNotNull(shadowOf(page).nextStartedActivityForResult)
            shadowOf(page).receiveResult(asked.intent, Activity.RESULT_OK, Intent().setData(target))
            until(word(says)) { shows(word(says)) }
        }
    }

    @Test
    fun `nothing on the phone names a profile that was deleted`() {
        val activity = start().get()
        firstRun()
        val id = process.openSession()!!.persona.id()
        process.allowedPlayers.allow("org.songs", id)
        process.reminder.of(id, hasSplit = true)
        assertTrue(process.reminder.isWanted)
        activity.model.deleteOpen("Home")
        until("first run") { shows(word(R.string.start_title)) }
        assertTrue(process.allowedPlayers.all().isEmpty())
        assertFalse(process.reminder.isWanted)
        val left = { process.dataDir.walk().filter { it.isFile && (id in it.path || id in it.readText(Charsets.ISO_8859_1)) }.toList() }
        until("no file names it") { left().isEmpty() }
    }

    private class FailingOutput(
        private val thrown: RuntimeException,
    ) : OutputStream() {
        override fun write(byte: Int) = throw thrown
    }
}
