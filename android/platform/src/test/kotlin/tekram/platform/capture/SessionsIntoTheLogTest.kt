package tekram.platform.capture

import org.junit.Test
import org.robolectric.Shadows.shadowOf
import tekram.ffi.ListenKind
import kotlin.test.assertEquals

/** What media sessions say, recorded or live, through watcher, sealed inbox and the real core, as listens of the log. */
class SessionsIntoTheLogTest : PlayersAndLog() {
    @Test
    fun `two players at once, recorded`() {
        play("two-players")
        assertEquals(listOf<Pair<String, Long?>>("Morning News" to 60_000, "Breakwater" to 240_000, "Slow Tide" to 20_000), heard())
    }

    @Test
    fun `play, seek, speed, pause and the end of the session, live`() {
        val songs = player("org.songs")
        val watching = watcher()
        watching.follow(listOf(songs.controller))
        songs.says("Morning", "The Larks", "Fields", 600_000)
        songs.shows(playing = true, atMs = 0)
        pass(40_000)
        songs.shows(atMs = 100_000)
        pass(30_000)
        songs.shows(atMs = 130_000, times = 2f)
        pass(20_000)
        songs.shows(playing = false, atMs = 170_000)
        pass(60_000)
        shadowOf(songs.controller).executeOnSessionDestroyed()
        pass(2_000)
        val listen = listens().single()
        assertEquals("Morning" to 110_000L, listen.title to listen.playedMs)
        assertEquals(listOf("The Larks") to "Fields", listen.creators to listen.show)
        assertEquals(BEGIN_MS to 120L, listen.startMs to listen.offsetMin)
    }

    @Test
    fun `what it is comes late and is that listen's, from its beginning`() {
        val songs = player("org.songs")
        watcher().follow(listOf(songs.controller))
        songs.shows(playing = true, atMs = 0)
        pass(4_000)
        songs.says("Morning", "The Larks", "Fields", 600_000)
        songs.shows(atMs = 4_000)
        pass(56_000)
        shadowOf(songs.controller).executeOnSessionDestroyed()
        pass(2_000)
        assertEquals(listOf<Pair<String, Long?>>("Morning" to 60_000), heard())
    }

    @Test
    fun `a service that was killed and began again loses half a minute at most`() {
        val songs = player("org.songs")
        var alive = true
        val killed = watcher { alive }
        killed.follow(listOf(songs.controller))
        songs.says("Morning", "The Larks", "Fields", 600_000)
        songs.shows(playing = true, atMs = 0)
        pass(75_000)
        // Killed: nothing is said any more, and what was gathered is gone with the process.
        alive = false
        shadowOf(songs.controller).callbacks.toList().forEach(songs.controller::unregisterCallback)
        songs.shows(atMs = 75_000)
        val again = watcher()
        again.follow(listOf(songs.controller))
        pass(45_000)
        songs.shows(playing = false, atMs = 120_000)
        again.follow(emptyList())
        pass(2_000)
        assertEquals(105_000L, listens().sumOf { it.playedMs ?: 0 }, "0 to 60 s told before, 75 to 120 s after")
    }

    @Test
    fun `a podcast at half the speed again, with a rewind, an advert and a pause, recorded`() {
        play("podcast")
        assertEquals(listOf("The lighthouse keeper’s radio at 1: [(600, 1005)]", "Rope that holds at 161: [(0, 20)]"), ranges())
    }

    @Test
    fun `a station with its songs, recorded`() {
        play("radio")
        assertEquals(
            listOf("Low Tide at 0: [(0, 206)]", "High Sun at 206: [(0, 180)]", " at 386: [(0, 120)]", "Slow Rain at 506: [(0, 120)]"),
            ranges(),
        )
        assertEquals(listOf("Harbour Radio" to ListenKind.RADIO), listens().filter { it.title.isEmpty() }.map { it.show to it.kind })
    }

    @Test
    fun `an app that was killed, recorded`() {
        play("killed")
        assertEquals(listOf("Night train to Trieste at 0: [(0, 60)]", "Night train to Trieste at 91: [(72, 133)]"), ranges())
    }

    @Test
    fun `a flight with a wrong clock into another time zone, recorded`() {
        play("time-zones")
        assertEquals(listOf("Chapter 1 at -3600: [(0, 2400)]", "Chapter 2 at 2400: [(0, 300)]"), ranges())
        assertEquals(listOf<Pair<String, Long?>>("Chapter 1" to 120, "Chapter 2" to -240), listens().map { it.title to it.offsetMin })
    }

    @Test
    fun `a player that never says when it was there, and names its old place again and again`() {
        val old = player("org.old", stamps = false)
        watcher().follow(listOf(old.controller))
        old.says("Rain", "Field Notes", lengthMs = 3_600_000)
        old.shows(playing = true, atMs = 5_000)
        repeat(4) {
            pass(20_000)
            old.shows()
        }
        old.shows(playing = false)
        pass(60_000)
        old.shows(playing = true, atMs = 85_000)
        pass(30_000)
        old.shows(playing = false, atMs = 115_000)
        shadowOf(old.controller).executeOnSessionDestroyed()
        pass(2_000)
        assertEquals(listOf("Rain at 0: [(5, 115)]"), ranges())
    }

    @Test
    fun `a player that never says where it is`() {
        val radio = player("org.radio")
        watcher().follow(listOf(radio.controller))
        radio.says("Morning News", show = "Harbour Radio")
        radio.shows(playing = true, atMs = null)
        pass(90_000)
        radio.shows(playing = false, atMs = null)
        shadowOf(radio.controller).executeOnSessionDestroyed()
        pass(2_000)
        assertEquals(listOf<Pair<String, Long?>>("Morning News" to 90_000), heard())
    }

    @Test
    fun `an advert between two songs is an advert in the log`() {
        val songs = player("org.songs")
        watcher().follow(listOf(songs.controller))
        songs.says("Low Tide", "Vera Quill", lengthMs = 200_000)
        songs.shows(playing = true, atMs = 0)
        pass(200_000)
        songs.says("Rope that holds", "Knots & Sons", lengthMs = 20_000, isAdvert = true)
        songs.shows(atMs = 0)
        pass(20_000)
        songs.says("High Sun", "Ondine Okafor", lengthMs = 180_000)
        songs.shows(atMs = 0)
        pass(60_000)
        songs.shows(playing = false, atMs = 60_000)
        shadowOf(songs.controller).executeOnSessionDestroyed()
        pass(2_000)
        assertEquals(listOf("Low Tide at 0: [(0, 200)]", "Rope that holds at 200: [(0, 20)]", "High Sun at 220: [(0, 60)]"), ranges())
        assertEquals(listOf(false, true, false), listens().map { it.kind == ListenKind.ADVERT })
    }

    @Test
    fun `the phone comes into another time zone while a song plays and the next one is there`() {
        val songs = player("org.songs")
        watcher().follow(listOf(songs.controller))
        songs.says("Low Tide", "Vera Quill", lengthMs = 200_000)
        songs.shows(playing = true, atMs = 0)
        pass(60_000)
        clocks.offsetMinutes = -240
        pass(140_000)
        songs.says("High Sun", "Ondine Okafor", lengthMs = 180_000)
        songs.shows(atMs = 0)
        pass(30_000)
        shadowOf(songs.controller).executeOnSessionDestroyed()
        pass(2_000)
        assertEquals(listOf("Low Tide at 0: [(0, 200)]", "High Sun at 200: [(0, 30)]"), ranges())
        assertEquals(listOf<Long?>(120, -240), listens().map { it.offsetMin })
    }
}
