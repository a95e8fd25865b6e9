// Clicks through the screens of Pay that look back: months, receipts, the account book and what is finished elsewhere.
package tekram.ui.pay

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.hasScrollAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollToNode
import org.junit.jupiter.api.Test
import tekram.ffi.LinkKind
import tekram.ui.onScreen
import kotlin.test.assertEquals

@OptIn(ExperimentalTestApi::class)
class AccountsScreensTest {
    private val said = mutableListOf<String>()

    private val actions =
        object : PaymentActions by noPaymentActions {
            override fun open(
                screen: String,
                what: String,
            ) {
                said += "$screen $what".trim()
            }
        }

    @Test
    fun `another month, its receipts and the book are opened`() =
        onScreen({ MonthsScreen(fixedPay, { said += it }, { said += "receipts $it" }, { said += "book" }, {}, {}) }) {
            onNodeWithText("October 2026").performClick()
            onAllNodesWithText("Receipts").onFirst().performClick()
            onNode(hasScrollAction()).performScrollToNode(hasText("Account book"))
            onNodeWithText("Account book").performClick()
            assertEquals(OCTOBER, said.first())
            assertEquals("book", said.last())
            assertEquals(3, said.size)
        }

    @Test
    fun `receipts lead to what is finished elsewhere and to the book`() =
        onScreen({ ReceiptsScreen(paid, actions) {} }) {
            onNode(hasScrollAction()).performScrollToNode(hasText("Finish in another app"))
            onNodeWithText("Finish in another app").performClick()
            onNode(hasScrollAction()).performScrollToNode(hasText("Account book"))
            onNodeWithText("Account book").performClick()
            assertEquals(listOf("pay_handoff $OCTOBER", "pay_ledger"), said)
        }

    @Test
    fun `the provider is asked what lies there`() =
        onScreen({ LedgerScreen(fixedAccounts, { said += it }, {}, {}) }) {
            onAllNodesWithText("Ask the provider").onFirst().performClick()
            assertEquals(listOf(MINT), said)
        }

    @Test
    fun `what is finished elsewhere is called by its kind and opened`() {
        onScreen({ HandOffsScreen(promised, actions) {} }) {
            onNodeWithText("Finish in another app").assertIsDisplayed()
            onNodeWithText("Verein Nachtzug").performClick()
            assertEquals(listOf("pay_handoff $OCTOBER/2"), said)
        }
        onScreen({ HandOffsScreen(promised.copy(handOffs = fixedHandOffs.filter { it.kind == LinkKind.PAYTO }), actions) {} }) {
            onNodeWithText("Finish in your bank app").assertIsDisplayed()
        }
    }
}
