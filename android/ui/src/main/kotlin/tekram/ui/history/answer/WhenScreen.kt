// "What was I listening to when": a date and a time to choose, and what was on around it.
package tekram.ui.history.answer

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.DatePicker
import androidx.compose.material3.DatePickerDialog
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.Text
import androidx.compose.material3.TimePicker
import androidx.compose.material3.rememberDatePickerState
import androidx.compose.material3.rememberTimePickerState
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import tekram.ffi.Listen
import tekram.ui.common.Icons
import tekram.ui.common.LocalFormats
import tekram.ui.common.PhasePane
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.phaseWords
import tekram.ui.common.word
import tekram.ui.history.ListenRow
import java.time.Instant
import java.time.LocalDateTime
import java.time.LocalTime
import java.time.ZoneOffset

/** `history_when`: what was on at a moment. */
@Composable
fun WhenScreen(
    state: WhenState,
    onMoment: (LocalDateTime) -> Unit,
    onListen: (Listen) -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_answer_when_title"), onBack) {
    PhasePane(state.phase, phaseWords("history"), onRetry = { onMoment(state.moment) }) {
        val around = state.around ?: return@PhasePane
        ScrollingColumn {
            Moment(state.moment, onMoment)
            Section(word("history_answer_playing")) {
                if (around.playing.isEmpty()) Text(word("history_answer_playing_none"))
                around.playing.forEach { ListenRow(it, withDate = true) { onListen(it) } }
            }
            Beside("history_answer_just_before", around.before, onListen)
            Beside("history_answer_just_after", around.after, onListen)
        }
    }
}

@Composable
private fun Beside(
    key: String,
    listens: List<Listen>,
    onListen: (Listen) -> Unit,
) {
    if (listens.isEmpty()) return
    Section(word(key)) { listens.forEach { ListenRow(it, withDate = true) { onListen(it) } } }
}

@OptIn(ExperimentalLayoutApi::class, ExperimentalMaterial3Api::class)
@Composable
private fun Moment(
    moment: LocalDateTime,
    onMoment: (LocalDateTime) -> Unit,
) {
    val formats = LocalFormats.current
    var date by remember { mutableStateOf(false) }
    var time by remember { mutableStateOf(false) }
    FlowRow(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        QuietButton(formats.day(moment.toLocalDate()), { date = true }, icon = Icons.History)
        QuietButton(formats.clock(moment.toLocalTime()), { time = true }, icon = Icons.Clock)
    }
    if (date) {
        val picked = rememberDatePickerState(moment.toLocalDate().atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli())
        DatePickerDialog(
            { date = false },
            confirmButton = {
                QuietButton(word("common_done"), {
                    date = false
                    picked.selectedDateMillis?.let { onMoment(Instant.ofEpochMilli(it).atOffset(ZoneOffset.UTC).toLocalDate().atTime(moment.toLocalTime())) }
                })
            },
            dismissButton = { QuietButton(word("common_cancel"), { date = false }) },
        ) { DatePicker(picked) }
    }
    if (time) {
        val picked = rememberTimePickerState(moment.hour, moment.minute, is24Hour = true)
        AlertDialog(
            { time = false },
            confirmButton = {
                QuietButton(word("common_done"), {
                    time = false
                    onMoment(moment.toLocalDate().atTime(LocalTime.of(picked.hour, picked.minute)))
                })
            },
            dismissButton = { QuietButton(word("common_cancel"), { time = false }) },
            text = { TimePicker(picked) },
        )
    }
}
