// What the person finishes in another app: a list of transfers, and for each its code, its link and what to type there.
// Opening one is never called paying.
package tekram.ui.pay

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import tekram.ffi.HandOff
import tekram.ffi.QrCode
import tekram.ui.common.CopyButton
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.NoticePane
import tekram.ui.common.PhasePane
import tekram.ui.common.QrPicture
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.money
import tekram.ui.common.phaseWords
import tekram.ui.common.screenPadding
import tekram.ui.common.word

private const val PARTED = "/"

/** What a route to one hand-off is about. */
internal fun handOffAbout(
    month: String,
    handOff: HandOff,
): String = "$month$PARTED${handOff.lineNo}"

/** The month that a route to hand-offs is about. */
internal fun handOffMonth(about: String): String = about.substringBefore(PARTED)

/** The number of the line of one hand-off; null for the list of all. */
internal fun handOffLine(about: String): Long? = about.substringAfter(PARTED, "").toLongOrNull()

/** All that is to be finished in another app. */
@Composable
fun HandOffsScreen(
    state: PaymentState,
    actions: PaymentActions,
    onBack: (() -> Unit)?,
) {
    // One kind says how it is finished; several are finished in other apps.
    val kind = state.handOffs.map { it.kind }.distinct().singleOrNull()
    ScreenFrame(word(kind?.titleKey ?: "pay_handoff_title"), onBack) {
        PhasePane(state.phase, phaseWords("pay"), onRetry = actions::reload) {
            if (state.handOffs.isEmpty()) {
                NoticePane(Icons.Link, word("pay_handoff_empty"), null, null)
            } else {
                Box(Modifier.fillMaxSize(), contentAlignment = Alignment.TopCenter) {
                    LazyColumn(Modifier.widthIn(max = 720.dp).fillMaxSize()) {
                        item { Text(word(kind?.textKey ?: "pay_handoff_text"), Modifier.padding(screenPadding)) }
                        items(state.handOffs, key = { it.lineNo }) { handOff ->
                            val amount = LocalFormats.current.money(handOff.amount)
                            ListRow(handOff.name, below = word(handOff.kind.key), onClick = {
                                actions.open("pay_handoff", handOffAbout(state.month, handOff))
                            }) {
                                Text(amount, style = MaterialTheme.typography.titleMedium)
                            }
                        }
                    }
                }
            }
        }
    }
}

/** One payment to finish in another app. */
@Composable
fun HandOffScreen(
    handOff: HandOff,
    code: (String) -> QrCode?,
    onBack: (() -> Unit)?,
) {
    val device = LocalDevice.current
    var noApp by remember { mutableStateOf(false) }
    val amount = LocalFormats.current.money(handOff.amount)
    ScreenFrame(word(handOff.kind.titleKey), onBack) {
        ScrollingColumn {
            Text(word("pay_receipt_amount", amount, handOff.name), Modifier.fillMaxWidth(), style = MaterialTheme.typography.titleLarge)
            Text(word(handOff.kind.key), style = MaterialTheme.typography.titleSmall)
            Text(PaymentLink.of(handOff.link).account, style = MaterialTheme.typography.bodyLarge)
            Code(handOff.epc ?: handOff.link, word("pay_handoff_qr_a11y", amount, handOff.name), code)
            if (handOff.epc != null) Text(word("pay_handoff_qr_hint"), Modifier.fillMaxWidth(), textAlign = TextAlign.Center)
            if (!handOff.amountFilled) Text(word("pay_handoff_enter_amount", amount), style = MaterialTheme.typography.titleMedium)
            if (noApp) ErrorLine(word("pay_handoff_no_app"))
            MainButton(word(handOff.kind.openKey), { noApp = !device.open(handOff.link) })
            CopyButton(handOff.link, word("common_copy"))
            Text(word(handOff.kind.textKey), style = MaterialTheme.typography.bodyMedium)
        }
    }
}

/** The QR code of [text], when it is short enough for one. */
@Composable
internal fun Code(
    text: String,
    label: String,
    code: (String) -> QrCode?,
) {
    val drawn = remember(text) { code(text) } ?: return
    Box(Modifier.fillMaxWidth(), contentAlignment = Alignment.Center) { QrPicture(drawn, label) }
}
