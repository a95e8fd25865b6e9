// First run, lock and unlock against the real core.
package tekram.ui.start

import org.junit.jupiter.api.Test
import tekram.ui.CoreTest
import tekram.ui.TEST_PASSPHRASE
import tekram.ui.common.PlainDevice
import tekram.ui.common.Route
import tekram.ui.common.Tab
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

class StartModelTest : CoreTest() {
    /** A device whose clock the test turns. */
    private class TurnedClock : PlainDevice() {
        var now = Duration.ZERO

        override fun elapsed() = now
    }

    private val device = TurnedClock()
    private val app by lazy { AppModel(agent, device) }
    private val start by lazy { StartModel(agent, device, app::opened) }

    private suspend fun firstProfile(name: String = "Home") {
        app.state.until("first run") { it.phase != AppPhase.Opening }
        start.addProfile()
        start.setName(" $name ")
        start.toPassphrase()
        start.create("four words in a row")
        app.state.until("$name is open") { (it.phase as? AppPhase.Open)?.session?.persona?.name() == name }
    }

    private suspend fun locked(): AppPhase.Locked = app.state.until("the lock") { it.phase is AppPhase.Locked }.phase as AppPhase.Locked

    @Test
    fun `a device without profiles begins with the first run`() =
        story {
            app.state.until("first run") { it.phase == AppPhase.FirstRun }
            start.begin()
            assertEquals(StartStep.First, start.state.value.step)
            assertFalse(start.back())
        }

    @Test
    fun `a new profile is open at once and its name is trimmed`() =
        story {
            firstProfile()
            assertEquals("Home", app.session?.persona?.name())
            assertEquals(StartState(), start.state.value)
        }

    @Test
    fun `a locked profile opens with its passphrase and no other`() =
        story {
            firstProfile()
            app.lock()
            start.lockedWith(locked().personas)
            assertEquals(
                "Home",
                start.state.value.persona
                    ?.name,
            )
            assertEquals(Unlocking.Passphrase, start.state.value.unlocking)
            start.unlock("not it")
            val failure = start.state.until("a refusal") { it.failure != null }.failure
            assertEquals("wrong_passphrase", assertIs<StartFailure.Refused>(failure).error.name)
            assertFalse(start.state.value.busy)
            start.unlock("four words in a row")
            app.state.until("an open profile") { it.phase is AppPhase.Open }
        }

    @Test
    fun `locking ends what the profile's screens hold`() =
        story {
            firstProfile()
            val session = checkNotNull(app.session)
            app.open(Route("history_day", "2026-11-03"))
            app.lock()
            locked()
            assertNull(app.session)
            assertEquals(Tab.History.home, app.state.value.place.top.id)
            assertTrue(runCatching { session.persona.holdings() }.isFailure)
        }

    @Test
    fun `of several profiles one is chosen first`() =
        story {
            firstProfile("Home")
            firstProfile("Work")
            assertEquals("Work", app.session?.persona?.name())
            app.lock()
            start.lockedWith(locked().personas)
            assertNull(start.state.value.chosen)
            val work =
                start.state.value.personas
                    .first { it.name == "Work" }
            start.choose(work.id)
            assertTrue(start.back())
            assertNull(start.state.value.chosen)
            start.choose(work.id)
            start.unlock("four words in a row")
            app.state.until("an open profile") { it.phase is AppPhase.Open }
            assertEquals("Work", app.session?.persona?.name())
        }

    @Test
    fun `two profiles of one name are refused`() =
        story {
            firstProfile()
            app.lock()
            start.lockedWith(locked().personas)
            start.addProfile()
            start.setName("Home")
            start.create("another one of words")
            val failure = start.state.until("a refusal") { it.failure != null }.failure
            assertEquals("vault_exists", assertIs<StartFailure.Refused>(failure).error.name)
        }

    /** Away for [time] and back again; whether the profile is still open then. */
    private fun staysOpenAway(time: Duration): Boolean {
        app.toBackground()
        device.now += time
        app.toForeground()
        return app.session != null
    }

    private suspend fun lockedItself(): Boolean {
        locked()
        return app.state.value.lockedItself
    }

    @Test
    fun `a new profile locks when nobody used it for five minutes, also while the device slept`() =
        story {
            firstProfile()
            assertEquals(300u, checkNotNull(app.session).persona.autoLockS())
            assertTrue(staysOpenAway(5.minutes - 1.seconds))
            assertTrue(staysOpenAway(5.minutes - 1.seconds), "coming back and leaving again begins anew")
            assertFalse(staysOpenAway(5.minutes))
            assertTrue(lockedItself())
        }

    @Test
    fun `a profile that is to lock later or sooner does so in the background too`() =
        story {
            firstProfile()
            for (minutes in listOf(15, 60, 1)) {
                checkNotNull(app.session).persona.setAutoLock(minutes.toUInt() * 60u)
                assertTrue(staysOpenAway(minutes.minutes - 1.seconds), "$minutes")
                assertFalse(staysOpenAway(minutes.minutes), "$minutes")
                assertTrue(lockedItself())
                start.lockedWith(locked().personas)
                start.unlock("four words in a row")
                app.state.until("an open profile") { it.phase is AppPhase.Open }
            }
        }

    @Test
    fun `a profile that never locks by itself stays open`() =
        story {
            firstProfile()
            checkNotNull(app.session).persona.setAutoLock(null)
            assertTrue(staysOpenAway(100.hours))
            device.now += 100.hours
            app.touched()
            assertNotNull(app.sessionInTime)
        }

    @Test
    fun `on the screen a touch puts the lock off, and one that comes too late opens nothing`() =
        story {
            firstProfile()
            repeat(3) {
                device.now += 5.minutes - 1.seconds
                app.touched()
                assertNotNull(app.session)
            }
            device.now += 5.minutes
            app.touched()
            assertNull(app.session)
            assertTrue(lockedItself())
        }

    @Test
    fun `nothing works in the background with a profile whose time is over`() =
        story {
            firstProfile()
            app.toBackground()
            device.now += 4.minutes
            assertNotNull(app.sessionInTime)
            app.toBackground()
            device.now += 1.minutes
            assertNull(app.sessionInTime, "to be told twice of being left is not a touch")
        }

    @Test
    fun `the core locks it in the background, and nobody has to come back for that`() =
        story {
            firstProfile()
            app.toBackground()
            checkNotNull(app.session).persona.setAutoLock(1u)
            assertTrue(lockedItself())
        }

    @Test
    fun `the place survives the app being put away`() =
        story {
            firstProfile()
            app.select(Tab.Want, Route("want_offers", "intent-1"))
            val saved = app.savedPlace()
            app.select(Tab.Me)
            app.restorePlace(saved)
            assertEquals(Route("want_offers", "intent-1"), app.state.value.place.top)
            assertTrue(app.back())
            assertFalse(app.back())
        }

    @Test
    fun `a place that was kept is gone back to in its own profile only`() =
        story {
            val anna = agent.createPersona("Anna", TEST_PASSPHRASE)
            val ben = agent.createPersona("Ben", TEST_PASSPHRASE)
            app.opened(anna)
            app.select(Tab.Want, Route("want_offers", "intent-of-anna"))
            val saved = app.savedPlace()
            for ((profile, top) in listOf(ben to Route("history_days"), anna to Route("want_offers", "intent-of-anna"))) {
                val started = AppModel(agent, device)
                started.restorePlace(saved)
                assertEquals(saved, started.savedPlace(), "put away again before anything was opened")
                started.opened(profile)
                assertEquals(top, started.state.value.place.top)
                started.restorePlace(saved)
                assertEquals(top, started.state.value.place.top, "a turned phone")
            }
        }
}
