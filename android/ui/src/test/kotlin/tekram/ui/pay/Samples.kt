// Samples of the room's screens, one line each.
package tekram.ui.pay

import androidx.compose.runtime.Composable
import tekram.ffi.Outcome
import tekram.ffi.RecoveryDuty
import tekram.ffi.SettleEnd
import tekram.ffi.SettleProgress
import tekram.ffi.Weight
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.Tab
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample

private val refused = Phase.Failed(Shown(5001, "never_heard_of", "pay"))
private val stopped = paying.copy(run = paying.run.copy(running = false, ended = SettleEnd.STOPPED), statement = begunSplit)
private val unreachable =
    promised.copy(
        run = Run(ended = SettleEnd.DONE).heard(SettleProgress.NotPlanned(0, "rail_unreachable", false)).heard(SettleProgress.HandedOff(fixedHandOffs[0])),
    )

private val switchedOff =
    draftSplit.copy(
        lines =
            draftSplit.lines.map {
                it.copy(outcome = Outcome.CARRY, reason = "rail_off")
            },
        summary = draftSplit.summary.copy(payableMinor = 0),
    )

val paySamples: List<Sample> =
    listOf(
        pay("pay_split", wide = true) { Split(fixedPay) },
        pay("pay_split", "rules") { Split(fixedPay, SplitView.Rules) },
        pay("pay_split", "sources") { Split(fixedPay, SplitView.Sources) },
        pay("pay_split", "preview") { Split(triedOut, SplitView.Sources) },
        pay("pay_split", "rail_off") { Split(fixedPay.copy(statement = switchedOff)) },
        pay("pay_split", "confirmed") { Split(fixedPay.copy(statement = promisedSplit, heldChanges = 1)) },
        pay("pay_split", "paid") { Split(fixedPay.copy(statement = paidSplit)) },
        pay("pay_split", "200_payees") { Split(splitOver(200)) },
        pay("pay_split", "no_budget") { Split(fixedPay.copy(rules = null, statement = null)) },
        pay("pay_split", "nothing_heard") { Split(fixedPay.copy(statement = null, problem = Shown(8002, "empty_month", "pay"))) },
        pay("pay_split", "empty") { Split(PayState(Phase.Empty)) },
        pay("pay_split", "loading") { Split(PayState()) },
        pay("pay_split", "error") { Split(PayState(refused)) },
        pay("pay_split", "offline") { Split(PayState(Phase.Offline)) },
        pay("pay_split", "locked") { Split(PayState(Phase.Locked)) },
        pay("pay_months") { MonthsScreen(fixedPay, {}, {}, {}, {}, {}) },
        pay("pay_why") { WhyScreen(fixedPay, whyAbout(OCTOBER, draftSplit.lines[0]), fixedPayees[0], {}, {}, {}) },
        pay("pay_why", "waits") { WhyScreen(fixedPay, whyAbout(OCTOBER, draftSplit.lines.last()), null, {}, {}, {}) },
        pay("pay_confirm") { ConfirmScreen(asked, noPaymentActions) {} },
        pay("pay_confirm", "words_first") { ConfirmScreen(asked.copy(duty = RecoveryDuty.REQUIRED), noPaymentActions) {} },
        pay("pay_confirm", "done") { ConfirmScreen(promised, noPaymentActions) {} },
        pay("pay_confirm", "error") { ConfirmScreen(asked.copy(problem = Shown(5020, "draft_outdated", "pay")), noPaymentActions) {} },
        pay("pay_progress") { ProgressScreen(paying, noPaymentActions, ::someCode) {} },
        pay("pay_progress", "before") { ProgressScreen(promised, noPaymentActions, ::someCode) {} },
        pay("pay_progress", "top_up") { ProgressScreen(puttingIn, noPaymentActions, ::someCode) {} },
        pay("pay_progress", "stopped") { ProgressScreen(stopped, noPaymentActions, ::someCode) {} },
        pay("pay_progress", "unreachable") { ProgressScreen(unreachable, noPaymentActions, ::someCode) {} },
        pay("pay_progress", "offline") { ProgressScreen(promised.copy(problem = Shown(2001, "offline", "network")), noPaymentActions, ::someCode) {} },
        pay("pay_receipts") { ReceiptsScreen(paid, noPaymentActions) {} },
        pay("pay_receipts", "empty") { ReceiptsScreen(promised, noPaymentActions) {} },
        pay("pay_handoff") { HandOffScreen(fixedHandOffs[0], ::someCode) {} },
        pay("pay_handoff", "web") { HandOffScreen(fixedHandOffs[1], ::someCode) {} },
        pay("pay_handoff", "list") { HandOffsScreen(promised, noPaymentActions) {} },
        pay("pay_handoff", "empty") { HandOffsScreen(asked, noPaymentActions) {} },
        pay("pay_payees") { PayeesScreen(knownPayees, noPayeesActions) {} },
        pay("pay_payees", "empty") { PayeesScreen(PayeesState(Phase.Ready), noPayeesActions) {} },
        pay("pay_payees", "searching") { PayeesScreen(knownPayees.copy(payees = emptyList(), searching = true, looks = fixedLooks), noPayeesActions) {} },
        pay("pay_changes") { ChangesScreen(knownPayees.copy(changes = fixedChanges), noPayeesActions) {} },
        pay("pay_changes", "empty") { ChangesScreen(knownPayees, noPayeesActions) {} },
        pay("pay_ledger") { LedgerScreen(fixedAccounts, {}, {}, {}) },
        pay("pay_ledger", "empty") { LedgerScreen(AccountsState(Phase.Empty), {}, {}, {}) },
    )

private fun pay(
    screen: String,
    state: String = "",
    wide: Boolean = false,
    content: @Composable () -> Unit,
) = sample(screen, state, Tab.Pay, wide, content = content)

@Composable
private fun Split(
    state: PayState,
    view: SplitView = SplitView.Lines,
) = SplitScreen(state, noSplitActions, null, view)

internal val noSplitActions =
    object : SplitActions {
        override fun reload() = Unit

        override fun show(month: String) = Unit

        override fun setBudget(
            minor: Long,
            currency: String,
        ) = Unit

        override fun setWeight(weight: Weight) = Unit

        override fun setMinimum(
            minor: Long,
            currency: String,
        ) = Unit

        override fun setFactor(
            source: String,
            permille: Int,
        ) = Unit

        override fun resetFactors() = Unit

        override fun apply() = Unit

        override fun cancel() = Unit

        override fun open(
            screen: String,
            what: String,
        ) = Unit
    }

internal val noPaymentActions =
    object : PaymentActions {
        override fun reload() = Unit

        override fun confirm() = Unit

        override fun choose(mint: String?) = Unit

        override fun settle() = Unit

        override fun stop() = Unit

        override fun toWords() = Unit

        override fun open(
            screen: String,
            what: String,
        ) = Unit
    }

internal val noPayeesActions =
    object : PayeesActions {
        override fun reload() = Unit

        override fun discover() = Unit

        override fun stop() = Unit

        override fun decide(
            id: String,
            take: Boolean,
        ) = Unit

        override fun openChanges() = Unit
    }
