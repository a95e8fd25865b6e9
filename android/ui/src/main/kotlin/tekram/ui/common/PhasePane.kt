// One designed pane for each phase of a screen. A room gives its own words for emptiness, and may for the others;
// where it gives none, the common ones stand.
package tekram.ui.common

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp

/** What can be done about a phase: a button's word and what it does. */
data class Offer(
    val text: String,
    val act: () -> Unit,
)

/** A room's words for its phases; what is null is said with the common words. */
data class PhaseWords(
    val emptyTitle: String? = null,
    val emptyText: String? = null,
    val loading: String? = null,
    val errorText: String? = null,
    val offlineText: String? = null,
    val lockedText: String? = null,
)

/** The words `<room>_empty_title`, `_empty_text`, `_loading`, `_error_text`, `_offline_text` and `_locked_text`, where there are such. */
@Composable
fun phaseWords(prefix: String): PhaseWords {
    val words = LocalWords.current

    fun own(suffix: String) = "${prefix}_$suffix".takeIf(words::has)?.let { words.word(it) }
    return PhaseWords(own("empty_title"), own("empty_text"), own("loading"), own("error_text"), own("offline_text"), own("locked_text"))
}

/**
 * Shows [ready] when there is something to show, else the pane of [phase].
 *
 * [onRetry] is offered after a failure and without a connection; [empty] is what can be done where nothing is yet.
 */
@Composable
fun PhasePane(
    phase: Phase,
    words: PhaseWords,
    modifier: Modifier = Modifier,
    onRetry: (() -> Unit)? = null,
    empty: Offer? = null,
    ready: @Composable () -> Unit,
) {
    val retry = onRetry?.let { Offer(word("common_retry"), it) }
    when (phase) {
        Phase.Ready -> {
            ready()
        }

        Phase.Loading -> {
            LoadingPane(words.loading ?: word("common_loading"), modifier)
        }

        Phase.Empty -> {
            NoticePane(Icons.Tray, words.emptyTitle ?: word("common_empty_title"), words.emptyText, empty, modifier)
        }

        Phase.Offline -> {
            NoticePane(Icons.Offline, word("common_offline_title"), words.offlineText ?: word("common_offline_text"), retry, modifier)
        }

        Phase.Locked -> {
            NoticePane(Icons.Lock, word("common_locked_title"), words.lockedText ?: word("common_locked_text"), null, modifier)
        }

        is Phase.Failed -> {
            NoticePane(
                Icons.Warning,
                word("common_error_title"),
                errorText(phase.error, words.errorText),
                retry,
                modifier,
                small = word("common_error_code", phase.error.code.toString()),
            )
        }
    }
}

/** A turning circle with the words for what is being waited for. */
@Composable
fun LoadingPane(
    text: String,
    modifier: Modifier = Modifier,
) {
    val spoken = word("common_loading_a11y")
    Centred(modifier.semantics { liveRegion = LiveRegionMode.Polite }) {
        CircularProgressIndicator(Modifier.semantics { contentDescription = spoken })
        Text(text, style = MaterialTheme.typography.bodyLarge, textAlign = TextAlign.Center)
    }
}

/** A picture, a title, a sentence and at most one thing to do. */
@Composable
fun NoticePane(
    icon: ImageVector,
    title: String,
    text: String?,
    offer: Offer?,
    modifier: Modifier = Modifier,
    small: String? = null,
) {
    Centred(modifier) {
        Icon(icon, contentDescription = null, Modifier.size(48.dp), tint = MaterialTheme.colorScheme.primary)
        Text(title, Modifier.semantics { heading() }, style = MaterialTheme.typography.titleLarge, textAlign = TextAlign.Center)
        text?.let { Text(it, style = MaterialTheme.typography.bodyLarge, textAlign = TextAlign.Center) }
        offer?.let { Button(onClick = it.act, Modifier.touchable()) { Text(it.text, textAlign = TextAlign.Center) } }
        small?.let { Text(it, style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant) }
    }
}

@Composable
private fun Centred(
    modifier: Modifier,
    content: @Composable () -> Unit,
) {
    Box(modifier.fillMaxSize(), contentAlignment = Alignment.Center) {
        Column(
            Modifier.widthIn(max = 480.dp).verticalScroll(rememberScrollState()).padding(24.dp),
            verticalArrangement = Arrangement.spacedBy(16.dp),
            horizontalAlignment = Alignment.CenterHorizontally,
        ) { content() }
    }
}
