// What a test sees and does on the screen, by what assistive technology gets to know of it: on the real activity, whether a
// phone draws it or this machine. Whoever runs it says how time passes.
package tekram.app

import android.content.Context
import android.content.Intent
import android.view.View
import android.view.ViewGroup
import androidx.compose.ui.node.RootForTest
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.text.AnnotatedString
import java.util.concurrent.TimeUnit
import kotlin.test.fail

const val PASSPHRASE = "four words in a row"

/** The screen of the app that is in front. */
abstract class Screen {
    abstract val context: Context

    /** Starts the app with what an intent asks. */
    abstract fun open(intent: Intent)

    /** Looks at, or touches, what only the main thread may. */
    abstract fun <T> onMain(look: () -> T): T

    /** Lets some time pass. */
    abstract fun pass()

    fun word(
        id: Int,
        vararg args: Any,
    ): String = context.getString(id, *args)

    /** Lets time pass until [condition] holds: the core works on threads of its own. */
    fun until(
        what: String,
        condition: () -> Boolean,
    ) {
        val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)
        while (!condition()) {
            if (System.nanoTime() > end) fail("waited for: $what; there is ${texts()}")
            pass()
        }
    }

    /** The nodes that are on the screen, dialogs included. */
    fun nodes(): List<SemanticsNode> =
        onMain {
            android.view.inspector.WindowInspector
                .getGlobalWindowViews()
                .flatMap { views(it).toList() }
                .filterIsInstance<RootForTest>()
                .flatMap { all(it.semanticsOwner.rootSemanticsNode).toList() }
        }

    fun texts(): List<String> = nodes().flatMap { node -> node.config.getOrElse(SemanticsProperties.Text) { emptyList() }.map { it.text } }

    fun shows(text: String): Boolean = text in texts()

    /** Taps what carries [text], or what it lies in. */
    fun tap(text: String) {
        until("something to tap called $text") { tappable(text) != null }
        val node = tappable(text) ?: fail(text)
        onMain { node.config[SemanticsActions.OnClick].action?.invoke() }
        pass()
    }

    private fun tappable(text: String): SemanticsNode? =
        nodes().lastOrNull { node ->
            SemanticsActions.OnClick in node.config &&
                SemanticsProperties.Disabled !in node.config &&
                node.config.getOrElse(SemanticsProperties.Text) { emptyList() }.any { it.text == text }
        }

    fun type(
        tag: String,
        text: String,
    ) {
        fun field() = nodes().firstOrNull { it.config.getOrElse(SemanticsProperties.TestTag) { "" } == tag && SemanticsActions.SetText in it.config }
        until("a field called $tag") { field() != null }
        val field = field() ?: fail(tag)
        onMain { field.config[SemanticsActions.SetText].action?.invoke(AnnotatedString(text)) }
        pass()
    }

    /** First run, as a person does it, to the tabs. */
    fun firstRun(name: String = "Home") {
        type("start_name", name)
        tap(word(R.string.common_next))
        type("start_passphrase", PASSPHRASE)
        type("start_passphrase_again", PASSPHRASE)
        tap(word(R.string.start_create))
        until("the tabs") { shows(word(R.string.common_tab_relations)) }
    }

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
    }
}
