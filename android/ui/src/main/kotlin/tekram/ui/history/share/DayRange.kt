// A range of days, as a person types it, in the days of this device. An empty field leaves that end open.
package tekram.ui.history.share

import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import tekram.ui.common.TextLine
import tekram.ui.common.word
import java.time.LocalDate
import java.time.ZoneId
import java.time.format.DateTimeParseException

/** The first and the last day, as typed: `2026-01-31`. */
data class DayRange(
    val from: String = "",
    val to: String = "",
) {
    /** Whether both ends are days or open. */
    val fits: Boolean get() = fits(from) && fits(to)

    /** The first moment of the first day. */
    fun fromMs(zone: ZoneId): Long? = day(from)?.startMs(zone)

    /** The first moment after the last day. */
    fun toMs(zone: ZoneId): Long? = day(to)?.plusDays(1)?.startMs(zone)

    internal companion object {
        fun fits(text: String) = text.isBlank() || day(text) != null

        private fun day(text: String): LocalDate? =
            try {
                LocalDate.parse(text.trim())
            } catch (_: DateTimeParseException) {
                null
            }

        private fun LocalDate.startMs(zone: ZoneId) = atStartOfDay(zone).toInstant().toEpochMilli()
    }
}

/** The two fields of a range. */
@Composable
internal fun ColumnScope.DayRangeFields(
    range: DayRange,
    enabled: Boolean,
    onChange: (DayRange) -> Unit,
) {
    val hint = word("history_share_day_hint")
    TextLine(
        range.from,
        { onChange(range.copy(from = it)) },
        word("history_share_from"),
        Modifier.testTag("share_from"),
        hint,
        wrong = !DayRange.fits(range.from),
        enabled = enabled,
    )
    TextLine(
        range.to,
        { onChange(range.copy(to = it)) },
        word("history_share_to"),
        Modifier.testTag("share_to"),
        hint,
        wrong = !DayRange.fits(range.to),
        enabled = enabled,
    )
}
