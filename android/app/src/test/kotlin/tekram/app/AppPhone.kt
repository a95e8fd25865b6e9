// A phone of API 35 on this machine with the real application, the real screens drawn by the framework's own code, and the
// real core underneath. What is missing is hardware: keys, camera, radio.
package tekram.app

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.hardware.biometrics.BiometricManager
import android.os.Bundle
import android.os.Looper
import android.view.WindowManager
import org.junit.After
import org.junit.Before
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowBiometricManager
import java.time.Duration

/** The phone. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], qualifiers = "w360dp-h740dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
abstract class AppPhone : Screen() {
    override val context: Context get() = process
    protected val process: TekramApplication get() = RuntimeEnvironment.getApplication() as TekramApplication

    /** A phone on which no biometric and no screen lock is set up. */
    @Before
    fun noLock() {
        val manager = process.getSystemService(BiometricManager::class.java)!!
        Shadow.extract<ShadowBiometricManager>(manager).setCanAuthenticate(false)
    }

    @After
    fun closeCore() {
        started.forEach { if (!it.get().isDestroyed) it.close() }
        // Compose keeps its dispatcher from test to test, and what lies in the queue at the end is thrown away: a frame that
        // was asked for and never came would stop it for good.
        repeat(QUIET_STEPS) { shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(STEP_MS)) }
        process.agent.shutDown()
    }

    private val started = mutableListOf<ActivityController<MainActivity>>()

    /** Starts the activity, or starts it again with what the system [kept] of it. */
    protected fun start(
        intent: Intent = Intent(Intent.ACTION_MAIN),
        kept: Bundle? = null,
    ): ActivityController<MainActivity> {
        val controller = Robolectric.buildActivity(MainActivity::class.java, intent)
        started += controller
        return if (kept == null) controller.setup() else controller.setup(kept)
    }

    override fun open(intent: Intent) {
        start(intent)
    }

    override fun <T> onMain(look: () -> T): T = look()

    override fun pass() {
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(STEP_MS))
        Thread.sleep(STEP_MS)
    }

    protected fun isSecret(activity: Activity): Boolean = activity.window.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE != 0

    private companion object {
        const val STEP_MS = 20L
        const val QUIET_STEPS = 10
    }
}
