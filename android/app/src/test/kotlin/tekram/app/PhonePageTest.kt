package tekram.app

import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Intent
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import tekram.ffi.RailKind
import tekram.platform.notice.NoticeKind
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** The page of what belongs to the phone, how a person gets to it, and what About says of this build. */
class PhonePageTest : AppPhone() {
    private val opens get() = PendingIntent.getActivity(process, 0, Intent(), PendingIntent.FLAG_IMMUTABLE)

    private fun page() {
        Robolectric.buildActivity(PhoneActivity::class.java).setup()
        until("the page") { shows(word(R.string.me_notifications)) }
    }

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
        until("it is off") { !PhoneSettings(process).wants(NoticeKind.OfferArrived) }
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
}
