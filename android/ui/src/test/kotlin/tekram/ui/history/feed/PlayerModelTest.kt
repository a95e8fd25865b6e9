// The built-in player against the real core: what a player does, turned by hand, becomes listens with exact stretches, of an
// episode of a feed that a server on this machine has, and of a station.
package tekram.ui.history.feed

import com.sun.net.httpserver.HttpServer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import tekram.binding.Work
import tekram.ffi.Agent
import tekram.ffi.AgentSettings
import tekram.ffi.Listen
import tekram.ffi.ListenKind
import tekram.ffi.MediaRange
import tekram.ffi.Persona
import tekram.ui.CoreTest
import tekram.ui.TEST_PASSPHRASE
import tekram.ui.history.everything
import java.net.InetSocketAddress
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

class PlayerModelTest : CoreTest() {
    private val player = HandPlayer()
    private lateinit var server: HttpServer
    private lateinit var home: Agent
    private lateinit var scope: CoroutineScope

    @BeforeEach
    fun serve() {
        server = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0)
        val feed = FEED.toByteArray()
        server.createContext("/feed.xml") { exchange ->
            exchange.responseHeaders.add("Content-Type", "application/rss+xml")
            exchange.sendResponseHeaders(200, feed.size.toLong())
            exchange.responseBody.use { it.write(feed) }
        }
        server.start()
        val settings = AgentSettings(folder.resolve("home").toString(), listOf("127.0.0.1:${server.address.port}"), null, emptyList(), "Europe/Berlin")
        home = Agent.open(settings, null, null, null)
        scope = CoroutineScope(Dispatchers.Main)
    }

    @AfterEach
    fun close() {
        scope.cancel()
        server.stop(0)
        home.shutDown()
        home.close()
    }

    private suspend fun episode(persona: Persona): Long {
        val feed = persona.followFeed("http://127.0.0.1:${server.address.port}/feed.xml", false)
        val task = persona.startRefreshFeeds(feed)
        Work(task, task::next, task::finish, task::cancel).run { }
        return persona
            .episodes(feed, null, 5u)
            .episodes
            .single()
            .episode
    }

    /** The listens in the order in which they were heard, as soon as so much was played of them. */
    private suspend fun heard(
        persona: Persona,
        vararg playedMs: Long,
    ): List<Listen> {
        var listens = emptyList<Listen>()
        repeat(TRIES) {
            persona.drain()
            listens = persona.listens(everything, null, 20u).listens.reversed()
            if (listens.map { it.playedMs } == playedMs.toList()) return listens
            delay(50)
        }
        assertEquals(playedMs.toList(), listens.map { it.playedMs })
        return listens
    }

    @Test
    fun `speed, seeking, a pause and the end of an episode give its exact stretches, and it goes on where it was left`() =
        story {
            val persona = home.createPersona("Home", TEST_PASSPHRASE)
            val episode = episode(persona)
            val model = PlayerModel(home, player, scope)
            model.play(episode, persona)
            val begun = model.state.until("it plays") { it.on }
            assertEquals("https://cast.example/moon.mp3", player.loaded)
            assertEquals("The Moon" to "Tidal Notes", begun.media?.let { it.title to it.show })
            assertEquals("moon-1", begun.media?.itemGuid)
            player.whenNews(PlayerNews.Length(600_000))
            player.run(seconds = 60)
            model.speed(2000)
            player.run(seconds = 30)
            // 120 s of it were heard; on to 480 s.
            model.seek(480_000)
            player.run(seconds = 30)
            model.pause()
            player.run(seconds = 300)
            model.close()
            assertNull(player.loaded)
            assertNull(player.face)

            val listen = heard(persona, 180_000).single()
            assertEquals(ListenKind.PODCAST, listen.kind)
            assertEquals("The Moon", listen.title)
            assertEquals(600_000, listen.mediaMs)
            assertEquals(60, listen.offsetMin)
            val told = persona.episode(episode).episode.heard
            assertEquals(listOf(MediaRange(0, 120_000), MediaRange(480_000, 540_000)), told.ranges)
            assertEquals(180_000, told.heardMs)

            // Where it was left, and on to the end.
            model.play(episode, persona)
            assertEquals(540_000, model.state.until("it goes on") { it.on }.positionMs)
            player.run(seconds = 60)
            player.end()
            heard(persona, 180_000, 60_000)
            assertTrue(!model.state.value.on)
            // The core adds the stretches of both up.
            val whole = persona.episode(episode).episode.heard
            assertEquals(listOf(MediaRange(0, 120_000), MediaRange(480_000, 600_000)), whole.ranges)
        }

    @Test
    fun `each title of a station is a listen of its own, and silence and waiting are none`() =
        story {
            val persona = home.createPersona("Home", TEST_PASSPHRASE)
            val model = PlayerModel(home, player, scope)
            model.playStation(persona.addStation("Harbour", "https://radio.example/live", false), persona)
            assertTrue(model.state.until("it plays") { it.on }.live)
            player.whenNews(PlayerNews.StreamTitle("Alder - Low Tide"))
            player.run(seconds = 70)
            player.stall(seconds = 25)
            player.run(seconds = 30)
            player.whenNews(PlayerNews.StreamTitle("Birch - Fog"))
            player.run(seconds = 40)
            model.toggle()
            player.run(seconds = 300)
            model.toggle()
            player.run(seconds = 20)
            // A station has one speed and no places.
            model.speed(2000)
            model.seek(5_000)
            assertEquals(1000, model.state.value.permille)
            model.close()
            val heard = heard(persona, 100_000, 60_000)
            assertEquals(listOf("Low Tide" to listOf("Alder"), "Fog" to listOf("Birch")), heard.map { it.title to it.creators })
            assertTrue(heard.all { it.kind == ListenKind.RADIO && it.show == "Harbour" })
        }

    @Test
    fun `locked, it plays on, tells the core, and names nothing outside`() =
        story {
            val persona = home.createPersona("Home", TEST_PASSPHRASE)
            val station = persona.addStation("Harbour", "https://radio.example/live", false)
            val model = PlayerModel(home, player, scope)
            model.playStation(station, persona)
            model.state.until("it plays") { it.on }
            player.whenNews(PlayerNews.StreamTitle("Alder - Low Tide"))
            assertEquals("Low Tide", player.face?.title)
            player.run(seconds = 30)
            val id = persona.id()
            persona.lock()
            model.locked()
            assertEquals(null to "", assertNotNull(player.face).let { it.title to it.show })
            player.run(seconds = 45)
            player.whenAsked(PlayerCommand.Pause)
            assertNull(model.state.value.notKept)
            val again = home.unlockWithPassphrase(id, TEST_PASSPHRASE)
            model.opened(again)
            assertEquals("Low Tide", player.face?.title)
            heard(again, 75_000)
            model.forget(id)
            model.state.until("it is closed") { it.playable == null }
        }

    @Test
    fun `through a proxy nothing is played, and what is not there says so`() =
        story {
            val persona = home.createPersona("Home", TEST_PASSPHRASE)
            val station = persona.addStation("Harbour", "https://radio.example/live", false)
            val proxied = PlayerModel(home, player, scope, proxied = true)
            proxied.playStation(station, persona)
            assertEquals("player_proxy", proxied.state.until("it says why") { it.problem != null }.problem?.name)
            assertNull(player.loaded)
            val model = PlayerModel(home, player, scope)
            model.play(77, persona)
            assertEquals("no_such_episode", model.state.until("it says why") { it.problem != null }.problem?.name)
        }

    private companion object {
        const val TRIES = 200
        val FEED =
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <rss version="2.0"><channel><title>Tidal Notes</title>
            <item><title>The Moon</title><guid isPermaLink="false">moon-1</guid>
            <enclosure url="https://cast.example/moon.mp3" length="9000000" type="audio/mpeg"/>
            <pubDate>Mon, 05 Oct 2026 18:30:00 GMT</pubDate></item>
            </channel></rss>
            """.trimIndent()
    }
}
