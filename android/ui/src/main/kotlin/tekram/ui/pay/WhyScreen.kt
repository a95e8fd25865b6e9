// Why somebody gets what they get: every number that the core made the line from, and where their payment details come
// from. What waits says what it waits for.
package tekram.ui.pay

import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import tekram.ffi.Contribution
import tekram.ffi.Evidence
import tekram.ffi.Payee
import tekram.ffi.PaymentMethod
import tekram.ffi.Statement
import tekram.ffi.StatementLine
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.word

private const val PARTED = "/"

/** What a route to this screen is about: a line of a month. */
internal fun whyAbout(
    month: String,
    line: StatementLine,
): String = month + PARTED + line.key

/** The month of [whyAbout]. */
internal fun whyMonth(about: String): String = about.substringBefore(PARTED)

/** The line of [whyAbout], when the split still has it. */
internal fun Statement.lineOf(about: String): StatementLine? = lines.find { whyAbout(month, it) == about }

/** Why the line that [about] names gets its amount; [payee] is who it is for, when that is known. */
@Composable
fun WhyScreen(
    state: PayState,
    about: String,
    payee: Payee?,
    onFind: () -> Unit,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) {
    val statement = state.statement
    val line = statement?.lineOf(about)
    val formats = LocalFormats.current
    val title =
        when {
            statement == null || line == null -> word("pay_open_why")
            line.payee == null -> word("pay_waiting_line")
            else -> word("pay_why_title", line.name, formats.money(line.amountMinor, statement.budget.currency))
        }
    ScreenFrame(title, onBack) {
        PhasePane(state.phase, phaseWords("pay"), onRetry = onRetry) {
            ScrollingColumn {
                if (statement == null || line == null) {
                    Text(word("pay_why_gone"))
                } else {
                    Heard(line)
                    line.because.forEach { Because(it, line.name, statement.budget.currency, state.counts(it)) }
                    Sum(line, statement.budget.currency)
                    if (line.payee == null) OtherButton(word("pay_discover"), onFind)
                    payee?.let { Details(it) }
                }
            }
        }
    }
}

private fun PayState.counts(part: Contribution): Int = sources.find { it.source == part.source }?.let(::factor) ?: AS_HEARD

@Composable
private fun Heard(line: StatementLine) {
    val words = LocalWords.current
    Section(null) {
        // Of a single source, the box below says the same.
        if (line.because.size != 1) {
            if (line.playedMs > 0uL) Text(word("pay_why_heard", LocalFormats.current.duration(line.playedMs.toLong())))
            if (line.plays > 0uL) Text(plural("pay_why_plays", line.plays.toLong()))
        }
        Text(word(line.stateKey), style = MaterialTheme.typography.titleSmall)
        line.why?.let { Text(words.reason(it)) }
    }
}

@Composable
private fun Because(
    part: Contribution,
    payee: String,
    currency: String,
    counts: Int,
) {
    val formats = LocalFormats.current
    Section(word("pay_why_source", part.name, formats.money(part.sourceMinor, currency))) {
        if (part.playedMs > 0uL) Text(word("pay_why_heard", formats.duration(part.playedMs.toLong())))
        Text(plural("pay_why_plays", part.plays.toLong()))
        if (counts != AS_HEARD) NameAndAmount(word("pay_factor"), formats.percent(counts.toLong()), Modifier.semantics(mergeDescendants = true) {})
        val split =
            if (part.fee) {
                word(
                    "pay_why_fee",
                    part.split.toLong(),
                    payee,
                )
            } else {
                word("pay_why_split", part.split.toLong(), part.splitTotal.toLong(), payee)
            }
        NameAndAmount(split, formats.money(part.amountMinor, currency), Modifier.semantics(mergeDescendants = true) {})
    }
}

@Composable
private fun Sum(
    line: StatementLine,
    currency: String,
) {
    val formats = LocalFormats.current
    Section(null) {
        if (line.carryInMinor != 0L) Text(word("pay_why_carry", formats.money(line.carryInMinor, currency)))
        Text(word("pay_why_sum", formats.money(line.amountMinor, currency)), style = MaterialTheme.typography.titleMedium)
        val merged = Modifier.semantics(mergeDescendants = true) {}
        if (line.paidMinor != 0L) NameAndAmount(word("pay_paid"), formats.money(line.paidMinor, currency), merged)
        if (line.handedOffMinor != 0L) NameAndAmount(word("pay_handed_off"), formats.money(line.handedOffMinor, currency), merged)
        if (line.inFlightMinor != 0L) NameAndAmount(word("pay_in_flight"), formats.money(line.inFlightMinor, currency), merged)
        if (line.feesMinor != 0L) NameAndAmount(word("pay_fees"), formats.money(line.feesMinor, currency), merged)
        if (line.carryOutMinor != 0L) NameAndAmount(word("pay_carried"), formats.money(line.carryOutMinor, currency), merged)
    }
}

@Composable
private fun Details(payee: Payee) {
    Section(word("pay_why_method")) { payee.methods.forEach { Method(it) } }
    Section(word("pay_why_found")) { payee.evidence.forEach { Found(it) } }
}

/** A payment method: what it is, and what it names. */
@Composable
internal fun Method(method: PaymentMethod) {
    Text(word(method.key), style = MaterialTheme.typography.titleSmall)
    Text(method.target, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
}

/** A place where payment details were read. */
@Composable
internal fun Found(evidence: Evidence) = Text(word("pay_why_found_at", evidence.url, LocalFormats.current.date(evidence.fetchedMs)))
