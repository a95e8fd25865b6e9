// What the core's stable names say on the screens of Pay: outcomes, states and reasons of a line, steps of a payment,
// accounts of the book. A name that this version does not know is said to be unknown, never shown raw.
package tekram.ui.pay

import androidx.compose.runtime.Composable
import androidx.compose.runtime.ReadOnlyComposable
import tekram.ffi.LineState
import tekram.ffi.LinkKind
import tekram.ffi.Outcome
import tekram.ffi.PaymentMethod
import tekram.ffi.SettleEnd
import tekram.ffi.SettleProgress
import tekram.ffi.StatementLine
import tekram.ffi.StatementState
import tekram.ffi.Weight
import tekram.ui.common.Formats
import tekram.ui.common.Words
import tekram.ui.common.money
import tekram.ui.common.word
import java.net.URI

/** Where a line stands; a planned one says what is to become of it. */
internal val StatementLine.stateKey: String
    get() =
        when (state) {
            LineState.DRAFT -> outcome.key
            LineState.COMMITTED -> "pay_line_committed"
            LineState.PAYING -> "pay_line_paying"
            LineState.PAID -> "pay_line_paid"
            LineState.HANDED_OFF -> "pay_line_handed_off"
            LineState.UNKNOWN -> "pay_line_unknown"
            LineState.FAILED -> "pay_line_failed"
            LineState.REFUNDED -> "pay_line_refunded"
            LineState.CARRIED -> "pay_line_carried"
        }

/** What is to become of a line's amount. */
internal val Outcome.key: String
    get() =
        when (this) {
            Outcome.PAY -> "pay_outcome_pay"
            Outcome.HAND_OFF -> "pay_outcome_hand_off"
            Outcome.CARRY -> "pay_outcome_carry"
        }

/** Where a month's split stands. */
internal val StatementState.key: String
    get() =
        when (this) {
            StatementState.DRAFT -> "pay_state_draft"
            StatementState.COMMITTED -> "pay_state_committed"
            StatementState.SETTLED -> "pay_state_settled"
        }

/** What a share goes by. */
internal val Weight.key: String
    get() =
        when (this) {
            Weight.SECONDS -> "pay_weight_seconds"
            Weight.PLAYS -> "pay_weight_plays"
            Weight.EQUAL -> "pay_weight_equal"
        }

/** What a link opens. */
internal val LinkKind.key: String
    get() =
        when (this) {
            LinkKind.PAYTO -> "pay_handoff_payto"
            LinkKind.UPI -> "pay_handoff_upi"
            LinkKind.TALER -> "pay_handoff_taler"
            LinkKind.LIGHTNING -> "pay_handoff_lightning"
            LinkKind.WEB -> "pay_handoff_web"
        }

/** Where a link is finished: in the bank's app, on a page, in another app. */
internal val LinkKind.titleKey: String
    get() =
        when (this) {
            LinkKind.PAYTO -> "pay_handoff_title_bank"
            LinkKind.WEB -> "pay_handoff_title_web"
            else -> "pay_handoff_title"
        }

/** What this app does about a link, and what it cannot see. */
internal val LinkKind.textKey: String
    get() =
        when (this) {
            LinkKind.PAYTO -> "pay_handoff_text_bank"
            LinkKind.WEB -> "pay_handoff_text_web"
            else -> "pay_handoff_text"
        }

/** The button that opens a link. */
internal val LinkKind.openKey: String get() = if (this == LinkKind.WEB) "pay_handoff_open_web" else "pay_handoff_open"

/** A payment method in a word. */
internal val PaymentMethod.key: String
    get() =
        when (this) {
            is PaymentMethod.Cashu -> "pay_method_cashu"
            is PaymentMethod.LightningAddress -> "pay_method_lightning_address"
            is PaymentMethod.Keysend -> "pay_method_keysend"
            is PaymentMethod.Link -> PaymentLink.of(url).kind.key
        }

/** What a payment method names, taken apart for the eye. */
internal val PaymentMethod.target: String
    get() =
        when (this) {
            is PaymentMethod.Cashu -> mints.joinToString(" · ", transform = ::host)
            is PaymentMethod.LightningAddress -> address
            is PaymentMethod.Keysend -> node
            is PaymentMethod.Link -> PaymentLink.of(url).lines.joinToString("\n")
        }

/** How paying ended. */
internal val SettleEnd.key: String
    get() =
        when (this) {
            SettleEnd.DONE -> "pay_ended_done"
            SettleEnd.STOPPED -> "pay_ended_stopped"
            SettleEnd.TOP_UP_NOT_PAID -> "pay_ended_top_up_not_paid"
        }

/** Why a line stands where it stands, or null when there is nothing to say. */
internal val StatementLine.why: String? get() = stateReason.ifEmpty { reason.orEmpty() }.ifEmpty { null }

/** The words of a reason's stable name. */
internal fun Words.reason(name: String): String = "pay_reason_$name".let { key -> word(if (has(key)) key else "pay_reason_unknown") }

/** Who a line is for; what waits has no name. */
@Composable
@ReadOnlyComposable
internal fun StatementLine.title(): String = if (payee == null) word("pay_waiting_line") else name

/** The server of an address; an address that has none is shown as it is. */
internal fun host(address: String): String = runCatching { URI(address).run { if (port < 0) host else "$host:$port" } }.getOrNull() ?: address

/** The provider of a rail's name, as `cashu:https://mint.example`. */
internal fun provider(rail: String): String = host(rail.removePrefix("cashu:"))

/** The number of the line that a step is about; -1 for steps about a whole run. */
internal fun SettleProgress.line(): Long =
    when (this) {
        is SettleProgress.Begun -> lineNo
        is SettleProgress.Delayed -> lineNo
        is SettleProgress.Delivered -> lineNo
        is SettleProgress.Failed -> lineNo
        is SettleProgress.HandedOff -> handOff.lineNo
        is SettleProgress.Locked -> lineNo
        is SettleProgress.NotPlanned -> lineNo
        is SettleProgress.Paid -> lineNo
        is SettleProgress.Refunded -> lineNo
        is SettleProgress.Unknown -> lineNo
        is SettleProgress.Funded, is SettleProgress.Planned, is SettleProgress.TopUpNeeded -> -1
    }

/** Whether nothing more happens to the line in this run. */
internal fun SettleProgress.isLast(): Boolean =
    when (this) {
        is SettleProgress.Delayed, is SettleProgress.Failed, is SettleProgress.HandedOff, is SettleProgress.NotPlanned,
        is SettleProgress.Paid, is SettleProgress.Refunded, is SettleProgress.Unknown,
        -> true
        else -> false
    }

/** Why a step went no further, as a stable name. */
internal val SettleProgress.reason: String?
    get() =
        when (this) {
            is SettleProgress.Delayed -> reason
            is SettleProgress.Failed -> reason
            is SettleProgress.NotPlanned -> reason
            is SettleProgress.Unknown -> reason
            else -> null
        }

/** What happened to [name] in a step. */
internal fun Words.step(
    step: SettleProgress,
    name: String,
    formats: Formats,
): String =
    when (step) {
        is SettleProgress.Planned -> word("pay_step_planned", formats.money(step.amount))
        is SettleProgress.NotPlanned -> word("pay_step_not_planned", name)
        is SettleProgress.TopUpNeeded -> word("pay_step_top_up_needed", formats.money(step.amount))
        is SettleProgress.Funded -> word("pay_step_funded")
        is SettleProgress.Begun -> word("pay_step_begun", name)
        is SettleProgress.Locked -> word("pay_step_locked", name)
        is SettleProgress.Delivered -> word("pay_step_delivered", name)
        is SettleProgress.Paid -> word("pay_step_paid", name)
        is SettleProgress.Delayed -> word("pay_step_delayed", name)
        is SettleProgress.Unknown -> word("pay_step_unknown", name)
        is SettleProgress.Failed -> word("pay_step_failed", name)
        is SettleProgress.Refunded -> word("pay_step_refunded", name)
        is SettleProgress.HandedOff -> word("pay_step_handed_off", name)
    }

/** An account of the book, taken apart: what it is, and whose. */
internal class Account private constructor(
    val kind: String,
    private val whose: String,
) {
    /** The provider whose e-cash this account holds. */
    val mint: String? get() = whose.removePrefix("cashu:").takeIf { kind == "rail" && whose.startsWith("cashu:") }

    /** The account in words. */
    fun words(
        words: Words,
        names: Map<String, String>,
    ): String {
        val key = "pay_account_$kind"
        return when {
            kind == "carried" && whose == "waiting" -> words.word("pay_account_waiting")
            mint != null -> words.word(key, host(mint.orEmpty()))
            !words.has(key) -> words.word("pay_account_other")
            else -> words.word(key, names[whose] ?: words.word("common_unknown"))
        }
    }

    companion object {
        /** The account with this name, as `carried:main:PAYEE` or `rail:cashu:https://mint.example`. */
        fun of(name: String): Account {
            val kind = name.substringBefore(':')
            val rest = name.substringAfter(':', "")
            return Account(kind, if (kind == "committed" || kind == "carried") rest.substringAfter(':') else rest)
        }
    }
}
