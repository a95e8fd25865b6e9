// The requests of a profile, and the way to a new one.
package tekram.ui.want

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.HorizontalDivider
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import tekram.ffi.Intent
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.Offer
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.phaseWords
import tekram.ui.common.screenPadding
import tekram.ui.common.word

/** `want_list`: all requests, newest first. */
@Composable
fun WantListScreen(
    state: WantListState,
    onNew: () -> Unit,
    onRequest: (Intent) -> Unit,
    onRetry: () -> Unit,
) = ScreenFrame(word("want_title"), null) {
    PhasePane(state.phase, phaseWords("want"), onRetry = onRetry, empty = Offer(word("want_new"), onNew)) {
        LazyColumn {
            item {
                Column(Modifier.padding(screenPadding)) { MainButton(word("want_new"), onNew, icon = Icons.Add) }
            }
            items(state.intents, key = { it.intent }) { intent ->
                RequestRow(intent) { onRequest(intent) }
                HorizontalDivider()
            }
            item {
                Column(Modifier.padding(screenPadding)) { Note(word("want_offers_background_android")) }
            }
        }
    }
}

@Composable
private fun RequestRow(
    intent: Intent,
    onClick: () -> Unit,
) {
    val formats = LocalFormats.current
    val standing = word(stateKeys[intent.state] ?: "common_unknown")
    val until = word("want_until", formats.moment(intent.until)).takeIf { intent.state in running }
    val ceiling = intent.ceiling?.let { formats.money(it.amountMinor, it.currency) }
    ListRow(
        intent.want,
        below = listOf(listOfNotNull(standing, ceiling).joinToString(" · "), until).filterNotNull().joinToString("\n"),
        icon = if (intent.state == "accepted") Icons.Check else Icons.Want,
        onClick = onClick,
    )
}

private val running = setOf("draft", "open")
