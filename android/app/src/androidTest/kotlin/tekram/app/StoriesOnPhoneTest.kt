// The stories on a phone or an emulator. Each test has a process and an app of its own (the orchestrator clears its data), and
// the phone has no screen lock, as an emulator has none: the profile is made with a passphrase.
package tekram.app

import android.content.Context
import android.content.Intent
import android.os.SystemClock
import androidx.test.platform.app.InstrumentationRegistry
import org.junit.Test

/** The screen of a phone. */
private class PhoneScreen : Screen() {
    private val instrumentation = InstrumentationRegistry.getInstrumentation()
    override val context: Context get() = instrumentation.targetContext

    override fun open(intent: Intent) {
        if (intent.component == null) intent.setClassName(context, MainActivity::class.java.name)
        instrumentation.startActivitySync(intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
    }

    override fun <T> onMain(look: () -> T): T {
        var seen: Result<T>? = null
        instrumentation.runOnMainSync { seen = runCatching(look) }
        return checkNotNull(seen).getOrThrow()
    }

    override fun pass() = SystemClock.sleep(STEP_MS)

    private companion object {
        const val STEP_MS = 50L
    }
}

class StoriesOnPhoneTest {
    private val stories = Stories(PhoneScreen())

    @Test
    fun fromTheFirstStartThroughTheRooms() = stories.fromTheFirstStartThroughTheRooms()

    @Test
    fun lockedByHandItOpensWithItsPassphraseAlone() = stories.lockedByHandItOpensWithItsPassphraseAlone()

    @Test
    fun whatWasSharedWaitsForTheProfile() = stories.whatWasSharedWaitsForTheProfile()

    @Test
    fun aLinkOpensARoomAndDoesNothingElse() = stories.aLinkOpensARoomAndDoesNothingElse()
}
