// What this program is, what it keeps to itself, which payment methods this edition has, what an error's number says, the
// diagnostic log where the device keeps one, and whose work it is built on.
package tekram.ui.me

import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.RailKind
import tekram.ui.common.Edition
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.OtherButton
import tekram.ui.common.Phase
import tekram.ui.common.PhasePane
import tekram.ui.common.PhaseWords
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.screenPadding
import tekram.ui.common.word

/** How saving the diagnostic log ended. */
enum class LogSaved { Saved, Empty, Failed }

/** `me_about`: this program. */
@Composable
fun AboutScreen(
    version: String,
    edition: Edition,
    log: LogSaved?,
    onLog: () -> Unit,
    onLicences: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_about"), onBack) {
    ScrollingColumn {
        Text(word("me_about_text"))
        Text(word("me_version", version))
        Section(word("me_privacy")) { Text(word("me_privacy_text")) }
        Section(word("me_rails_title")) {
            Rail(word("pay_method_cashu"), RailKind.CASHU in edition.railsOff)
            Rail(word("pay_method_link"), RailKind.HAND_OFF in edition.railsOff)
        }
        ErrorNumbers()
        if (edition.keepsLog) LogSection(log, onLog)
        OtherButton(word("me_licences"), onLicences, icon = Icons.Words)
    }
}

/** What an error's number says; only who has one to look up wants to see it. */
@Composable
private fun ErrorNumbers() {
    var open by rememberSaveable { mutableStateOf(false) }
    Section(null) {
        QuietButton(word("me_errors_title"), { open = !open }, icon = if (open) Icons.Collapse else Icons.Expand)
        if (open) {
            Text(word("me_errors_text"))
            Text(word("me_errors_rooms"), style = MaterialTheme.typography.bodyMedium)
        }
    }
}

@Composable
private fun Rail(
    name: String,
    off: Boolean,
) {
    Text(word("relations_side", name, word(if (off) "me_rails_off" else "me_rails_on")))
    if (off) Text(word("me_rails_off_store"), style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
}

@Composable
internal fun LogSection(
    log: LogSaved?,
    onLog: () -> Unit,
) = Section(word("me_log_title")) {
    Text(word("me_log_text"))
    when (log) {
        null -> {}
        LogSaved.Saved -> {
            Text(word("me_exported"), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
        }
        LogSaved.Empty -> {
            Text(word("me_log_empty"), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
        }
        LogSaved.Failed -> {
            ErrorLine(word("error_file_not_saved"))
        }
    }
    OtherButton(word("me_log_export"), onLog, icon = Icons.Export)
}

/** `me_licences`: the licences of everything that is shipped. */
@Composable
fun LicencesScreen(
    phase: Phase,
    paragraphs: List<String>,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("me_licences"), onBack) {
    PhasePane(phase, PhaseWords(emptyTitle = word("me_licences"), emptyText = word("me_licences_missing"))) {
        LazyColumn(Modifier.fillMaxSize()) {
            item { Text(word("me_licences_text"), Modifier.padding(screenPadding)) }
            items(paragraphs) { Text(it, Modifier.padding(horizontal = screenPadding, vertical = 4.dp), style = MaterialTheme.typography.bodySmall) }
        }
    }
}
