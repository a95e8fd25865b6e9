// Turns what one player's session says into events, as few as tell the truth: players repeat themselves many times a
// second, and each event is sealed and written. A state that follows from the one before is dropped; a jump that the
// clock does not explain is a seek; while it plays, its place is told every half minute, so that being killed costs no
// more than that. What was meant by the events, and what counts as a listen, the core decides.
package tekram.platform.capture

import kotlin.math.abs

/** One thing that a player did, with the wall clock and a clock that never goes back. */
data class Heard(
    val session: String,
    val app: String,
    val atMs: Long,
    val offsetMinutes: Long,
    val monotonicMs: Long,
    val positionMs: Long?,
    val did: Did,
)

/** What it did; the same kinds as the core's player events. */
sealed interface Did {
    data object Play : Did

    data object Pause : Did

    data class Seek(
        val toMs: Long,
    ) : Did

    data class Speed(
        val permille: Long,
    ) : Did

    data class Metadata(
        val medium: MediumFacts,
    ) : Did

    data class Position(
        val ms: Long,
    ) : Did

    data object End : Did
}

/** The two clocks of a device: one goes with the world and may be set, one counts on through sleep and may not. */
interface Clocks {
    val wallMs: Long
    val offsetMinutes: Long
    val monotonicMs: Long
}

class SessionEar(
    private val session: String,
    private val app: String,
    private val clocks: Clocks,
) {
    private var medium = MediumFacts()
    private var last: PlayingFacts? = null
    private var toldAtMs = 0L

    // The place that the player named last, for players that name it again and again without saying when they were there.
    private var namedMs: Long? = null

    fun metadata(said: MediumFacts): List<Heard> {
        if (said == medium || said.isEmpty) return emptyList()
        // What is named late was on from the beginning; only after another name is it another medium.
        val otherMedium = !medium.isEmpty && (said.title != medium.title || said.creators != medium.creators)
        medium = said
        // A player names the next medium before it says that it is at its beginning: the old place must not count there.
        // One that never says where it is does not begin to.
        val beginning = 0L.takeIf { last?.positionMs != null }
        val position = if (otherMedium) beginning else place()
        if (otherMedium) last = last?.copy(positionMs = beginning, atMonotonicMs = clocks.monotonicMs)
        if (otherMedium) namedMs = null
        return listOf(heard(Did.Metadata(said), position))
    }

    fun playing(facts: PlayingFacts?): List<Heard> {
        val before = last
        if (facts == null) return emptyList()
        if (facts.over) return end()
        val said = placed(facts, before)
        namedMs = facts.positionMs
        last = said
        val events = mutableListOf<Heard>()
        val expected = before?.positionAt(said.atMonotonicMs)
        val jumped = expected != null && said.positionMs != null && abs(expected - said.positionMs) > JUMP_MS
        if (jumped) events += heard(Did.Seek(said.positionMs), expected)
        if (said.speedPermille != (before?.speedPermille ?: NORMAL)) events += heard(Did.Speed(said.speedPermille))
        if (said.playing != (before?.playing ?: false)) events += heard(if (said.playing) Did.Play else Did.Pause)
        if (events.isEmpty() && said.playing && clocks.monotonicMs - toldAtMs >= EVERY_MS) events += position()
        if (events.isNotEmpty()) toldAtMs = clocks.monotonicMs
        return events
    }

    /** Called by the clock while something plays, in case the player says nothing by itself. */
    fun tick(): List<Heard> {
        val due = last?.playing == true && clocks.monotonicMs - toldAtMs >= EVERY_MS
        if (!due) return emptyList()
        toldAtMs = clocks.monotonicMs
        return position()
    }

    val isPlaying: Boolean get() = last?.playing == true

    /** The player's session is over, or listening to it is. */
    fun end(): List<Heard> {
        if (last == null && medium.isEmpty) return emptyList()
        val event = heard(Did.End)
        last = null
        namedMs = null
        medium = MediumFacts()
        return listOf(event)
    }

    /** A place without a time that was named before says nothing new: what plays has gone on from there. */
    private fun placed(
        facts: PlayingFacts,
        before: PlayingFacts?,
    ): PlayingFacts {
        val isOld = !facts.isStamped && before != null && before.playing && facts.positionMs == namedMs
        return if (isOld) facts.copy(positionMs = before.positionAt(facts.atMonotonicMs)) else facts
    }

    private fun position(): List<Heard> = place()?.let { listOf(heard(Did.Position(it))) }.orEmpty()

    private fun place(): Long? = last?.positionAt(clocks.monotonicMs)

    private fun heard(
        did: Did,
        positionMs: Long? = place(),
    ) = Heard(session, app, clocks.wallMs, clocks.offsetMinutes, clocks.monotonicMs, positionMs, did)

    companion object {
        /** A place that differs by more than this from what the clock explains is a jump. */
        const val JUMP_MS = 1_500L

        /** While something plays, its place is told this often. */
        const val EVERY_MS = 30_000L
        private const val NORMAL = 1000L
    }
}
