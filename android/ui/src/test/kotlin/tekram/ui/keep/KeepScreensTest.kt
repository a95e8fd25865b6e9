// Clicks through the screens of what is kept.
package tekram.ui.keep

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsEnabled
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.assertIsOff
import androidx.compose.ui.test.assertIsOn
import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isPopup
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import org.junit.jupiter.api.Test
import tekram.ffi.Claim
import tekram.ffi.CredentialState
import tekram.ffi.NewMembership
import tekram.ffi.Preference
import tekram.ffi.Purchase
import tekram.ffi.Stance
import tekram.ui.common.Bars
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.onScreen
import kotlin.test.assertEquals
import kotlin.test.assertTrue

@OptIn(ExperimentalTestApi::class)
class KeepScreensTest {
    private val said = mutableListOf<String>()

    private fun <T : Any> read(value: T) = Kept(Phase.Ready, value)

    @Test
    fun `what waits stands on top and leads to the pen`() =
        onScreen({ KeepScreen(read(KeepCounts(6, 2, 41, 3, 5, 3)), { said += it }, {}, {}) }) {
            onNodeWithText("3 things wait for you").performClick()
            onNodeWithText("Proofs").performScrollTo().performClick()
            assertEquals(listOf("keep_pen", "keep_proofs"), said)
        }

    @Test
    fun `each thing about the person says where it comes from`() =
        onScreen({ AboutYouScreen(read(someAttributes), { said += it.text }, { said += "add" }, {}, {}) }) {
            onNodeWithText("Confirmed by university.example").assertIsDisplayed()
            onNodeWithText("Work\nCame from Engine & Sons").performScrollTo().performClick()
            onNodeWithContentDescription("Add something").performClick()
            assertEquals(listOf("lovelace@engine.example", "add"), said)
        }

    @Test
    fun `forgetting is asked for, ending keeps the history`() {
        val actions =
            object : AttributeActions by noAttributeActions {
                override fun forget() {
                    said += "forget"
                }

                override fun end() {
                    said += "end"
                }
            }
        onScreen({ AttributeScreen(read(Attributes(someAttributes.attributes.take(1))), actions) {} }) {
            onNodeWithText("Forget it").performScrollTo().performClick()
            onNodeWithText("Cancel").performClick()
            onNodeWithText("This is no longer so").performScrollTo().performClick()
            onAllNodesWithText("This is no longer so")[1].performClick()
            assertEquals(listOf("end"), said)
        }
    }

    @Test
    fun `the form has the fields of its kind`() {
        var state by mutableStateOf(AttributeFormState())
        onScreen({ AttributeFormScreen(state, { state = state.copy(fields = it(state.fields)) }, { said += state.fields.value().toString() }, {}) }) {
            onNodeWithText("Address").performScrollTo().performClick()
            onNodeWithTag("keep_field_streetAddress").performScrollTo().performTextInput("Ringstraße 1")
            onNodeWithTag("keep_field_addressCountry").performScrollTo().performTextInput("at")
            onNodeWithText("Save").performScrollTo().performClick()
            assertTrue("Ringstraße 1" in said.single() && "AT" in said.single())
        }
    }

    @Test
    fun `only what can be left out has a box, and the preview follows it`() {
        var state by mutableStateOf(showing.copy(leaves = licence.claims.take(1)))
        val actions =
            object : ShowActions by noShowActions {
                override fun choose(
                    claim: Claim,
                    along: Boolean,
                ) {
                    said += claim.path
                    // As the core has it: what a claim lies in goes along.
                    state = state.copy(leaves = state.leaves + licence.claims.filter { it == claim || claim.path.startsWith("${it.path}/") })
                }
            }
        onScreen({ ShowScreen(state, ::drawn, actions) {} }) {
            val preview = hasAnyAncestor(hasTestTag("keep_show_preview"))
            onNode(hasText("E-11842") and preview).performScrollTo().assertIsDisplayed()
            assertEquals(0, onAllNodes(hasText("Ada") and preview).fetchSemanticsNodes().size)
            onNodeWithTag("keep_claim_/given_name").performScrollTo().performClick()
            onNode(hasText("Ada") and preview).performScrollTo().assertIsDisplayed()
            onNodeWithTag("keep_claim_/address/street_address").performScrollTo().performClick()
            onNodeWithTag("keep_claim_/address").performScrollTo().assertIsOn()
            onNodeWithTag("keep_claim_/family_name").performScrollTo().assertIsOff()
            assertEquals(listOf("/given_name", "/address/street_address"), said)
        }
    }

    @Test
    fun `the answer is copied, shared and drawn where it is short enough`() {
        val copied = mutableListOf<String>()
        val device =
            object : PlainDevice() {
                override fun copy(text: String) {
                    copied += text
                }

                override fun share(text: String): Boolean = copied.add(text)
            }
        var answer by mutableStateOf("eyJ.x.y~")
        onScreen({ ShowScreen(showing.copy(answer = answer), ::drawn, noShowActions) {} }, device = device) {
            onNodeWithText("Copy the answer").performScrollTo().performClick()
            onNodeWithText("Share").performScrollTo().performClick()
            assertEquals(listOf("eyJ.x.y~", "eyJ.x.y~"), copied)
            onNodeWithText("Show it as a code").performScrollTo().performClick()
            onNodeWithContentDescription("Code to scan with another phone").performScrollTo().assertIsDisplayed()
            answer = "x".repeat(9_000)
            onNodeWithText("Show it as a code").performScrollTo().performClick()
            onNodeWithText("This is too long for a code. Copy the link instead.").performScrollTo().assertIsDisplayed()
        }
    }

    @Test
    fun `a proof that was taken back cannot be shown`() {
        var proof by mutableStateOf(licence)
        onScreen({ ProofScreen(read(proof), noProofActions) {} }) {
            onNodeWithText("Show it to somebody").performScrollTo().assertIsEnabled()
            proof = licence.copy(state = CredentialState.REVOKED)
            onNodeWithText("Show it to somebody").performScrollTo().assertIsNotEnabled()
            onNodeWithText("Taken back by the issuer").performScrollTo().assertIsDisplayed()
        }
    }

    @Test
    fun `purchases stand under their months and are searched`() {
        val actions =
            object : PurchasesActions by noPurchasesActions {
                override fun search(text: String) {
                    said += text
                }

                override fun open(purchase: Purchase) {
                    said += purchase.seller
                }
            }
        onScreen({ PurchasesScreen(somePurchases, actions) {} }) {
            onNodeWithText("November 2026").assertIsDisplayed()
            onNodeWithText("October 2026").assertIsDisplayed()
            onNodeWithText("Bakery Stein").performClick()
            onNodeWithTag("keep_purchases_search").performTextInput("roll")
            assertEquals(listOf("Bakery Stein", "roll"), said)
        }
    }

    @Test
    fun `columns are chosen from the table's own headings`() {
        var state by mutableStateOf(aTable)
        val actions =
            object : PurchaseImportActions by noImportActions {
                override fun choose(change: (CsvChoices) -> CsvChoices) {
                    state = state.copy(choices = change(state.choices))
                }
            }
        onScreen({ PurchaseImportScreen(state, actions) {} }) {
            onNodeWithText("Read the table").performScrollTo().assertIsNotEnabled()
            onNodeWithTag("keep_csv_Total").performScrollTo().performClick()
            onNode(hasText("Betrag") and hasAnyAncestor(isPopup())).performClick()
            assertEquals("Betrag", state.choices.columns[CsvMeaning.Total])
            onNodeWithText("Read the table").performScrollTo().assertIsEnabled()
            onNodeWithTag("keep_csv_Item").performScrollTo().performClick()
            onNode(hasText("The same in every line") and hasAnyAncestor(isPopup())).performClick()
            onNodeWithTag("keep_csv_fixed_Item").performScrollTo().performTextInput("Bread")
            assertEquals("Bread", state.choices.fixed[CsvMeaning.Item])
        }
    }

    @Test
    fun `a code that cannot be drawn leaves the number large`() {
        val card = NewMembership("City library", "", "0042", "", "CODE_128", "0042", null, null, null)
        val drawing =
            object : PlainDevice() {
                override fun bars(
                    kind: String,
                    text: String,
                ) = if (kind == "CODE_128") Bars(3, 1, byteArrayOf(1, 0, 1)) else null
            }
        onScreen({ MembershipScreen(read(listOf(MembershipCard(card, null))), {}, {}, {}) }, device = drawing) {
            onNodeWithContentDescription("Code of the card: 0042").assertIsDisplayed()
        }
        onScreen({ MembershipScreen(read(listOf(MembershipCard(card, null))), { said += "remove" }, {}, {}) }) {
            onNodeWithTag("keep_membership_number").assertIsDisplayed()
            onNodeWithText("This kind of code cannot be drawn here. Show the number instead.").assertIsDisplayed()
            onNodeWithText("Remove this membership").performScrollTo().performClick()
            onNodeWithText("Remove").performClick()
            assertEquals(listOf("remove"), said)
        }
    }

    @Test
    fun `a preference is added with how the person stands to it`() {
        val actions =
            object : PreferencesActions by noPreferencesActions {
                override fun set(
                    topic: String,
                    value: String,
                    stance: Stance,
                ) {
                    said += "$topic $value $stance"
                }

                override fun remove(preference: Preference) {
                    said += "remove ${preference.value}"
                }
            }
        onScreen({ PreferencesScreen(read(somePreferences), actions) {} }) {
            onNodeWithContentDescription("Remove Gluten").performClick()
            onNodeWithContentDescription("Add a preference").performClick()
            onNodeWithText("Add").assertIsNotEnabled()
            onNodeWithTag("keep_preference_topic").performTextInput("Food")
            onNodeWithTag("keep_preference_value").performTextInput("Nuts")
            onAllNodesWithText("Avoid it").let { it[it.fetchSemanticsNodes().lastIndex] }.performClick()
            onNodeWithText("Add").performClick()
            assertEquals(listOf("remove Gluten", "Food Nuts AVOIDS"), said)
        }
    }

    @Test
    fun `things are ticked, and throwing everything away is asked for`() {
        var state by mutableStateOf(BatchState(Phase.Ready, bank))
        val actions =
            object : BatchActions by noBatchActions {
                override fun choose(
                    item: UInt,
                    along: Boolean,
                ) {
                    state = state.copy(chosen = if (along) state.chosen + item else state.chosen - item)
                }

                override fun accept() {
                    said += "accept ${state.chosen}"
                }

                override fun reject() {
                    said += "reject ${state.chosen}"
                }
            }
        onScreen({ BatchScreen(state, itemRows(held), {}, actions) {} }) {
            onNodeWithText("Throw everything away").performClick()
            onAllNodesWithText("Throw everything away")[1].performClick()
            onNodeWithTag("keep_item_1").performClick()
            onNodeWithText("Add 1 chosen").performClick()
            assertEquals(listOf("reject []", "accept [1]"), said)
            onNodeWithText("You probably have this already", substring = true).assertIsDisplayed()
        }
    }
}
