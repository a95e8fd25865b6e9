// Long work of the core on the screen: what is being done, how far it is, and stopping it. Bytes become a share here and
// nowhere else; while the core does not know how much there is, the bar only moves.
package tekram.ui.common

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.WorkProgress

private const val PERMILLE = 1000L

/** How far it is in thousandths, or null while nobody knows. */
val WorkProgress.permille: Long?
    get() {
        val total = totalBytes.toLong()
        return if (total <= 0) null else (doneBytes.toDouble() / total * PERMILLE).toLong().coerceIn(0, PERMILLE)
    }

/** Work that goes on: [text] says which, [progress] how far. */
@Composable
fun WorkBar(
    text: String,
    progress: WorkProgress?,
    onStop: (() -> Unit)?,
) = Column(Modifier.fillMaxWidth().testTag("work"), verticalArrangement = Arrangement.spacedBy(8.dp)) {
    Text(text, Modifier.semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.titleMedium)
    val permille = progress?.permille
    if (permille == null) {
        val spoken = word("common_working_a11y")
        LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = spoken })
    } else {
        val percent = LocalFormats.current.percent(permille / WHOLE_PERCENT * WHOLE_PERCENT)
        val spoken = word("common_progress_a11y", percent)
        LinearProgressIndicator({ permille.toFloat() / PERMILLE }, Modifier.fillMaxWidth().semantics { contentDescription = spoken })
        Text(percent, style = MaterialTheme.typography.bodyMedium)
    }
    onStop?.let { OtherButton(word("common_stop"), it, icon = Icons.Close) }
}

private const val WHOLE_PERCENT = 10L
