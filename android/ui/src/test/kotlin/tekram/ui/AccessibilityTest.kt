// What must be true of every screen for somebody who cannot see it or has large fingers: whatever can be tapped has a
// name to be read out and is at least 48 dp wide and high.
package tekram.ui

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory
import tekram.ui.pictures.allSamples
import kotlin.test.assertEquals

class AccessibilityTest {
    @OptIn(ExperimentalTestApi::class)
    @TestFactory
    fun `what can be tapped has a name and room for a finger`(): List<DynamicTest> =
        allSamples.map { sample ->
            dynamicTest(sample.name) {
                onScreen(sample.content) {
                    val nodes = onAllNodes(SemanticsMatcher.keyIsDefined(SemanticsActions.OnClick)).fetchSemanticsNodes()
                    assertEquals(emptyList(), nodes.mapNotNull(::problem))
                }
            }
        }

    private fun problem(node: SemanticsNode): String? {
        val name = node.spoken()
        val touch = node.touchBoundsInRoot
        return when {
            name.isEmpty() -> "nothing is said about ${node.boundsInRoot}"
            node.boundsInRoot.isEmpty -> null
            touch.width < SMALLEST || touch.height < SMALLEST -> "$name is ${touch.width} × ${touch.height}"
            else -> null
        }
    }

    private fun SemanticsNode.spoken(): String =
        with(config) {
            val said = getOrElse(SemanticsProperties.ContentDescription) { emptyList() } + getOrElse(SemanticsProperties.Text) { emptyList() }.map { it.text }
            val typed = if (SemanticsProperties.EditableText in this) listOf("a field") else emptyList()
            (said + typed).joinToString(" ").trim()
        }

    private companion object {
        const val SMALLEST = 47.5f
    }
}
