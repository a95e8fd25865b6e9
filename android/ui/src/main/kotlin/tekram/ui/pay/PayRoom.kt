// Joins the models of Pay with its screens.
package tekram.ui.pay

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ffi.QrCode
import tekram.ffi.TekramException
import tekram.ffi.Weight
import tekram.ffi.qrCode
import tekram.ui.Room
import tekram.ui.common.LoadingPane
import tekram.ui.common.Phase
import tekram.ui.common.Route
import tekram.ui.common.word

/** Draws the screens whose id begins with `pay_`. */
@Composable
fun PayRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "pay_why" -> Why(route.about, room, onBack)
    "pay_confirm", "pay_progress", "pay_receipts" -> Payment(route, room, onBack)
    "pay_handoff" -> HandOffs(route.about, room, onBack)
    "pay_payees", "pay_changes" -> Payees(route, room, onBack)
    "pay_ledger" -> Accounts(room, onBack)
    "pay_months" -> Months(room, onBack)
    else -> Split(room, onBack)
}

@Composable
private fun splitModel(room: Room): PayModel = viewModel { PayModel(room.session) }

@Composable
private fun paymentModel(
    month: String,
    room: Room,
): PaymentModel = viewModel(key = "payment $month") { PaymentModel(room.session, month) }

@Composable
private fun payeesModel(room: Room): PayeesModel = viewModel { PayeesModel(room.session) }

@Composable
private fun Split(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = splitModel(room)
    val state by model.state.collectAsState()
    SplitScreen(state, remember(model, room) { TapsOnSplit(model, room) }, onBack)
}

private class TapsOnSplit(
    private val model: PayModel,
    private val room: Room,
) : SplitActions {
    override fun reload() = model.reload()

    override fun show(month: String) = model.show(month)

    override fun setBudget(
        minor: Long,
        currency: String,
    ) = model.setBudget(minor, currency)

    override fun setWeight(weight: Weight) = model.setWeight(weight)

    override fun setMinimum(
        minor: Long,
        currency: String,
    ) = model.setMinimum(minor, currency)

    override fun setFactor(
        source: String,
        permille: Int,
    ) = model.setFactor(source, permille)

    override fun resetFactors() = model.resetFactors()

    override fun apply() = model.apply()

    override fun cancel() = model.cancel()

    override fun open(
        screen: String,
        what: String,
    ) = if (screen == "pay_why") room.app.openFromHome(Route(screen, what)) else room.go.open(Route(screen, what))
}

@Composable
private fun Why(
    about: String,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = splitModel(room)
    val state by model.state.collectAsState()
    val payees by payeesModel(room).state.collectAsState()
    // After the app was put away the split may be on another month than the question.
    LaunchedEffect(about, state.month) { if (state.month != null && state.month != whyMonth(about)) model.show(whyMonth(about)) }
    val payee = state.statement?.lineOf(about)?.payee
    WhyScreen(state, about, payees.payees.find { it.payee == payee }, { room.go.open(Route("pay_payees")) }, model::reload, onBack)
}

@Composable
private fun Payment(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = paymentModel(route.about, room)
    val state by model.state.collectAsState()
    val actions = remember(model, room) { TapsOnPayment(model, room) }
    // What was done on another screen (the recovery words, a payment) is seen on coming back to this one.
    LaunchedEffect(model) { model.reload() }
    when (route.id) {
        "pay_confirm" -> ConfirmScreen(state, actions, onBack)
        "pay_progress" -> ProgressScreen(state, actions, ::codeOf, onBack)
        else -> ReceiptsScreen(state, actions, onBack)
    }
}

private class TapsOnPayment(
    private val model: PaymentModel,
    private val room: Room,
) : PaymentActions {
    override fun reload() = model.reload()

    override fun confirm() = model.confirm()

    override fun choose(mint: String?) = model.choose(mint)

    override fun settle() = model.settle()

    override fun stop() = model.stop()

    // Above this screen and not on another tab, so that the way back leads here.
    override fun toWords() = room.go.open(Route("me_words_show"))

    override fun open(
        screen: String,
        what: String,
    ) = room.go.open(Route(screen, what))
}

@Composable
private fun HandOffs(
    about: String,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = paymentModel(handOffMonth(about), room)
    val state by model.state.collectAsState()
    val line = handOffLine(about)
    val handOff = state.handOffs.find { it.lineNo == line }
    when {
        line == null || (state.phase != Phase.Ready && state.phase != Phase.Loading) -> HandOffsScreen(state, TapsOnPayment(model, room), onBack)
        handOff != null -> HandOffScreen(handOff, ::codeOf, onBack)
        state.phase == Phase.Loading -> LoadingPane(word("common_loading"))
        else -> GoneScreen(model::reload, onBack)
    }
}

@Composable
private fun Payees(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = payeesModel(room)
    val state by model.state.collectAsState()
    // A page that another app shared is the only one that is looked at.
    val only = route.about.ifEmpty { null }
    val actions =
        remember(model, room, only) {
            object : PayeesActions {
                override fun reload() = model.reload()

                override fun discover() = model.discover(listOfNotNull(only))

                override fun stop() = model.stop()

                override fun decide(
                    id: String,
                    take: Boolean,
                ) = model.decide(id, take)

                override fun openChanges() = room.go.open(Route("pay_changes"))
            }
        }
    if (route.id == "pay_changes") ChangesScreen(state, actions, onBack) else PayeesScreen(state, actions, only, onBack)
}

@Composable
private fun Accounts(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { AccountsModel(room.session) }
    val state by model.state.collectAsState()
    LaunchedEffect(model) { model.reload() }
    LedgerScreen(state, model::ask, model::reload, onBack)
}

@Composable
private fun Months(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = splitModel(room)
    val state by model.state.collectAsState()
    MonthsScreen(
        state,
        {
            model.show(it)
            room.go.back()
        },
        { room.go.open(Route("pay_receipts", it)) },
        { room.go.open(Route("pay_ledger")) },
        model::reload,
        onBack,
    )
}

/** The QR code of [text], or null when it is too long for one. */
private fun codeOf(text: String): QrCode? =
    try {
        qrCode(text)
    } catch (
        @Suppress("SwallowedException") tooLong: TekramException,
    ) {
        null
    }
