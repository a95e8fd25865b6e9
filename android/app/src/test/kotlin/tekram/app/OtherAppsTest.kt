package tekram.app

import android.app.Notification
import android.content.Context
import android.content.Intent
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ServiceController
import tekram.ffi.HistoryQuery
import tekram.ffi.Persona
import java.net.ConnectException
import java.net.HttpURLConnection
import java.net.URI
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Other apps of the phone tell what they played: switch, service, notice, real endpoint, real log. */
class OtherAppsTest : AppPhone() {
    private val endpoint get() = process.endpoint.also { it.port = 0u }

    /** Starts the service that was asked for, as the system does. */
    private fun service(): ServiceController<EndpointService> {
        val asked = assertNotNull(shadowOf(process).nextStartedService)
        assertEquals(EndpointService::class.java.name, asked.component?.className)
        return Robolectric.buildService(EndpointService::class.java, asked).create().startCommand(0, 1)
    }

    private fun url(): String {
        until("it answers") { endpoint.answering.value.url != null }
        return endpoint.answering.value.url!!
    }

    /** What an app that sends to ListenBrainz does. */
    private fun tells(
        url: String,
        token: String,
        title: String,
    ): Int {
        val connection = URI("$url/1/submit-listens").toURL().openConnection() as HttpURLConnection
        connection.requestMethod = "POST"
        connection.doOutput = true
        connection.setRequestProperty("Authorization", "Token $token")
        val body =
            """{"listen_type":"single","payload":[{"listened_at":$EVENING_S,"track_metadata":{"artist_name":"Vera Quill","track_name":"$title"}}]}"""
        connection.outputStream.use { it.write(body.toByteArray()) }
        return connection.responseCode.also { connection.disconnect() }
    }

    private fun titles(persona: Persona): List<String> =
        runBlocking { persona.listens(HistoryQuery(null, null, null, null, null), null, 50u).listens.map { it.title } }

    @Test
    fun `a locked profile is answered for, a notice says that and names nothing, and its button switches it off`() {
        val (id, token) =
            runBlocking {
                val persona = process.agent.createPersona("Home", PASSPHRASE)
                val token = persona.addEndpointToken("Scrobbler").use { it.reveal() }
                persona.id().also { persona.lock() } to token
            }
        assertNull(shadowOf(process).peekNextStartedService(), "nothing runs before it is switched on")
        endpoint.answer(id, true)
        val service = service()
        val url = url()
        assertEquals(HttpURLConnection.HTTP_OK, tells(url, token, "Low Tide"))
        assertEquals(HttpURLConnection.HTTP_UNAUTHORIZED, tells(url, "another", "High Sun"))

        val notice = assertNotNull(shadowOf(service.get()).lastForegroundNotification)
        val said = listOf(Notification.EXTRA_TITLE, Notification.EXTRA_TEXT).map { notice.extras.getString(it) }
        assertEquals(listOf(word(R.string.history_apps_notice_title), word(R.string.history_apps_notice_text)), said)
        assertTrue(notice.flags and Notification.FLAG_ONGOING_EVENT != 0)

        val off = shadowOf(notice.actions.single().actionIntent).savedIntent
        assertEquals(EndpointService.OFF, off.action)
        service.withIntent(off).startCommand(0, 2)
        until("it stops itself") { shadowOf(service.get()).isStoppedBySelf }
        assertTrue(endpoint.answering.value.run { profiles.isEmpty() && this.url == null })
        assertFailsWith<ConnectException> { tells(url, token, "Slow Rain") }
        service.destroy()

        val persona = runBlocking { process.agent.unlockWithPassphrase(id, PASSPHRASE) }
        assertEquals(listOf("Low Tide"), titles(persona), "unlocking takes what waited into the log")
        assertTrue(process.diagnostics.lines().none { "Low" in it || "Scrobbler" in it })
    }

    @Test
    fun `what is told while the profile is open is in its history at once`() {
        start()
        firstRun()
        val persona = process.openSession()!!.persona
        val token = persona.addEndpointToken("Scrobbler").use { it.reveal() }
        endpoint.answer(persona.id(), true)
        val service = service()
        assertEquals(HttpURLConnection.HTTP_OK, tells(url(), token, "Low Tide"))
        until("it is in the history") { titles(persona) == listOf("Low Tide") }
        endpoint.off()
        until("it stops itself") { shadowOf(service.get()).isStoppedBySelf }
        service.destroy()
    }

    @Test
    fun `a profile that is deleted is answered for no longer, and one that another profile wants goes on`() {
        val ids = runBlocking { listOf("Home", "Work").map { process.agent.createPersona(it, PASSPHRASE).id() } }
        ids.forEach { endpoint.answer(it, true) }
        val service = service()
        url()
        process.device.forgot(ids[0])
        assertEquals(setOf(ids[1]), endpoint.answering.value.profiles)
        assertEquals(setOf(ids[1]), process.getSharedPreferences("endpoint", Context.MODE_PRIVATE).getStringSet("profiles", null))
        until("it answers again") { endpoint.answering.value.run { url != null && !failed } }
        assertFalse(shadowOf(service.get()).isStoppedBySelf)
        endpoint.off()
        until("it stops itself") { shadowOf(service.get()).isStoppedBySelf }
        service.destroy()
    }

    @Test
    fun `an address that another app has is said, and the service does not stay`() {
        val id = runBlocking { process.agent.createPersona("Home", PASSPHRASE).id() }
        java.net.ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1")).use { taken ->
            process.endpoint.port = taken.localPort.toUShort()
            process.endpoint.answer(id, true)
            val service = service()
            until("it is said") { process.endpoint.answering.value.failed }
            until("it stops itself") { shadowOf(service.get()).isStoppedBySelf }
            service.destroy()
        }
        assertEquals(setOf(id), process.endpoint.answering.value.profiles, "the person still wants it")
        endpoint.goOn()
        val service = service()
        url()
        endpoint.off()
        until("it stops itself") { shadowOf(service.get()).isStoppedBySelf }
        service.destroy()
    }

    @Test
    fun `a page that is shared is put into the history with what the browser said of it`() {
        val share =
            Intent(Intent.ACTION_SEND)
                .setClassName(process, "tekram.app.ShareToRead")
                .setType("text/plain")
                .putExtra(Intent.EXTRA_SUBJECT, "Night ferries are back")
                .putExtra(Intent.EXTRA_TEXT, "https://harbour.example/night-ferries")
        start(share)
        firstRun()
        until("the form") { shows(word(R.string.history_page_text)) }
        type("history_page_minutes", "5")
        tap(word(R.string.history_page_keep))
        until("it is kept") { shows(word(R.string.history_page_kept)) }
        val persona = process.openSession()!!.persona
        assertEquals(listOf("Night ferries are back"), titles(persona))
        val listen = runBlocking { persona.listens(HistoryQuery(null, null, null, null, null), null, 5u).listens.single() }
        assertEquals(300_000L, listen.playedMs)
    }

    private companion object {
        /** 2026-10-05, 18:30 UTC. */
        const val EVENING_S = 1_791_225_000L
    }
}
