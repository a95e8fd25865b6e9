// The hosts that this profile talks to: what each is, what it sees and what it is asked for.
package tekram.ui.me

import androidx.compose.foundation.layout.Column
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import tekram.ffi.NetworkKind
import tekram.ffi.NetworkUse
import tekram.ffi.NetworkWhy
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.phaseWords
import tekram.ui.common.word

/** `me_networks`: the hosts, and the proxy. */
@Composable
fun NetworksScreen(
    state: NetworksState,
    proxy: String?,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_networks_title"), onBack) {
    val words = phaseWords("me").copy(emptyTitle = word("me_networks_title"), emptyText = word("me_networks_empty"))
    PhasePane(state.phase, words, onRetry = onRetry) {
        ScrollingColumn {
            Text(word("me_networks_text"))
            Column {
                state.networks.forEach { network ->
                    NetworkRow(network)
                    HorizontalDivider()
                }
            }
            Section(word("me_proxy")) { Text(if (proxy == null) word("me_proxy_off") else word("me_proxy_on", proxy)) }
        }
    }
}

@Composable
private fun NetworkRow(network: NetworkUse) {
    val lines =
        listOfNotNull(
            kindText(network.kind),
            whyText(network.why),
            seesText(network.kind),
            network.sinceMs?.let { word("me_network_since", LocalFormats.current.date(it)) },
        )
    ListRow(network.host, below = lines.joinToString("\n"), icon = Icons.Network)
}

@Composable
private fun kindText(kind: NetworkKind): String =
    when (kind) {
        NetworkKind.MINT -> word("me_network_mint")
        NetworkKind.RELAY -> word("me_network_relay")
        NetworkKind.FEED -> word("me_network_feed")
        NetworkKind.RATES -> word("me_network_rates")
        NetworkKind.ISSUER -> word("me_network_issuer")
        NetworkKind.BACKUP -> word("me_network_backup")
        NetworkKind.LISTENS -> word("me_network_listens")
        NetworkKind.ACCOUNT -> word("me_network_account")
    }

@Composable
private fun seesText(kind: NetworkKind): String =
    when (kind) {
        NetworkKind.MINT -> word("me_network_mint_text")
        NetworkKind.RELAY -> word("me_network_relay_text")
        NetworkKind.FEED -> word("me_network_feed_text")
        NetworkKind.RATES -> word("me_network_rates_text")
        NetworkKind.ISSUER -> word("me_network_issuer_text")
        NetworkKind.BACKUP -> word("me_network_backup_text")
        NetworkKind.LISTENS -> word("me_network_listens_text")
        NetworkKind.ACCOUNT -> word("me_network_account_text")
    }

@Composable
private fun whyText(why: NetworkWhy): String =
    when (why) {
        NetworkWhy.REQUESTS -> word("me_network_why_requests")
        NetworkWhy.ECASH -> word("me_network_why_ecash")
        NetworkWhy.PAYMENTS -> word("me_network_why_payments")
        NetworkWhy.WHO_IS_PAID -> word("me_network_why_who_is_paid")
        NetworkWhy.EXCHANGE_RATES -> word("me_network_why_exchange_rates")
        NetworkWhy.CREDENTIALS -> word("me_network_why_credentials")
        NetworkWhy.BACKUPS -> word("me_network_why_backups")
        NetworkWhy.LISTENS -> word("me_network_why_listens")
        NetworkWhy.HISTORY -> word("me_network_why_history")
        NetworkWhy.EPISODES -> word("me_network_why_episodes")
    }
