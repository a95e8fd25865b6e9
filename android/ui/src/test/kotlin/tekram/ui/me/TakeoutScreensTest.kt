// Clicks through the screens of Me that show what lies here and what left: exports, what was shared, the hosts, licences.
package tekram.ui.me

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.getUnclippedBoundsInRoot
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import org.junit.jupiter.api.Test
import tekram.ui.common.Edition
import tekram.ui.common.Phase
import tekram.ui.common.Rows
import tekram.ui.onScreen
import kotlin.test.assertEquals
import kotlin.test.assertTrue

@OptIn(ExperimentalTestApi::class)
class TakeoutScreensTest {
    private val said = mutableListOf<String>()

    @Test
    fun `the history is taken out`() =
        onScreen({ MeExportScreen(MeExportState(Phase.Ready, me.holdings), { said += it.name }, {}, {}, {}) }) {
            onNodeWithText("12,408 entries in the history").assertIsDisplayed()
            onNodeWithTag("me_export_${Takeout.History}").performScrollTo().performClick()
            assertEquals(listOf(Takeout.History.name), said)
        }

    @Test
    fun `what was shared is opened and leads to the other side`() {
        val items = Rows(Phase.Ready, someShared.size, true, someShared.size, mapOf(0 to someShared))
        onScreen({ SharedScreen(items, {}, { said += it.record }, {}, {}) }) {
            onNodeWithText("Acceptance of an offer").performClick()
            assertEquals(listOf("6a2d"), said)
        }
        said.clear()
        onScreen({ SharedItemScreen(Phase.Ready, someShared[1], { said += it }, {}) }) {
            onNodeWithText("Only they can read this").performScrollTo().assertIsDisplayed()
            onNodeWithText("Open the relation").performScrollTo().performClick()
            assertEquals(listOf("did:key:z1"), said)
        }
    }

    @Test
    fun `the places above the proxy are above it`() =
        onScreen({ NetworksScreen(someNetworks, null, {}) { said += "back" } }) {
            val proxy = onNodeWithText("visible to the places above", substring = true)
            assertTrue(onNodeWithText("rates.example").getUnclippedBoundsInRoot().bottom <= proxy.getUnclippedBoundsInRoot().top)
            onNodeWithContentDescription("Go back").performClick()
            assertEquals(listOf("back"), said)
        }

    @Test
    fun `licences are read and left`() =
        onScreen({ LicencesScreen(Phase.Ready, listOf("serde 1.0")) { said += "back" } }) {
            onNodeWithText("serde 1.0").assertIsDisplayed()
            onNodeWithContentDescription("Go back").performClick()
            assertEquals(listOf("back"), said)
        }

    @Test
    fun `error numbers are there for who looks one up`() =
        onScreen({ AboutScreen("0.1.0", Edition(), null, {}, {}, {}) }) {
            onNodeWithText("3000 Storage", substring = true).assertDoesNotExist()
            onNodeWithText("Error numbers").performScrollTo().performClick()
            onNodeWithText("3000 Storage", substring = true).performScrollTo().assertIsDisplayed()
        }
}
