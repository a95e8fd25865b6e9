// Writing a request: what, where as exactly as one likes, how long, under which terms, on which boards. Nothing is sent
// from here; the one thing to do is to look at what would be seen.
package tekram.ui.want

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.FilterChip
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.PhasePane
import tekram.ui.common.PlaceAnswer
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.touchable
import tekram.ui.common.word

private const val MOST_PIECES = 10_000u

/** What can be done while a request is written. */
interface ComposeActions {
    /** Changes the fields. */
    fun edit(change: (WantFields) -> WantFields)

    /** Reads a barcode with the camera. */
    fun scan()

    /** Adds a board that was typed. */
    fun addBoard(board: String)

    /** Reads a board's code with the camera. */
    fun scanBoard()

    /** Waits for a store's card. */
    fun readCard()

    /** Waits no longer. */
    fun stopReading()

    /** Goes on to what will be seen. */
    fun preview()
}

/** `want_compose`: writes a request. */
@Composable
fun ComposeScreen(
    state: ComposeState,
    actions: ComposeActions,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("want_compose_title"), onBack) {
    PhasePane(state.phase, phaseWords("want"), onRetry = onRetry) {
        ScrollingColumn {
            StoreCardRow(state.readingCard, state.card, actions::readCard, actions::stopReading)
            if (state.noCode) ErrorLine(word("want_picture_none"))
            What(state, actions)
            Where(state, actions)
            Section(word("want_hours")) {
                Chips(durations, state.fields.hours, { span(it) }) { hours -> actions.edit { it.copy(hours = hours) } }
                val fields = state.fields
                OnOff(word("want_in_store"), word("want_in_store_text"), fields.inStore) { on -> actions.edit { it.copy(inStore = on) } }
            }
            TermsChoice(state, actions)
            Boards(state, actions)
            if (state.flaws.isNotEmpty()) {
                Column(Modifier.semantics { liveRegion = LiveRegionMode.Assertive }) { state.flaws.forEach { Wrong(word(it.wordKey)) } }
            }
            state.failure?.let { ErrorLine(errorText(it)) }
            MainButton(word("want_preview"), actions::preview, busy = state.busy, icon = Icons.Show)
        }
    }
}

internal val Flaw.wordKey: String
    get() =
        when (this) {
            Flaw.What -> "want_what_missing"
            Flaw.Gtin -> "want_gtin_wrong"
            Flaw.Ceiling -> "want_ceiling_wrong"
            Flaw.Place -> "want_where_unreadable"
            Flaw.Boards -> "want_relays_missing"
        }

@Composable
private fun What(
    state: ComposeState,
    actions: ComposeActions,
) = Section(null) {
    val fields = state.fields
    TextLine(
        fields.what,
        { text -> actions.edit { it.copy(what = text) } },
        word("want_what_label"),
        Modifier.testTag("want_what"),
        below = word(if (Flaw.What in state.flaws) "want_what_missing" else "want_what_hint"),
        wrong = Flaw.What in state.flaws,
    )
    Row(verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        TextLine(
            fields.gtin,
            { text -> actions.edit { it.copy(gtin = text) } },
            word("want_gtin_label"),
            Modifier.weight(1f).testTag("want_gtin"),
            below = word(if (Flaw.Gtin in state.flaws) "want_gtin_wrong" else "want_gtin_hint"),
            wrong = Flaw.Gtin in state.flaws,
            keyboard = KeyboardType.Number,
        )
        if (LocalDevice.current.canScan) IconAction(Icons.Scan, word("want_gtin_scan"), onClick = actions::scan)
    }
    Quantity(fields, actions)
    TextLine(
        fields.ceiling,
        { text -> actions.edit { it.copy(ceiling = text) } },
        word("want_ceiling_label"),
        Modifier.testTag("want_ceiling"),
        below = word(if (Flaw.Ceiling in state.flaws) "want_ceiling_wrong" else "want_ceiling_hint"),
        wrong = Flaw.Ceiling in state.flaws,
        keyboard = KeyboardType.Decimal,
    )
    Chips(state.currencies, fields.currency, { it }) { currency -> actions.edit { it.copy(currency = currency) } }
}

@Composable
private fun Quantity(
    fields: WantFields,
    actions: ComposeActions,
) = Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
    Text(word("want_quantity"), Modifier.weight(1f))
    IconAction(Icons.Remove, word("want_quantity_less_a11y"), enabled = fields.quantity > 1u) { actions.edit { it.copy(quantity = it.quantity - 1u) } }
    Text(
        LocalFormats.current.number(fields.quantity.toLong()),
        Modifier.semantics { liveRegion = LiveRegionMode.Polite },
        style = MaterialTheme.typography.titleMedium,
    )
    IconAction(Icons.Add, word("want_quantity_more_a11y"), enabled = fields.quantity < MOST_PIECES) { actions.edit { it.copy(quantity = it.quantity + 1u) } }
}

@Composable
internal fun Where(
    state: ComposeState,
    actions: ComposeActions,
) = Section(word("want_where")) {
    val fields = state.fields
    Column(Modifier.selectableGroup()) {
        Choice(word("want_where_here"), fields.here) { actions.edit { it.copy(here = true) } }
        Choice(word("want_where_typed"), !fields.here) { actions.edit { it.copy(here = false) } }
    }
    when (state.place.takeIf { fields.here }) {
        PlaceAnswer.Refused -> {
            Wrong(word("want_where_refused"))
        }
        PlaceAnswer.RoughOnly -> {
            Wrong(word("want_where_rough"))
        }
        PlaceAnswer.AsWanted, null -> {}
    }
    if (!fields.here) {
        val wrong = Flaw.Place in state.flaws
        TextLine(
            fields.latitude,
            { text -> actions.edit { it.copy(latitude = text) } },
            word("want_latitude"),
            Modifier.testTag("want_latitude"),
            below = word("want_latitude_hint"),
            wrong = wrong,
        )
        TextLine(
            fields.longitude,
            { text -> actions.edit { it.copy(longitude = text) } },
            word("want_longitude"),
            Modifier.testTag("want_longitude"),
            below = word("want_longitude_hint"),
            wrong = wrong,
        )
    }
    Text(word("want_precision"), style = MaterialTheme.typography.titleSmall)
    Column(Modifier.selectableGroup()) {
        precisions.forEach { precision ->
            Choice(word("want_precision_$precision"), fields.precision == precision) { actions.edit { it.copy(precision = precision) } }
        }
    }
    Note(word("want_precision_note"))
}

/** Several short things, of which one is chosen. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
internal fun <T> Chips(
    all: List<T>,
    chosen: T,
    name: @Composable (T) -> String,
    onChoose: (T) -> Unit,
) = FlowRow(Modifier.selectableGroup(), horizontalArrangement = Arrangement.spacedBy(8.dp)) {
    all.forEach { one -> FilterChip(one == chosen, { onChoose(one) }, { Text(name(one)) }, Modifier.touchable()) }
}
