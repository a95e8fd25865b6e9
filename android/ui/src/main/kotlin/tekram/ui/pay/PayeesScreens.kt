// Who can be paid and how one found out; looking for more, feed by feed; and payment details that changed, old beside
// new, until the person decides.
package tekram.ui.pay

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.FeedLook
import tekram.ffi.Payee
import tekram.ffi.PayeeChange
import tekram.ffi.RecipientShare
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.MainButton
import tekram.ui.common.NoticePane
import tekram.ui.common.OtherButton
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Section
import tekram.ui.common.Shown
import tekram.ui.common.error
import tekram.ui.common.errorText
import tekram.ui.common.phaseWords
import tekram.ui.common.plural
import tekram.ui.common.screenPadding
import tekram.ui.common.word

/** What can be done about payees. */
interface PayeesActions {
    fun reload()

    fun discover()

    fun stop()

    fun decide(
        id: String,
        take: Boolean,
    )

    fun openChanges()
}

/** Those who can be paid, and the search for more; [only] is the one address that is searched, when it came from outside. */
@Composable
fun PayeesScreen(
    state: PayeesState,
    actions: PayeesActions,
    only: String? = null,
    onBack: (() -> Unit)?,
) {
    ScreenFrame(word("pay_payees_title"), onBack) {
        PhasePane(state.phase, phaseWords("pay"), onRetry = actions::reload) {
            Box(Modifier.fillMaxSize(), contentAlignment = Alignment.TopCenter) {
                LazyColumn(Modifier.widthIn(max = 720.dp).fillMaxSize()) {
                    item("search") { Search(state, actions, only) }
                    looks(state.looks.orEmpty())
                    if (state.changes.isNotEmpty()) {
                        item("changes") {
                            ListRow(plural("pay_changes_count", state.changes.size.toLong()), icon = Icons.Warning, onClick = actions::openChanges)
                        }
                    }
                    if (state.payees.isEmpty()) item("none") { Text(word("pay_payees_empty"), Modifier.padding(screenPadding)) }
                    items(state.payees, key = { it.payee }) { PayeeCard(it) }
                }
            }
        }
    }
}

@Composable
private fun Search(
    state: PayeesState,
    actions: PayeesActions,
    only: String?,
) {
    Column(Modifier.padding(screenPadding), verticalArrangement = Arrangement.spacedBy(12.dp)) {
        only?.let { Text(it, style = MaterialTheme.typography.titleMedium) }
        Text(word("pay_discover_text"), style = MaterialTheme.typography.bodyMedium)
        state.problem?.let { ErrorLine(if (it.name == "offline") word("pay_offline_text") else errorText(it)) }
        if (state.searching) {
            val spoken = word("pay_discovering")
            LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = spoken })
            OtherButton(word("common_stop"), actions::stop)
        } else {
            MainButton(word("pay_discover"), actions::discover, icon = Icons.Search)
        }
        state.looks?.let { looks ->
            val found = looks.count { it.payees > 0u }.toLong()
            val says = if (found > 0) plural("pay_discovered", found) else word(if (state.searching) "pay_discovering" else "pay_discover_none")
            Text(says, Modifier.semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.titleSmall)
        }
    }
}

private fun LazyListScope.looks(looks: List<FeedLook>) =
    items(looks, key = { "look ${it.feed}" }) { look ->
        val words = LocalWords.current
        val problem = look.problem?.let { words.error(Shown(0, it, "network"), words.word("pay_discover_failed")) }
        ListRow(
            look.title?.ifEmpty { null } ?: host(look.feed),
            below = problem ?: if (look.payees > 0u) plural("pay_found_payees", look.payees.toLong()) else word("pay_found_nobody"),
            icon =
                if (problem != null) {
                    Icons.Warning
                } else if (look.payees > 0u) {
                    Icons.Check
                } else {
                    Icons.Remove
                },
        )
    }

@Composable
private fun PayeeCard(payee: Payee) {
    Section(payee.name, Modifier.padding(horizontal = screenPadding, vertical = 4.dp)) {
        payee.methods.forEach { Method(it) }
        payee.evidence.lastOrNull()?.let { Found(it) }
    }
}

/** Payment details that changed and wait. */
@Composable
fun ChangesScreen(
    state: PayeesState,
    actions: PayeesActions,
    onBack: (() -> Unit)?,
) {
    ScreenFrame(word("pay_changes_title"), onBack) {
        PhasePane(state.phase, phaseWords("pay"), onRetry = actions::reload) {
            if (state.changes.isEmpty()) {
                NoticePane(Icons.Check, word("pay_changes_none"), null, null)
            } else {
                Box(Modifier.fillMaxSize(), contentAlignment = Alignment.TopCenter) {
                    LazyColumn(Modifier.widthIn(max = 720.dp).fillMaxSize()) {
                        state.problem?.let { item("problem") { ErrorLine(errorText(it), Modifier.padding(screenPadding)) } }
                        items(state.changes, key = { it.id }) { Change(it, state.payees, actions) }
                    }
                }
            }
        }
    }
}

private val PayeeChange.id: String
    get() =
        when (this) {
            is PayeeChange.Methods -> id
            is PayeeChange.Recipients -> id
        }

@Composable
private fun Change(
    change: PayeeChange,
    payees: List<Payee>,
    actions: PayeesActions,
) {
    fun name(id: String) = payees.find { it.payee == id }?.name
    val unknown = word("common_unknown")
    Section(null, Modifier.padding(horizontal = screenPadding, vertical = 8.dp)) {
        when (change) {
            is PayeeChange.Methods -> {
                Text(word("pay_changes_text", name(change.payee) ?: unknown))
                Side("pay_changes_used") { change.used.forEach { Method(it) } }
                Side("pay_changes_held") { change.held.forEach { Method(it) } }
            }
            is PayeeChange.Recipients -> {
                Text(word("pay_changes_recipients", change.source))
                Side("pay_changes_used") { change.used.forEach { Share(it, name(it.payee) ?: unknown) } }
                Side("pay_changes_held") { change.held.forEach { Share(it, name(it.payee) ?: unknown) } }
            }
        }
        MainButton(word("pay_changes_take"), { actions.decide(change.id, true) }, Modifier.testTag("pay_take"))
        OtherButton(word("pay_changes_keep"), { actions.decide(change.id, false) }, Modifier.testTag("pay_keep"))
    }
}

@Composable
private fun Side(
    key: String,
    content: @Composable () -> Unit,
) {
    Column(verticalArrangement = Arrangement.spacedBy(2.dp)) {
        Text(word(key), Modifier.semantics { heading() }, style = MaterialTheme.typography.titleSmall, color = MaterialTheme.colorScheme.secondary)
        content()
    }
}

@Composable
private fun Share(
    share: RecipientShare,
    name: String,
) {
    val formats = LocalFormats.current
    val amount = if (share.fee) formats.percent(share.split.toLong() * 10) else plural("pay_changes_parts", share.split.toLong())
    NameAndAmount(name, amount, Modifier.semantics(mergeDescendants = true) {})
}
