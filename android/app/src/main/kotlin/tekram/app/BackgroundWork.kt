// What is done while the app is not on the screen and a profile is still open: until it locks itself.
// Nothing here asks a host that the person did not let be asked before.
package tekram.app

import tekram.binding.Work
import tekram.ffi.Agent
import tekram.ffi.Persona
import tekram.platform.work.WorkKind

/** Turns a kind of work into calls of the core on the open profile. */
class BackgroundWork(
    private val agent: Agent,
    private val open: () -> Persona?,
    private val offerArrived: () -> Unit,
) {
    private var awake = 0
    private var inFront = true

    /** The work, or none while every profile is locked. */
    fun of(kind: WorkKind): (suspend () -> Unit)? {
        val persona = open() ?: return null
        return { awake { run(kind, persona) } }
    }

    private suspend fun run(
        kind: WorkKind,
        persona: Persona,
    ) = when (kind) {
        WorkKind.CollectOffers -> collect(persona)
        WorkKind.LookAgain -> lookAgain(persona)
    }

    private suspend fun collect(persona: Persona) {
        var news = false
        for (request in persona.intents().filter { it.state == OUT }) {
            val known =
                persona
                    .offers(request.intent)
                    .offers
                    .map { it.offer }
                    .toSet()
            val task = persona.collect(request.intent, WAIT_MS, ENOUGH)
            val now = Work(task, task::next, task::finish, task::cancel).run()
            news = news || now.offers.any { it.offer !in known }
        }
        if (news) offerArrived()
    }

    private suspend fun lookAgain(persona: Persona) {
        val feeds =
            persona
                .payees()
                .map { it.identity }
                .filter { it.startsWith(FEED) }
                .map { it.removePrefix(FEED) }
        if (feeds.isEmpty()) return
        val task = persona.discover(feeds)
        Work(task, task::next, task::finish, task::cancel).run()
    }

    /** The app came to the screen or left it: while it is away, the core's calls are let through for work alone. */
    @Synchronized
    fun front(isInFront: Boolean) {
        inFront = isInFront
        // An activity that the system ended left the core paused; the next one must not find it so.
        if (isInFront) agent.resume()
    }

    private suspend fun awake(work: suspend () -> Unit) {
        wake()
        try {
            work()
        } finally {
            rest()
        }
    }

    @Synchronized
    private fun wake() {
        if (awake++ == 0 && !inFront) agent.resume()
    }

    @Synchronized
    private fun rest() {
        if (--awake == 0 && !inFront) agent.pause()
    }

    companion object {
        /** A request that is out and may get offers. */
        const val OUT = "open"
        private const val FEED = "feed:"
        private const val WAIT_MS = 15_000uL
        private const val ENOUGH = 20u
    }
}
