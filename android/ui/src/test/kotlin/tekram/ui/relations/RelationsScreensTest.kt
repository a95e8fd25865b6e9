// Clicks through the screens of Relations.
package tekram.ui.relations

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import org.junit.jupiter.api.Test
import tekram.ui.common.Phase
import tekram.ui.onScreen
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class RelationsScreensTest {
    private val said = mutableListOf<String>()

    @Test
    fun `a relation says where both sides stand and opens`() =
        onScreen({ RelationsScreen(RelationsState(Phase.Ready, someRelations), { said += it.party }, {}) }) {
            onNodeWithContentDescription("Kaufladen am Markt. Your side: Agreed. The other side: Agreed.").performClick()
            onNodeWithContentDescription("Without a proven name. Your side: Open to terms. The other side: Has proposed terms.").performClick()
            assertEquals(listOf("did:key:z1", "did:key:z3"), said)
        }

    @Test
    fun `a party says what its halves mean and lists its agreements`() =
        onScreen({ PartyScreen(someParty, { said += it.record }, {}, {}) }) {
            onNodeWithText("You have signed the same terms as they have.").assertIsDisplayed()
            onNodeWithText("They have signed the same terms as you have.").assertIsDisplayed()
            onNodeWithText("Answer my request, and nothing else").performScrollTo().performClick()
            onNodeWithText("Service only").performScrollTo().performClick()
            assertEquals(listOf(someAgreement.record, "2"), said)
        }

    @Test
    fun `an agreement is said in plain words and its bytes can be taken along`() =
        onScreen({ AgreementScreen(agreed, { said += "export" }, {}, {}) }) {
            onNodeWithText("Deliver what you asked for").performScrollTo().assertIsDisplayed()
            onNodeWithText("Something that only the core has words for").performScrollTo().assertIsDisplayed()
            onNodeWithText("Signed by you").performScrollTo().assertIsDisplayed()
            onNodeWithText("Signed by the other side").performScrollTo().assertIsDisplayed()
            onNodeWithText("Save the record as a file").performScrollTo().performClick()
            assertEquals(listOf("export"), said)
            onNodeWithText("Read the whole text (English)").performScrollTo().performClick()
            onNodeWithText("The whole text of the agreement.").performScrollTo().assertIsDisplayed()
            onAllNodesWithText("PDC-INTENT", substring = true).fetchSemanticsNodes().let { assertEquals(0, it.size) }
        }
}
