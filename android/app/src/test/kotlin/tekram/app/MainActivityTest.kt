package tekram.app

import android.content.Intent
import android.net.Uri
import android.os.Bundle
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import org.junit.Test
import org.robolectric.shadows.ShadowSystemClock
import tekram.ui.common.Route
import tekram.ui.common.Tab
import java.time.Duration
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotSame
import kotlin.test.assertSame
import kotlin.test.assertTrue

/** The real activity, from its first start on. */
class MainActivityTest : AppPhone() {
    @Test
    fun `from the first start to the History tab, and only what is secret is hidden from pictures`() {
        val activity = start().get()
        until("first run") { shows(word(R.string.start_title)) }
        assertFalse(isSecret(activity), "a name is no secret")
        type("start_name", "Home")
        tap(word(R.string.common_next))
        until("the passphrase is asked for") { shows(word(R.string.start_passphrase_title)) }
        until("a passphrase is a secret") { isSecret(activity) }
        type("start_passphrase", PASSPHRASE)
        type("start_passphrase_again", PASSPHRASE)
        tap(word(R.string.start_create))
        until("the tabs") { shows(word(R.string.common_tab_relations)) }
        until("the history is not hidden: the person may take a picture of it") { !isSecret(activity) }
        val open = process.openSession()!!
        assertEquals("Home", open.persona.name())
    }

    @Test
    fun `turning the phone keeps the profile open and the place`() {
        val controller = start()
        firstRun()
        tap(word(R.string.common_tab_relations))
        val before = process.openSession()
        controller.recreate()
        until("the tabs again") { shows(word(R.string.common_tab_relations)) }
        assertSame(before, process.openSession())
        assertEquals(Tab.Relations, place(controller.get()).tab)
    }

    @Test
    fun `ended by the system it comes back locked, hidden, and to the same place`() {
        val controller = start()
        firstRun()
        tap(word(R.string.common_tab_want))
        val kept = Bundle()
        controller.pause().stop().saveInstanceState(kept)
        val before = process.openSession()
        controller.destroy()
        val again = start(kept = kept)
        until("the lock") { shows(word(R.string.start_lock_one, "Home")) }
        until("the lock is hidden") { isSecret(again.get()) }
        type("lock_passphrase", PASSPHRASE)
        tap(word(R.string.start_unlock))
        until("an open profile") { process.openSession() != null && shows(word(R.string.common_tab_want)) }
        assertNotSame(before, process.openSession())
        assertEquals(Tab.Want, place(again.get()).tab)
        until("no longer hidden") { !isSecret(again.get()) }
    }

    @Test
    fun `left for long enough it locks itself, and asks the system for nothing more`() {
        val controller = start()
        firstRun()
        controller.pause().stop()
        assertTrue(jobs().isNotEmpty(), "a few minutes for what came in")
        ShadowSystemClock.advanceBy(Duration.ofMinutes(6))
        controller.restart().start().resume()
        until("the lock") { shows(word(R.string.start_lock_one, "Home")) }
        assertTrue(jobs().isEmpty())
        assertTrue(process.work(tekram.platform.work.WorkKind.CollectOffers) == null, "no work while locked")
    }

    @Test
    fun `what was shared while it was locked waits for the profile`() {
        val share =
            Intent(Intent.ACTION_SEND)
                .setClassName(process, "tekram.app.ShareToPay")
                .setType("text/plain")
                .putExtra(Intent.EXTRA_TEXT, "https://example.org/episode/7")
        start(share)
        until("first run") { shows(word(R.string.start_title)) }
        assertFalse(shows(word(R.string.app_maker_title)))
        firstRun()
        until("the question") { shows(word(R.string.app_maker_title)) }
        assertTrue(shows(word(R.string.app_maker_text, "example.org")), "it names whom it would ask, and has not asked")
        tap(word(R.string.common_cancel))
        until("gone") { !shows(word(R.string.app_maker_title)) }
    }

    @Test
    fun `who made a page is looked for when the person says so, and a failure can be tried again`() {
        val share =
            Intent(Intent.ACTION_SEND)
                .setClassName(process, "tekram.app.ShareToPay")
                .setType("text/plain")
                .putExtra(Intent.EXTRA_TEXT, "https://127.0.0.1:9/episode")
        start(share)
        firstRun()
        repeat(2) { times ->
            tap(word(if (times == 0) R.string.app_maker_look else R.string.common_retry))
            until("nobody answers there") { shows(word(R.string.app_maker_failed)) }
        }
        tap(word(R.string.common_cancel))
        until("gone") { !shows(word(R.string.app_maker_title)) }
    }

    @Test
    fun `a bare page that is shared begins a request`() {
        val share =
            Intent(Intent.ACTION_SEND)
                .setClassName(process, "tekram.app.ShareToWant")
                .setType("text/plain")
                .putExtra(Intent.EXTRA_TEXT, "https://shop.example/kettle?id=1")
        start(share)
        firstRun()
        until("the page stands there") { "https://shop.example/kettle?id=1" in fields() }
    }

    @Test
    fun `a link opens a room and does nothing else`() {
        val controller = start()
        firstRun()
        controller.newIntent(Intent(Intent.ACTION_VIEW, Uri.parse("tekram:want?what=kettle&gtin=4006381333931")))
        until("the request") {
            place(controller.get()).run { tab == Tab.Want && top == Route("want_compose") } &&
                fields().containsAll(listOf("kettle", "4006381333931"))
        }
        controller.newIntent(Intent(Intent.ACTION_VIEW, Uri.parse("tekram:settle?month=2026-10")))
        until("refused") { shows(word(R.string.app_link_refused)) }
        assertEquals(
            0uL,
            process
                .openSession()!!
                .persona
                .holdings()
                .statements,
        )
    }

    @Test
    fun `back goes through the app before it leaves it`() {
        val controller = start()
        firstRun()
        val activity = controller.get()
        assertFalse(activity.onBackPressedDispatcher.hasEnabledCallbacks(), "the system may show where back leads")
        controller.newIntent(Intent(Intent.ACTION_VIEW, Uri.parse("tekram:want?what=kettle")))
        until("above the tab") { activity.onBackPressedDispatcher.hasEnabledCallbacks() }
        activity.onBackPressedDispatcher.onBackPressed()
        until("back at the tab") { place(activity).above[Tab.Want].isNullOrEmpty() }
        assertFalse(activity.isFinishing)
    }

    /** What is typed in the fields on the screen. */
    private fun fields(): List<String> = nodes().mapNotNull { node -> node.config.getOrNull(SemanticsProperties.EditableText)?.text }

    private fun place(activity: MainActivity) = activity.model.state.value.place

    private fun jobs() = process.getSystemService(android.app.job.JobScheduler::class.java)!!.allPendingJobs
}
