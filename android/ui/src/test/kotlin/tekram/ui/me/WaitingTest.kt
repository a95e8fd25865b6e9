// The dot on a tab: when something waits, in words for those who do not see it, and gone when it is done.
package tekram.ui.me

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.onAllNodesWithContentDescription
import androidx.compose.ui.test.onNodeWithContentDescription
import org.junit.jupiter.api.Test
import tekram.ffi.RecoveryDuty
import tekram.ui.CoreTest
import tekram.ui.common.Place
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Shell
import tekram.ui.common.Tab
import tekram.ui.onScreen
import tekram.ui.pictures.Variant
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class WaitingTest : CoreTest() {
    @Test
    fun `the dot comes on the third day and goes with the words`() =
        story {
            var duty = RecoveryDuty.NONE
            val model = WaitingModel(session()) { duty }
            assertEquals(emptySet(), model.tabs.value)
            duty = RecoveryDuty.ASK
            model.reload()
            model.tabs.until("the dot") { it == setOf(Tab.Me) }
            duty = RecoveryDuty.NONE
            model.reload()
            model.tabs.until("no dot") { it.isEmpty() }
        }

    @Test
    fun `the core asks for nothing on the first day, and a locked profile keeps the dot as it was`() =
        story {
            val session = session()
            val model = WaitingModel(session)
            session.persona.lock()
            model.reload()
            assertEquals(emptySet(), model.tabs.value)
        }

    @Test
    fun `it is said in words, in a narrow window and in a wide one`() =
        listOf(Variant.Light, Variant.Wide).forEach { variant ->
            onScreen({ Shell(Place(), {}, {}, setOf(Tab.Me)) { route, back -> ScreenFrame(route.id, back) {} } }, variant) {
                onNodeWithContentDescription("Me, something waits there").assertIsDisplayed()
                assertEquals(0, onAllNodesWithContentDescription("Pay, something waits there").fetchSemanticsNodes().size)
            }
        }
}
