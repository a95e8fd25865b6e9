// From the split of a month to its receipts: confirming, paying, what came of it, and what the person finishes in another
// app. Paying goes on when its screen is left; stopping it says afterwards what it did.
package tekram.ui.pay

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.binding.Work
import tekram.ffi.HandOff
import tekram.ffi.MintTakers
import tekram.ffi.Payee
import tekram.ffi.Receipt
import tekram.ffi.RecoveryDuty
import tekram.ffi.SettleEnd
import tekram.ffi.SettleProgress
import tekram.ffi.Statement
import tekram.ffi.StatementState
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** How long paying waits for receipts before it ends, in milliseconds; those that come later are found the next time. */
private const val RECEIPTS_WAIT_MS = 20_000L

/** What the screens from confirming to receipts show. */
data class PaymentState(
    val phase: Phase = Phase.Loading,
    val month: String = "",
    val statement: Statement? = null,
    /** Whether recovery words are due before the first money. */
    val duty: RecoveryDuty = RecoveryDuty.NONE,
    /** Those who get something, by id: how they can be paid. */
    val payees: Map<String, Payee> = emptyMap(),
    /** E-cash providers that those who get something take, the most taken first. */
    val mints: List<MintTakers> = emptyList(),
    /** The provider that the person chose; null lets the core choose. */
    val mint: String? = null,
    val handOffs: List<HandOff> = emptyList(),
    val receipts: List<Receipt> = emptyList(),
    val run: Run = Run(),
    /** A confirmation or a payment that was refused. */
    val problem: Shown? = null,
    val busy: Boolean = false,
) {
    /** Whether the month is promised, so that it can be paid. */
    val confirmed: Boolean get() = statement?.let { it.state != StatementState.DRAFT } ?: false
}

/** One run of paying, as far as it has been told. */
data class Run(
    val running: Boolean = false,
    /** The newest that was told of each line. */
    val steps: Map<Long, SettleProgress> = emptyMap(),
    /** How many lines were planned. */
    val planned: Int = 0,
    /** The invoice that waits to be paid. */
    val topUp: SettleProgress.TopUpNeeded? = null,
    /** How the run ended. */
    val ended: SettleEnd? = null,
) {
    /** Lines that nothing more happens to in this run. */
    val done: Int get() = steps.values.count { it.isLast() }

    /** With what was told now. */
    fun heard(step: SettleProgress): Run =
        when (step) {
            is SettleProgress.Planned -> copy(planned = planned + step.lines.toInt())
            is SettleProgress.TopUpNeeded -> copy(topUp = step)
            is SettleProgress.Funded -> copy(topUp = null)
            else -> copy(steps = steps + (step.line() to step))
        }
}

/** Confirms and pays the split of [month]. */
class PaymentModel(
    private val session: Session,
    private val month: String,
) : ViewModel() {
    private val states = MutableStateFlow(PaymentState(month = month))
    private var work: Work<SettleProgress, *>? = null

    val state: StateFlow<PaymentState> = states.asStateFlow()

    init {
        reload()
    }

    /** Asks for everything again, also whether the recovery words were written down meanwhile. */
    fun reload() {
        viewModelScope.launch { load() }
    }

    /** Pays with this provider's e-cash; null lets the core choose. */
    fun choose(mint: String?) = states.update { it.copy(mint = mint) }

    /** Promises the amounts of the month. Nothing is paid by it. Not before the recovery words are known to be kept. */
    fun confirm() {
        if (states.value.busy) return
        states.update { it.copy(busy = true, problem = null) }
        viewModelScope.launch {
            attempt { if (session.persona.recoveryDuty(aboutToPay = true) != RecoveryDuty.REQUIRED) session.persona.commit(month) }.fold(
                { load() },
                { why -> states.update { it.copy(busy = false, problem = why.shown()) } },
            )
        }
    }

    /** Pays what was promised, as far as it goes now. Called again it continues; nothing is paid twice. */
    fun settle(waitMs: Long = RECEIPTS_WAIT_MS) {
        val before = states.value
        if (before.run.running || before.duty == RecoveryDuty.REQUIRED) return
        states.update { it.copy(run = Run(running = true), problem = null) }
        viewModelScope.launch {
            val ended =
                attempt {
                    val task = session.persona.settle(month, before.mint, waitMs.toULong())
                    val running = Work(task, task::next, task::finish, task::cancel).also { work = it }
                    running.run { step -> states.update { it.copy(run = it.run.heard(step)) } }
                }
            work = null
            // First what came of it: an end that is shown beside the old sums would be wrong for a moment.
            load()
            ended.fold(
                { report -> states.update { it.copy(run = it.run.copy(running = false, ended = report.ended)) } },
                { why -> states.update { it.refused(why.shown()) } },
            )
        }
    }

    private fun PaymentState.refused(why: Shown): PaymentState {
        val stopped = why.name == "cancelled"
        return copy(run = run.copy(running = false, topUp = null, ended = SettleEnd.STOPPED.takeIf { stopped }), problem = why.takeUnless { stopped })
    }

    /** Stops paying. What was begun is kept and continued by the next run. */
    fun stop() {
        work?.stop()
    }

    private suspend fun load() {
        attempt { read() }.fold(
            { read ->
                states.update {
                    read.copy(mint = it.mint.takeIf { mint -> read.mints.any { known -> known.mint == mint } }, run = it.run, problem = it.problem)
                }
            },
            { why -> states.update { it.copy(phase = why.phase(), busy = false) } },
        )
    }

    private suspend fun read(): PaymentState {
        val persona = session.persona
        val statement = persona.statement(month)
        return PaymentState(
            phase = Phase.Ready,
            month = month,
            statement = statement,
            duty = persona.recoveryDuty(aboutToPay = true),
            payees = persona.payees().associateBy { it.payee },
            mints = persona.mints(month),
            handOffs = persona.handOffs(month),
            receipts = persona.receipts(month),
        )
    }
}
