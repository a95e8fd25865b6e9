// The built-in player on the screen: small at the bottom of History while something is in hand, and large with its place,
// speed, sleep timer and chapters.
package tekram.ui.history.feed

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.FilledIconButton
import androidx.compose.material3.FilterChip
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Slider
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.stateDescription
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import tekram.ffi.Chapter
import tekram.ffi.PlayerMedia
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.LocalWords
import tekram.ui.common.NoticePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.errorText
import tekram.ui.common.touchable
import tekram.ui.common.word
import java.text.NumberFormat

/** What the player's screen can be told. */
interface PlayerActions {
    /** Goes on, or stops for the moment. */
    fun toggle()

    /** To a place. */
    fun seek(toMs: Long)

    /** On by [ms], back when below zero. */
    fun skip(ms: Long)

    /** At another speed. */
    fun speed(permille: Long)

    /** Falls silent after so many minutes; null plays on. */
    fun sleep(minutes: Int?)

    /** Lets go of what is in hand. */
    fun close()
}

/** `history_feed_player`: what plays, and everything that can be done with it. */
@Composable
fun PlayerScreen(
    state: PlayerState,
    chapters: List<Chapter>,
    actions: PlayerActions,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_player_title"), onBack) {
    val media = state.media
    if (media == null) {
        NoticePane(Icons.Podcast, word("history_player_nothing"), null, null)
        return@ScreenFrame
    }
    ScrollingColumn {
        Text(media.heading, style = MaterialTheme.typography.headlineSmall)
        media.by?.let { Text(it, style = MaterialTheme.typography.bodyLarge) }
        state.problem?.let { ErrorLine(errorText(it)) }
        state.notKept?.let { ErrorLine(errorText(it)) }
        if (!state.live) PlaceBar(state, actions::seek)
        Buttons(state, actions)
        if (!state.live) SpeedChoice(state.permille, actions::speed)
        SleepChoice(state.sleepsAtMs, actions::sleep)
        val named = chapters.filter { it.inContents && it.title.isNotEmpty() }
        if (named.isNotEmpty()) {
            Section(word("history_feed_chapters")) {
                named.forEach { chapter ->
                    val isNow = chapter == named.lastOrNull { it.startMs <= state.positionMs }
                    ListRow("${place(chapter.startMs)}  ${chapter.title}", selected = isNow, onClick = { actions.seek(chapter.startMs) })
                }
            }
        }
        Text(word("history_player_exact"), style = MaterialTheme.typography.bodySmall)
        QuietButton(word("history_player_close"), actions::close, icon = Icons.Close)
    }
}

/** Where it is; moving the knob moves there once it is let go. */
@Composable
private fun PlaceBar(
    state: PlayerState,
    onSeek: (Long) -> Unit,
) = Column {
    var wanted by remember(state.playable) { mutableStateOf<Long?>(null) }
    val shown = wanted ?: state.positionMs
    val length = state.lengthMs ?: 0
    if (length > 0) {
        val label = word("history_player_place_a11y")
        val spoken = LocalFormats.current.duration(shown)
        Slider(
            shown.coerceIn(0, length).toFloat(),
            { wanted = it.toLong() },
            Modifier.semantics {
                contentDescription = label
                stateDescription = spoken
            },
            valueRange = 0f..length.toFloat(),
            onValueChangeFinished = {
                wanted?.let(onSeek)
                wanted = null
            },
        )
    }
    // The knob says the same.
    Row(Modifier.fillMaxWidth().clearAndSetSemantics { }, horizontalArrangement = Arrangement.SpaceBetween) {
        Text(place(shown), style = MaterialTheme.typography.bodyMedium)
        if (length > 0) Text(place(length), style = MaterialTheme.typography.bodyMedium)
    }
}

@Composable
private fun Buttons(
    state: PlayerState,
    actions: PlayerActions,
) = Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(24.dp, Alignment.CenterHorizontally), Alignment.CenterVertically) {
    if (!state.live) IconAction(Icons.SkipBack, word("history_player_back_a11y")) { actions.skip(-PlayerModel.BACK_MS) }
    FilledIconButton(actions::toggle, Modifier.size(72.dp)) {
        Icon(
            if (state.on) Icons.Pause else Icons.Play,
            word(if (state.on) "history_player_pause" else "history_player_play"),
            Modifier.size(36.dp),
        )
    }
    if (!state.live) IconAction(Icons.SkipOn, word("history_player_on_a11y")) { actions.skip(PlayerModel.ON_MS) }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun SpeedChoice(
    permille: Long,
    onSpeed: (Long) -> Unit,
) = Section(word("history_player_speed")) {
    FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        val numbers = NumberFormat.getNumberInstance(LocalWords.current.locale)
        PlayerModel.speeds.forEach { speed ->
            val name = word("history_player_times", numbers.format(speed / PERMILLE))
            FilterChip(speed == permille, { onSpeed(speed) }, { Text(name) }, Modifier.touchable())
        }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun SleepChoice(
    sleepsAtMs: Long?,
    onSleep: (Int?) -> Unit,
) = Section(word("history_player_sleep")) {
    val formats = LocalFormats.current
    sleepsAtMs?.let { Text(word("history_player_sleeps", formats.time(it)), style = MaterialTheme.typography.bodyMedium) }
    FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        PlayerModel.sleeps.forEach { minutes ->
            FilterChip(false, { onSleep(minutes) }, { Text(formats.duration(minutes * MS_OF_MINUTE)) }, Modifier.touchable())
        }
        if (sleepsAtMs != null) FilterChip(false, { onSleep(null) }, { Text(word("history_player_sleep_off")) }, Modifier.touchable())
    }
}

/** The player, small: what plays, and a button that stops it. */
@Composable
fun MiniBar(
    state: PlayerState,
    onOpen: () -> Unit,
    onToggle: () -> Unit,
) {
    val media = state.media ?: return
    val below =
        when {
            state.problem != null -> errorText(state.problem)
            state.waits -> word("history_player_waits")
            else -> media.by
        }
    val opens = word("history_player_open_a11y")
    Surface(onOpen, Modifier.fillMaxWidth().touchable().testTag("mini_player"), color = MaterialTheme.colorScheme.surfaceContainerHigh) {
        Row(Modifier.padding(start = 16.dp, end = 4.dp, top = 4.dp, bottom = 4.dp), verticalAlignment = Alignment.CenterVertically) {
            Column(Modifier.weight(1f).semantics { stateDescription = opens }) {
                Text(media.heading, style = MaterialTheme.typography.titleSmall, maxLines = 1, overflow = TextOverflow.Ellipsis)
                below?.let { Text(it, style = MaterialTheme.typography.bodySmall, maxLines = 1, overflow = TextOverflow.Ellipsis) }
            }
            IconAction(
                if (state.on) Icons.Pause else Icons.Play,
                word(if (state.on) "history_player_pause" else "history_player_play"),
                onClick = onToggle,
            )
        }
    }
}

/** What plays: its title, else the show or station. */
private val PlayerMedia.heading: String get() = title.ifEmpty { show }

/** Who and where it is from, when that is not said already. */
private val PlayerMedia.by: String?
    get() = if (title.isEmpty()) null else (creators + show).filter { it.isNotEmpty() }.distinct().joinToString(" · ").ifEmpty { null }

private const val PERMILLE = 1000.0
private const val MS_OF_MINUTE = 60_000L
