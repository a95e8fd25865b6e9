// The form of "I read this": address, title, publisher and minutes, and that it was kept.
package tekram.ui.history.capture

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.material3.FilterChip
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import tekram.ui.common.ErrorLine
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.TextLine
import tekram.ui.common.errorText
import tekram.ui.common.plural
import tekram.ui.common.touchable
import tekram.ui.common.word

private val someMinutes = listOf(3L, 5L, 10L, 20L)

/** `history_capture_read`: an article that was read. */
@Composable
fun ReadScreen(
    state: ReadState,
    onChange: (ReadForm) -> Unit,
    onKeep: () -> Unit,
    onAnother: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_page_title"), onBack) {
    ScrollingColumn {
        when (val kept = state.kept) {
            null -> {
                Form(state, onChange, onKeep)
            }

            else -> {
                Text(
                    word(if (kept == Kept.New) "history_page_kept" else "history_page_already"),
                    Modifier.semantics { liveRegion = LiveRegionMode.Polite },
                )
                OtherButton(word("history_page_another"), onAnother)
            }
        }
    }
}

@Composable
private fun Form(
    state: ReadState,
    onChange: (ReadForm) -> Unit,
    onKeep: () -> Unit,
) {
    val form = state.form
    Text(word("history_page_text"))
    TextLine(form.url, { onChange(form.copy(url = it)) }, word("history_page_url"), Modifier.testTag("history_page_url"), keyboard = KeyboardType.Uri)
    TextLine(form.title, { onChange(form.copy(title = it)) }, word("history_page_name"), Modifier.testTag("history_page_name"))
    TextLine(
        form.site,
        { onChange(form.copy(site = it)) },
        word("history_page_site"),
        Modifier.testTag("history_page_site"),
        below = word("history_page_site_text"),
    )
    Minutes(form, onChange)
    state.failure?.let { ErrorLine(errorText(it)) }
    MainButton(word("history_page_keep"), onKeep, enabled = form.isWhole, busy = state.busy)
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Minutes(
    form: ReadForm,
    onChange: (ReadForm) -> Unit,
) = Section(null) {
    TextLine(
        form.minutes,
        { onChange(form.copy(minutes = it)) },
        word("history_page_minutes"),
        Modifier.testTag("history_page_minutes"),
        below = if (form.minutesWrong) word("history_page_minutes_wrong") else null,
        wrong = form.minutesWrong,
        keyboard = KeyboardType.Number,
    )
    FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        FilterChip(form.minutes.isBlank(), { onChange(form.copy(minutes = "")) }, { Text(word("history_page_unknown")) }, Modifier.touchable())
        someMinutes.forEach { count ->
            FilterChip(
                form.readMinutes == count,
                { onChange(form.copy(minutes = count.toString())) },
                { Text(plural("common_minutes", count)) },
                Modifier.touchable(),
            )
        }
    }
}
