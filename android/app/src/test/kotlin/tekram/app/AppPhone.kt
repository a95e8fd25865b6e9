// A phone of API 35 on this machine with the real application, the real screens drawn by the framework's own code, and the
// real core underneath. What is missing is hardware: keys, camera, radio.
package tekram.app

import android.app.Activity
import android.content.Intent
import android.hardware.biometrics.BiometricManager
import android.os.Bundle
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.view.WindowManager
import androidx.compose.ui.node.RootForTest
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.text.AnnotatedString
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
import kotlin.test.fail

const val PASSPHRASE = "four words in a row"

/** The phone. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], qualifiers = "w360dp-h740dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
abstract class AppPhone {
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

    protected fun word(
        id: Int,
        vararg args: Any,
    ): String = process.getString(id, *args)

    /** Lets time pass until [condition] holds: the core works on threads of its own. */
    protected fun until(
        what: String,
        condition: () -> Boolean,
    ) {
        val end = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos()
        while (!condition()) {
            if (System.nanoTime() > end) fail("waited for: $what; there is ${texts()}")
            shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(STEP_MS))
            Thread.sleep(STEP_MS)
        }
    }

    protected fun isSecret(activity: Activity): Boolean = activity.window.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE != 0

    /** The nodes that are on the screen, dialogs included. */
    protected fun nodes(): List<SemanticsNode> =
        windows().filterIsInstance<RootForTest>().flatMap { all(it.semanticsOwner.rootSemanticsNode).toList() }

    protected fun texts(): List<String> =
        nodes().flatMap { node -> node.config.getOrElse(SemanticsProperties.Text) { emptyList() }.map { it.text } }

    protected fun shows(text: String): Boolean = text in texts()

    /** Taps what carries [text], or what it lies in. */
    protected fun tap(text: String) {
        until("something to tap called $text") { tappable(text) != null }
        val node = tappable(text) ?: fail(text)
        node.config[SemanticsActions.OnClick].action?.invoke()
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(STEP_MS))
    }

    private fun tappable(text: String): SemanticsNode? =
        nodes().lastOrNull { node ->
            SemanticsActions.OnClick in node.config &&
                SemanticsProperties.Disabled !in node.config &&
                node.config.getOrElse(SemanticsProperties.Text) { emptyList() }.any { it.text == text }
        }

    protected fun type(
        tag: String,
        text: String,
    ) {
        fun field() = nodes().firstOrNull { it.config.getOrElse(SemanticsProperties.TestTag) { "" } == tag && SemanticsActions.SetText in it.config }
        until("a field called $tag") { field() != null }
        field()
            ?.config
            ?.get(SemanticsActions.SetText)
            ?.action
            ?.invoke(AnnotatedString(text))
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(STEP_MS))
    }

    /** First run, as a person does it, to the History tab. */
    protected fun firstRun(name: String = "Home") {
        type("start_name", name)
        tap(word(R.string.common_next))
        type("start_passphrase", PASSPHRASE)
        type("start_passphrase_again", PASSPHRASE)
        tap(word(R.string.start_create))
        until("an open profile") { process.openSession() != null }
        until("the tabs") { shows(word(R.string.common_tab_relations)) }
    }

    private fun windows(): List<View> = ShadowWindows.roots().flatMap { views(it).toList() }

    private fun views(view: View): Sequence<View> =
        sequence {
            yield(view)
            if (view is ViewGroup) for (index in 0 until view.childCount) yieldAll(views(view.getChildAt(index)))
        }

    private fun all(node: SemanticsNode): Sequence<SemanticsNode> =
        sequence {
            yield(node)
            node.children.forEach { yieldAll(all(it)) }
        }

    private companion object {
        const val PATIENCE_SECONDS = 40L
        const val STEP_MS = 20L
        const val QUIET_STEPS = 10
    }
}

/** The windows that are open: the activity's, and those of its dialogs. */
private object ShadowWindows {
    fun roots(): List<View> =
        android.view.inspector.WindowInspector
            .getGlobalWindowViews()
}
