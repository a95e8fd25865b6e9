package tekram.platform.capture

import org.junit.Test
import tekram.platform.Phone
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue

private class SteppedClocks : Clocks {
    override var monotonicMs = 5_000L
    override var wallMs = 1_790_000_000_000
    override val offsetMinutes = 120L

    fun pass(ms: Long) {
        monotonicMs += ms
        wallMs += ms
    }
}

/** Needs no phone, but has one: what of Android is asked outside of Robolectric is broken for the tests after it. */
class SessionEarTest : Phone() {
    private val clocks = SteppedClocks()
    private val ear = SessionEar("player/1", "Player", clocks)
    private val song = MediumFacts("Morning", listOf("The Larks"), "Fields", lengthMs = 180_000)

    private fun facts(
        playing: Boolean,
        positionMs: Long?,
        speedPermille: Long = 1000,
        over: Boolean = false,
    ) = PlayingFacts(playing, over, positionMs, clocks.monotonicMs, speedPermille)

    private fun dids(events: List<Heard>) = events.map { it.did }

    @Test
    fun `a song that is played, paused and ended is four events with both clocks`() {
        val events = mutableListOf<Heard>()
        events += ear.metadata(song)
        events += ear.playing(facts(true, 0))
        clocks.pass(20_000)
        events += ear.playing(facts(false, 20_000))
        clocks.wallMs -= 3_600_000
        clocks.pass(1_000)
        events += ear.playing(facts(false, null, over = true))
        assertEquals(listOf(Did.Metadata(song), Did.Play, Did.Pause, Did.End), dids(events))
        assertEquals(listOf(5_000L, 5_000L, 25_000L, 26_000L), events.map { it.monotonicMs })
        assertTrue(events.last().atMs < events.first().atMs, "the wall clock was set back and is passed on as it is")
        assertEquals(120, events.first().offsetMinutes)
    }

    @Test
    fun `what follows from the clock is not told again`() {
        ear.metadata(song)
        ear.playing(facts(true, 0))
        repeat(100) {
            clocks.pass(250)
            assertTrue(ear.playing(facts(true, (it + 1) * 250L)).isEmpty())
            assertTrue(ear.metadata(song).isEmpty())
        }
    }

    @Test
    fun `a jump is a seek from where it was to where it went`() {
        ear.metadata(song)
        ear.playing(facts(true, 0))
        clocks.pass(10_000)
        val seek = ear.playing(facts(true, 60_000)).single()
        assertEquals(Did.Seek(60_000), seek.did)
        assertEquals(10_000, seek.positionMs)
    }

    @Test
    fun `at double speed twice as far is no jump`() {
        ear.metadata(song)
        assertEquals(listOf(Did.Speed(2000), Did.Play), dids(ear.playing(facts(true, 0, speedPermille = 2000))))
        clocks.pass(10_000)
        assertTrue(ear.playing(facts(true, 20_000, speedPermille = 2000)).isEmpty())
    }

    @Test
    fun `the next song begins at its beginning`() {
        ear.metadata(song)
        ear.playing(facts(true, 0))
        clocks.pass(180_000)
        val next = ear.metadata(song.copy(title = "Noon")).single()
        assertEquals(0, next.positionMs)
        assertTrue(ear.playing(facts(true, 200)).none { it.did is Did.Seek })
    }

    @Test
    fun `while it plays its place is told every half minute, and not while it does not`() {
        ear.metadata(song)
        ear.playing(facts(true, 0))
        clocks.pass(29_000)
        assertTrue(ear.tick().isEmpty())
        clocks.pass(1_000)
        assertEquals(listOf<Did>(Did.Position(30_000)), dids(ear.tick()))
        assertTrue(ear.tick().isEmpty())
        ear.playing(facts(false, 30_000))
        clocks.pass(600_000)
        assertTrue(ear.tick().isEmpty())
    }

    @Test
    fun `a session that ended says nothing more until something plays`() {
        ear.metadata(song)
        ear.playing(facts(true, 0))
        assertEquals(listOf<Did>(Did.End), dids(ear.end()))
        assertTrue(ear.end().isEmpty())
        assertEquals(listOf(Did.Metadata(song)), dids(ear.metadata(song)))
    }

    /** However often a player speaks, no more than this is sealed and written: the flash of a phone is not ours to wear out. */
    @Test
    fun `an hour of a chatty player is few events`() {
        val random = Random(SEED)
        var events = 0
        events += ear.metadata(song).size
        repeat(14_400) {
            clocks.pass(250)
            events += ear.playing(facts(true, clocks.monotonicMs - 5_000 + random.nextLong(-400, 400))).size
            events += ear.metadata(song).size
        }
        assertTrue(events <= 125, "seed $SEED: $events events")
    }

    @Test
    fun `a place without a time that is named again has gone on meanwhile, and another one is a jump`() {
        fun unstamped(positionMs: Long) = PlayingFacts(true, over = false, positionMs, clocks.monotonicMs, 1000, isStamped = false)
        ear.metadata(song)
        assertEquals(listOf<Did>(Did.Play), dids(ear.playing(unstamped(7_000))))
        repeat(3) {
            clocks.pass(9_000)
            assertTrue(ear.playing(unstamped(7_000)).isEmpty())
        }
        assertEquals(listOf<Did>(Did.Seek(100_000)), dids(ear.playing(unstamped(100_000))))
    }

    @Test
    fun `the monotonic clock never goes back in what is told, whatever a player says`() {
        val random = Random(SEED)
        var before = 0L
        repeat(2_000) {
            clocks.pass(random.nextLong(0, 5_000))
            val position = random.nextLong(-1, 500_000).takeIf { it >= 0 }
            val events =
                when (random.nextInt(4)) {
                    0 -> ear.metadata(song.copy(title = "T${random.nextInt(3)}"))
                    1 -> ear.tick()
                    else -> ear.playing(facts(random.nextBoolean(), position, random.nextLong(500, 3_000), random.nextInt(10) == 0))
                }
            for (event in events) {
                assertIs<Heard>(event)
                assertTrue(event.monotonicMs >= before && (event.positionMs ?: 0) >= 0, "seed $SEED round $it: $event")
                before = event.monotonicMs
            }
        }
    }

    private companion object {
        const val SEED = 77
    }
}
