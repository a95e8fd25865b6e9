// Fixed states of Pay for pictures, clicks and the frames' bench: a month with makers that do not exist, in every state
// that a screen has to show.
package tekram.ui.pay

import tekram.ffi.Balance
import tekram.ffi.Contribution
import tekram.ffi.Evidence
import tekram.ffi.FeedLook
import tekram.ffi.HandOff
import tekram.ffi.Ledger
import tekram.ffi.LineState
import tekram.ffi.LinkKind
import tekram.ffi.MintTaker
import tekram.ffi.MintTakers
import tekram.ffi.Money
import tekram.ffi.MonthSource
import tekram.ffi.Outcome
import tekram.ffi.Payee
import tekram.ffi.PayeeChange
import tekram.ffi.PaymentMethod
import tekram.ffi.QrCode
import tekram.ffi.Receipt
import tekram.ffi.RecipientShare
import tekram.ffi.Rules
import tekram.ffi.SettleProgress
import tekram.ffi.Statement
import tekram.ffi.StatementLine
import tekram.ffi.StatementRow
import tekram.ffi.StatementState
import tekram.ffi.StatementSummary
import tekram.ffi.Weight
import tekram.ui.common.Phase

internal const val OCTOBER = "2026-10"
internal const val MINT = "https://mint.example/alpha"
private const val HOUR = 3_600_000L

internal fun eur(minor: Long) = Money(minor, "EUR")

internal fun sat(amount: Long) = Money(amount, "SAT")

private class Maker(
    val name: String,
    val minor: Long,
    val outcome: Outcome,
    val hours: Double,
)

private val makers =
    listOf(
        Maker("Harbour Lights", 342, Outcome.PAY, 9.4),
        Maker("Signal and Noise", 231, Outcome.PAY, 6.2),
        Maker("Verein Nachtzug", 154, Outcome.HAND_OFF, 4.1),
        Maker("The Long Table Collective", 96, Outcome.HAND_OFF, 2.6),
        Maker("Small Press Radio", 61, Outcome.CARRY, 1.7),
        Maker("Ana Ruiz", 4, Outcome.CARRY, 0.1),
    )

private fun line(
    at: Int,
    maker: Maker,
    state: LineState = LineState.DRAFT,
): StatementLine {
    val pays = maker.outcome != Outcome.CARRY
    val played = (maker.hours * HOUR).toLong()
    val part =
        Contribution("feed:$at", maker.name, played.toULong(), (maker.hours * 2).toULong() + 1uL, played.toULong(), maker.minor, 9uL, 10uL, false, maker.minor)
    return StatementLine(
        lineNo = at.toLong(),
        payee = "payee$at",
        name = maker.name,
        shareMinor = maker.minor,
        carryInMinor = 0,
        amountMinor = maker.minor,
        dueMinor = if (pays) maker.minor else 0,
        carryOutMinor = if (pays) 0 else maker.minor,
        outcome = maker.outcome,
        reason =
            if (pays) {
                null
            } else if (maker.minor < 10) {
                "too_small"
            } else {
                "no_automated_rail"
            },
        playedMs = played.toULong(),
        plays = part.plays,
        weight = played.toULong(),
        weightTotal = (27 * HOUR).toULong(),
        sources = 1uL,
        because = listOf(part),
        state = state,
        stateReason = "",
        paidMinor = if (state == LineState.PAID) maker.minor - 3 else 0,
        handedOffMinor = if (state == LineState.HANDED_OFF) maker.minor else 0,
        feesMinor = if (state == LineState.PAID) 3 else 0,
        inFlightMinor = if (state == LineState.PAYING) maker.minor else 0,
        commitment = if (state == LineState.DRAFT) null else "promise$at",
    )
}

private val waiting =
    line(6, Maker("", 112, Outcome.CARRY, 3.0)).copy(payee = null, reason = "no_payee", because = emptyList(), sources = 14uL)

internal val draftSplit =
    Statement(
        OCTOBER,
        "Europe/Berlin",
        eur(1000),
        eur(1000),
        StatementState.DRAFT,
        makers.mapIndexed { at, maker -> line(at, maker) } + waiting,
        StatementSummary(0, 0, 1000, 0, 0, 823),
    )

private val states = listOf(LineState.PAID, LineState.PAID, LineState.HANDED_OFF, LineState.HANDED_OFF, LineState.CARRIED, LineState.CARRIED)

internal val promisedSplit =
    draftSplit.copy(
        state = StatementState.COMMITTED,
        lines =
            makers.mapIndexed { at, maker -> line(at, maker, if (maker.outcome == Outcome.CARRY) LineState.CARRIED else LineState.COMMITTED) } +
                waiting.copy(state = LineState.CARRIED),
    )

internal val paidSplit =
    promisedSplit.copy(
        lines = makers.mapIndexed { at, maker -> line(at, maker, states[at]) } + waiting.copy(state = LineState.CARRIED),
        state = StatementState.SETTLED,
        summary = StatementSummary(567, 250, 177, 6, 0, 0),
    )

/** As far as it came when it was stopped: the second payment is on its way. */
internal val begunSplit =
    paidSplit.copy(
        state = StatementState.COMMITTED,
        lines = paidSplit.lines.mapIndexed { at, line -> if (at == 1) line(at, makers[at], LineState.PAYING) else line },
        summary = StatementSummary(339, 250, 408, 3, 231, 0),
    )

internal val fixedRules = Rules(eur(1000), "Europe/Berlin", Weight.SECONDS, eur(10), emptyList())

internal val fixedSources =
    makers.mapIndexed { at, maker -> MonthSource("feed:$at", maker.name, (maker.hours * HOUR).toLong().toULong(), 4uL, 1000u) }

internal val fixedPay =
    PayState(
        Phase.Ready,
        months = listOf(OCTOBER, "2026-09", "2026-08"),
        month = OCTOBER,
        rules = fixedRules,
        sources = fixedSources,
        statement = draftSplit,
        rows =
            listOf(
                StatementRow(OCTOBER, eur(1000), eur(1000), StatementState.DRAFT, draftSplit.summary),
                StatementRow("2026-09", eur(1000), eur(1042), StatementState.SETTLED, paidSplit.summary),
            ),
    )

internal val triedOut =
    fixedPay.copy(draft = DraftRules(factors = mapOf("feed:1" to 1500, "feed:3" to 0)), statement = draftSplit)

private val card = Evidence("https://feeds.example/harbour-lights.xml", "podcast:value", "00ff", 1_795_000_000_000)
private val eCash = PaymentMethod.Cashu(listOf(MINT), listOf("sat"))
private val transfer = PaymentMethod.Link("payto://iban/DE89370400440532013000?receiver-name=Verein%20Nachtzug")

internal val fixedPayees =
    makers.mapIndexed { at, maker ->
        val methods =
            if (maker.outcome == Outcome.PAY) {
                listOf(eCash)
            } else if (at == 4) {
                listOf(PaymentMethod.Keysend("02d5c1bf8b94"))
            } else {
                listOf(transfer)
            }
        Payee("payee$at", maker.name, "did:key:z$at", methods, false, listOf("feed:$at"), listOf(card))
    }

internal val fixedHandOffs =
    listOf(
        HandOff(
            2,
            "payee2",
            "Verein Nachtzug",
            eur(154),
            LinkKind.PAYTO,
            "payto://iban/DE89370400440532013000?amount=EUR:1.54",
            true,
            "BCD\n002\n1\nSCT\n\nVerein Nachtzug\nDE89370400440532013000\nEUR1.54",
        ),
        HandOff(3, "payee3", "The Long Table Collective", eur(96), LinkKind.WEB, "https://opencollective.example/the-long-table/donate", false, null),
    )

internal val fixedMints =
    listOf(
        MintTakers(MINT, listOf(MintTaker("payee0", "Harbour Lights", eur(342)), MintTaker("payee1", "Signal and Noise", eur(231)))),
        MintTakers("https://coins.example", listOf(MintTaker("payee0", "Harbour Lights", eur(342)))),
    )

internal val asked = PaymentState(Phase.Ready, OCTOBER, draftSplit, payees = fixedPayees.associateBy { it.payee }, mints = fixedMints)
internal val promised = asked.copy(statement = promisedSplit, handOffs = fixedHandOffs)

private val started = SettleProgress.Planned("cashu:$MINT", 2u, sat(9_431))
private val invoice =
    SettleProgress.TopUpNeeded(
        "cashu:$MINT",
        "lnbc94310n1p5example0000000000000000000000000000000000000000000000000000",
        sat(9_431),
        1_795_430_000_000,
    )

internal val puttingIn = promised.copy(run = Run(running = true).heard(started).heard(invoice))

internal val paying =
    promised.copy(
        run =
            listOf(
                started,
                SettleProgress.Funded("cashu:$MINT", sat(9_431)),
                SettleProgress.Locked(0, sat(5_400), sat(8)),
                SettleProgress.Paid(0),
                SettleProgress.Delivered(1),
            )
                .fold(Run(running = true), Run::heard),
    )

internal val paid =
    promised.copy(
        statement = paidSplit,
        receipts = listOf(Receipt("promise0", true, "spent", 1_795_428_000_000), Receipt("promise1", false, "spent", 1_795_428_600_000)),
    )

internal val fixedChanges =
    listOf(
        PayeeChange.Methods("1", "payee2", listOf(transfer), listOf(PaymentMethod.Link("payto://iban/GB33BUKB20201555555555?receiver-name=Verein%20Nachtzug"))),
        PayeeChange.Recipients(
            "2",
            "Harbour Lights",
            "",
            listOf(RecipientShare("payee0", 9uL, false), RecipientShare("payee1", 1uL, false)),
            listOf(RecipientShare("payee0", 1uL, false), RecipientShare("payee5", 2uL, true)),
        ),
    )

internal val fixedLooks =
    listOf(
        FeedLook("https://feeds.example/harbour-lights.xml", "Harbour Lights", 2u, emptyList(), false, null),
        FeedLook("https://feeds.example/nothing.xml", "A feed without makers", 0u, emptyList(), false, null),
        FeedLook("https://feeds.example/gone.xml", null, 0u, emptyList(), false, "unreachable"),
    )

internal val knownPayees = PayeesState(Phase.Ready, fixedPayees, emptyList())

internal val fixedAccounts =
    AccountsState(
        Phase.Ready,
        Ledger(
            listOf(
                Balance("budget:main", eur(-2042)),
                Balance("carried:main:payee4", eur(61)),
                Balance("carried:main:waiting", eur(112)),
                Balance("committed:main:payee1", eur(231)),
                Balance("fees", eur(3)),
                Balance("handed_off:payee2", eur(154)),
                Balance("payee:payee0", eur(1481)),
                Balance("pocket", sat(-9_431)),
                Balance("rail:cashu:$MINT", sat(4_023)),
                Balance("outlay", sat(5_408)),
            ),
            0,
        ),
        fixedPayees.associate { it.payee to it.name },
        listOf(Purse(MINT, listOf(sat(4_023)))),
    )

/** A split over [count] payees, as the bench and a picture need it. */
internal fun splitOver(count: Int): PayState {
    val many = (0 until count).map { Maker("Maker number ${it + 1}", 2L * (count - it), Outcome.PAY, 0.2 * (count - it)) }
    val total = many.sumOf { it.minor }
    val split =
        draftSplit.copy(
            budget = eur(total),
            total = eur(total),
            lines =
                many.mapIndexed {
                    at,
                    maker,
                    ->
                    line(at, maker)
                },
            summary = draftSplit.summary.copy(payableMinor = total),
        )
    val sources = many.mapIndexed { at, maker -> MonthSource("feed:$at", maker.name, (maker.hours * HOUR).toLong().toULong(), 3uL, 1000u) }
    return fixedPay.copy(rules = fixedRules.copy(budget = eur(total)), sources = sources, statement = split)
}

/** A code of no meaning, drawn without the core. */
internal fun someCode(text: String): QrCode {
    val side = 41
    val zone = 4
    val random = java.util.Random(text.hashCode().toLong())

    fun finder(
        row: Int,
        column: Int,
    ): Boolean? {
        val rows = listOf(zone to zone, zone to side - zone - 7, side - zone - 7 to zone)
        val (top, left) = rows.find { (top, left) -> row - top in -1..7 && column - left in -1..7 } ?: return null
        val ring = maxOf(kotlin.math.abs(row - top - 3), kotlin.math.abs(column - left - 3))
        return ring == 3 || ring <= 1
    }
    val modules =
        ByteArray(side * side) { at ->
            val row = at / side
            val column = at % side
            val quiet = row < zone || column < zone || row >= side - zone || column >= side - zone
            val dark = finder(row, column) ?: random.nextBoolean()
            if (dark && !quiet) 1 else 0
        }
    return QrCode(side.toUInt(), modules)
}
