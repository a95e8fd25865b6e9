// Clicks through the stories of Pay on its screens, with fixed states in place of the core.
package tekram.ui.pay

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsEnabled
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasScrollAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onAllNodesWithTag
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performScrollToNode
import androidx.compose.ui.test.performSemanticsAction
import androidx.compose.ui.test.performTextReplacement
import org.junit.jupiter.api.Test
import tekram.ffi.RecoveryDuty
import tekram.ffi.SettleEnd
import tekram.ffi.Weight
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.onScreen
import tekram.ui.pictures.Variant
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertNull

@OptIn(ExperimentalTestApi::class)
class PayScreensTest {
    private val said = mutableListOf<String>()
    private var state by mutableStateOf(fixedPay)

    private val actions =
        object : SplitActions by noSplitActions {
            override fun show(month: String) {
                said += "show $month"
            }

            override fun setBudget(
                minor: Long,
                currency: String,
            ) {
                said += "budget $minor $currency"
                state = state.copy(draft = DraftRules(budget = eur(minor)))
            }

            override fun setWeight(weight: Weight) {
                said += "weight $weight"
            }

            override fun setFactor(
                source: String,
                permille: Int,
            ) {
                said += "factor $source $permille"
                state = state.copy(draft = DraftRules(factors = mapOf(source to permille)))
            }

            override fun resetFactors() {
                said += "reset"
            }

            override fun apply() {
                said += "apply"
                state = fixedPay
            }

            override fun open(
                screen: String,
                what: String,
            ) {
                said += "$screen $what".trim()
            }
        }

    private val payment =
        object : PaymentActions by noPaymentActions {
            override fun confirm() {
                said += "confirm"
            }

            override fun choose(mint: String?) {
                said += "mint $mint"
            }

            override fun settle() {
                said += "settle"
            }

            override fun stop() {
                said += "stop"
            }

            override fun toWords() {
                said += "words"
            }

            override fun open(
                screen: String,
                what: String,
            ) {
                said += "$screen $what".trim()
            }
        }

    /** A device that remembers what was opened and copied. */
    private inner class RememberingDevice(
        private val opens: Boolean,
    ) : PlainDevice() {
        override fun open(link: String): Boolean = opens.also { said += "open $link" }

        override fun copy(text: String) {
            said += "copy $text"
        }
    }

    @Test
    fun `the ring is one sentence and the list says the same`() =
        onScreen({ SplitScreen(state, actions, null) }) {
            onNode(hasContentDescription("6 get a share", substring = true)).assertIsDisplayed()
            val list = onNodeWithTag("pay_list")
            list.performScrollToNode(hasContentDescription("Harbour Lights gets €3.42, 34.2% of the budget"))
            list.performScrollToNode(hasContentDescription("Nobody to pay found yet", substring = true))
            onNode(hasContentDescription("Nobody to pay found yet", substring = true)).performClick()
            assertEquals("pay_why $OCTOBER/waiting", said.last())
        }

    @Test
    fun `months turn one by one and end where there is no more`() =
        onScreen({ SplitScreen(state, actions, null) }) {
            onNodeWithContentDescription("Next month").assertIsNotEnabled()
            onNodeWithContentDescription("Previous month").performClick()
            assertEquals(listOf("show 2026-09"), said)
        }

    @Test
    fun `a budget is typed, tried out and applied`() =
        onScreen({ SplitScreen(state, actions, null, SplitView.Rules) }) {
            onNodeWithTag("pay_budget").performTextReplacement("ten")
            assertEquals(emptyList(), said)
            onNodeWithTag("pay_budget").performTextReplacement("12.50")
            assertEquals("budget 1250 EUR", said.last())
            onNodeWithText("Use this").assertIsEnabled().performClick()
            assertEquals("apply", said.last())
            onNodeWithText("Confirm").performClick()
            assertEquals("pay_confirm $OCTOBER", said.last())
        }

    @Test
    fun `sliders, weight and the way back to how it was heard`() =
        onScreen({ SplitScreen(state, actions, null) }) {
            onNodeWithTag("pay_view_Rules").performClick()
            onNodeWithTag("pay_weight_PLAYS").performClick()
            onNodeWithTag("pay_view_Sources").performClick()
            onNodeWithText("Set all back").performClick()
            onAllNodesWithTag("pay_slider").onFirst().performSemanticsAction(SemanticsActions.SetProgress) { it(0f) }
            assertEquals(listOf("weight PLAYS", "reset", "factor feed:0 0"), said)
            onNode(hasContentDescription("Harbour Lights counts Leave out", substring = true)).assertExists()
            onNodeWithText("A preview. It counts once you apply it, and nothing is paid before you confirm.").assertIsDisplayed()
        }

    @Test
    fun `why is told number by number`() =
        onScreen({ WhyScreen(fixedPay, whyAbout(OCTOBER, draftSplit.lines[0]), fixedPayees[0], {}, {}, {}) }) {
            onNodeWithText("Why Harbour Lights gets €3.42").assertIsDisplayed()
            onNodeWithText("Harbour Lights gets 9 of 10 parts", substring = true).performScrollTo().assertIsDisplayed()
            onNodeWithText("mint.example", substring = true).performScrollTo().assertIsDisplayed()
        }

    @Test
    fun `what confirming does is said before it is done`() =
        onScreen({ ConfirmScreen(asked, payment) {} }) {
            onNodeWithText("You make 4 promises over €8.23", substring = true).assertIsDisplayed()
            val list = onNodeWithTag("pay_confirm_list")
            list.performScrollToNode(hasText("Too small to send", substring = true))
            list.performScrollToNode(hasText("mint.example (e-cash provider) holds the money", substring = true))
            onNodeWithText("Confirm").performClick()
            assertEquals(listOf("confirm"), said)
        }

    @Test
    fun `recovery words come before the first money`() =
        onScreen({ ConfirmScreen(asked.copy(duty = RecoveryDuty.REQUIRED), payment) {} }) {
            onNodeWithText("Confirm").assertDoesNotExist()
            onNodeWithText("Show the words").performClick()
            assertEquals(listOf("words"), said)
        }

    @Test
    fun `a provider is chosen, paying starts, asks for money, is stopped and says what it did`() {
        var now by mutableStateOf(promised)
        onScreen({ ProgressScreen(now, payment, ::someCode) {} }, device = RememberingDevice(opens = true)) {
            onNodeWithTag("pay_progress_list").performScrollToNode(hasText("coins.example"))
            onNodeWithText("coins.example").performClick()
            onNodeWithText("Pay now").performClick()
            now = puttingIn
            onNodeWithTag("pay_progress_list").performScrollToNode(hasText("Open my wallet"))
            onNodeWithText("Open my wallet").performScrollTo().performClick()
            onNodeWithText("Stop here").performClick()
            now = paying.copy(run = paying.run.copy(running = false, ended = SettleEnd.STOPPED), statement = begunSplit)
            onNodeWithTag("pay_progress_list").performScrollToNode(hasText("Stopped. What was begun is kept; continue when you like."))
            onNodeWithText("Continue").performClick()
            val link = "open lightning:" + puttingIn.run.topUp?.invoice
            assertEquals(listOf("mint https://coins.example", "settle", link, "stop", "settle"), said)
        }
    }

    @Test
    fun `a hand-off shows its code, opens its link and never says paid`() =
        onScreen({ HandOffScreen(fixedHandOffs[1], ::someCode) {} }, device = RememberingDevice(opens = false)) {
            onNodeWithContentDescription("Code for a transfer of €0.96 to The Long Table Collective").assertIsDisplayed()
            onNodeWithText("Enter €0.96 there yourself", substring = true).performScrollTo().assertIsDisplayed()
            onNodeWithText("Finish on a web page").assertIsDisplayed()
            onNodeWithText("Open the page").performScrollTo().performClick()
            onNodeWithText("No app on this phone opens this", substring = true).performScrollTo().assertIsDisplayed()
            onNodeWithText("Copy").performScrollTo().performClick()
            onNodeWithText("Copied").performScrollTo().assertIsDisplayed()
            assertEquals(listOf("open ${fixedHandOffs[1].link}", "copy ${fixedHandOffs[1].link}"), said)
        }

    @Test
    fun `changed payment details are shown side by side and decided`() {
        val decided = mutableListOf<Pair<String, Boolean>>()
        val decide =
            object : PayeesActions by noPayeesActions {
                override fun decide(
                    id: String,
                    take: Boolean,
                ) {
                    decided += id to take
                }
            }
        onScreen({ ChangesScreen(knownPayees.copy(changes = fixedChanges), decide) {} }) {
            onAllNodesWithText("Until now").onFirst().assertExists()
            onNode(hasScrollAction()).performScrollToNode(hasText("Verein Nachtzug names other", substring = true))
            // Two accounts of the same name are told apart by their numbers.
            onNodeWithText("Verein Nachtzug\nDE89 3704 0044 0532 0130 00").assertExists()
            onNodeWithText("Verein Nachtzug\nGB33 BUKB 2020 1555 5555 55").assertExists()
            onAllNodesWithTag("pay_keep").onFirst().performClick()
            assertEquals(listOf("1" to false), decided)
        }
    }

    @Test
    fun `the search for payees is started, told feed by feed and stopped`() {
        var now by mutableStateOf(PayeesState(Phase.Ready))
        val search =
            object : PayeesActions by noPayeesActions {
                override fun discover() {
                    said += "discover"
                    now = now.copy(searching = true, looks = fixedLooks)
                }

                override fun stop() {
                    said += "stop"
                }
            }
        onScreen({ PayeesScreen(now, search, "https://feeds.example/harbour-lights.xml") {} }) {
            onNodeWithText("https://feeds.example/harbour-lights.xml").assertIsDisplayed()
            onNodeWithText("Look for who can be paid").performClick()
            onNodeWithText("Names 2 who can be paid").assertIsDisplayed()
            onNodeWithText("The other place cannot be reached", substring = true).assertIsDisplayed()
            onNodeWithText("Stop").performClick()
            assertEquals(listOf("discover", "stop"), said)
        }
    }

    @Test
    fun `only the month that it is now is called this one`() {
        onScreen({ SplitScreen(fixedPay.copy(month = "2026-11"), actions, null) }) { onNodeWithText("This month’s split").assertIsDisplayed() }
        onScreen({ SplitScreen(fixedPay, actions, null) }) { onNodeWithText("Split of October 2026").assertIsDisplayed() }
    }

    @Test
    fun `the first budget can be typed to its end while its split is shown already`() {
        for (view in SplitView.entries) {
            onScreen({ SplitScreen(fixedPay.copy(rules = null), actions, null, view) }) { onNodeWithTag("pay_budget").assertIsDisplayed() }
        }
    }

    @Test
    fun `two hundred payees scroll and every one can be asked why`() =
        onScreen({ SplitScreen(splitOver(200), actions, null) }) {
            onNodeWithTag("pay_list").performScrollToNode(hasContentDescription("Maker number 200 gets", substring = true))
            onNode(hasContentDescription("Maker number 200 gets", substring = true)).performClick()
            assertEquals(listOf("pay_why $OCTOBER/payee199"), said)
        }

    @Test
    fun `right to left and large type keep the way on`() {
        for (variant in listOf(Variant.RightToLeft, Variant.Large)) {
            said.clear()
            onScreen({ SplitScreen(fixedPay, actions, null) }, variant) {
                onNodeWithText("Confirm", substring = true).assertIsDisplayed().performClick()
            }
            assertEquals(listOf("pay_confirm $OCTOBER"), said)
        }
    }

    @Test
    fun `an amount is read as the locale writes it, or not at all`() {
        assertEquals(1250L, minorOf("12.50", "EUR", Locale.UK))
        assertEquals(1250L, minorOf(" 12,5 ", "EUR", Locale.GERMANY))
        assertEquals(12L, minorOf("12", "JPY", Locale.UK))
        assertEquals(500L, minorOf("500", "SAT", Locale.UK))
        assertNull(minorOf("12.505", "EUR", Locale.UK))
        assertNull(minorOf("10.50", "EUR", Locale.GERMANY))
        assertNull(minorOf("1,050", "EUR", Locale.UK))
        assertNull(minorOf("-1", "EUR", Locale.UK))
        assertNull(minorOf("ten", "EUR", Locale.UK))
        assertNull(minorOf("", "EUR", Locale.UK))
        assertEquals("12,5", typed(eur(1250), Locale.GERMANY))
        assertEquals(AS_HEARD, snapped(1043f))
        assertEquals(0, snapped(20f))
        assertEquals(1500, snapped(1512f))
    }
}
