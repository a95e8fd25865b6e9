// Money, numbers, dates and lengths of time as the person's locale writes them. The core returns minor units, epoch
// milliseconds and counts; nothing here adds, rounds for meaning or sorts.
package tekram.ui.common

import androidx.compose.runtime.staticCompositionLocalOf
import java.math.BigDecimal
import java.text.NumberFormat
import java.time.Clock
import java.time.DayOfWeek
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime
import java.time.Month
import java.time.YearMonth
import java.time.format.DateTimeFormatter
import java.time.format.FormatStyle
import java.time.format.TextStyle
import java.time.temporal.ChronoUnit
import java.util.Currency
import java.util.Locale

private const val NARROW_NO_BREAK = '\u00A0'
private const val MSAT_DIGITS = 3
private const val MS_IN_SECOND = 1000L
private const val SECONDS_IN_MINUTE = 60L
private const val MINUTES_IN_HOUR = 60L
private const val PERMILLE_DIGITS = 3
private const val THOUSAND = 1000L
private const val MILLION = 1_000_000L
private const val BILLION = 1_000_000_000L

/** The formats of one locale; [clock] also says which time zone dates are shown in. */
class Formats(
    private val words: Words,
    private val clock: Clock,
) {
    private val locale: Locale = words.locale

    /** An amount of [minor] units: cents of EUR, yen of JPY, satoshi of SAT, thousandths of a satoshi of MSAT. */
    fun money(
        minor: Long,
        currency: String,
    ): String =
        when (currency) {
            "SAT" -> satoshi(BigDecimal.valueOf(minor))
            "MSAT" -> satoshi(BigDecimal.valueOf(minor, MSAT_DIGITS).stripTrailingZeros())
            else -> runCatching { Currency.getInstance(currency) }.getOrNull()?.let { coin(minor, it) } ?: "${number(minor)}$NARROW_NO_BREAK$currency"
        }

    private fun coin(
        minor: Long,
        currency: Currency,
    ): String =
        NumberFormat.getCurrencyInstance(locale).run {
            this.currency = currency
            val digits = currency.defaultFractionDigits.coerceAtLeast(0)
            minimumFractionDigits = digits
            maximumFractionDigits = digits
            format(BigDecimal.valueOf(minor, digits))
        }

    private fun satoshi(amount: BigDecimal): String {
        val number = NumberFormat.getNumberInstance(locale)
        number.maximumFractionDigits = MSAT_DIGITS
        return "${number.format(amount)}${NARROW_NO_BREAK}sat"
    }

    /** A count. */
    fun number(count: Long): String = NumberFormat.getIntegerInstance(locale).format(count)

    /** Thousandths as a percentage: 125 is 12.5 %. */
    fun percent(permille: Long): String {
        val percent = NumberFormat.getPercentInstance(locale)
        percent.maximumFractionDigits = 1
        return percent.format(BigDecimal.valueOf(permille, PERMILLE_DIGITS))
    }

    /** The day of a moment, in words for today and yesterday. */
    fun day(epochMs: Long): String = day(local(epochMs).toLocalDate())

    /** A day, in words for today and yesterday. */
    fun day(date: LocalDate): String {
        val today = LocalDate.now(clock)
        return when (date) {
            today -> words.word("common_today")
            today.minusDays(1) -> words.word("common_yesterday")
            else -> date.format(style(DateTimeFormatter.ofLocalizedDate(FormatStyle.FULL)))
        }
    }

    /** A day as short as it is still clear. */
    fun date(epochMs: Long): String = local(epochMs).format(style(DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM)))

    /** The time of day of a moment. */
    fun time(epochMs: Long): String = local(epochMs).format(style(DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)))

    /** Day and time of a moment. */
    fun dateAndTime(epochMs: Long): String = local(epochMs).format(style(DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)))

    /** A month given as the core writes it, `2026-10`; what cannot be read is shown as it is. */
    fun month(month: String): String =
        runCatching { YearMonth.parse(month) }.getOrNull()?.format(DateTimeFormatter.ofPattern("LLLL uuuu", locale)) ?: month

    /** The first letter of a month, 1 is January. */
    fun shortestMonth(month: Int): String = Month.of(month).getDisplayName(TextStyle.NARROW_STANDALONE, locale)

    /** A day of the week, 1 is Monday. */
    fun weekday(
        day: Int,
        short: Boolean = false,
    ): String = DayOfWeek.of(day).getDisplayName(if (short) TextStyle.SHORT_STANDALONE else TextStyle.FULL_STANDALONE, locale)

    /** A full hour of the day. */
    fun hour(hour: Int): String = clock(LocalTime.of(hour, 0))

    /** A time of day. */
    fun clock(time: LocalTime): String = time.format(style(DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)))

    /** Whether [month], as the core writes it, is the one that it is now. */
    fun isThisMonth(month: String): Boolean = month == YearMonth.now(clock).toString()

    /** A day given as the core writes it, `2026-10-03`; what cannot be read is shown as it is. */
    fun isoDay(date: String): String = runCatching { LocalDate.parse(date) }.getOrNull()?.let(::day) ?: date

    /** As [isoDay], without words for today and yesterday: a date on a card, a day of birth. */
    fun isoDate(date: String): String =
        runCatching { LocalDate.parse(date) }.getOrNull()?.format(style(DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM))) ?: date

    /** The month of a moment as the core writes it: `2026-10`. */
    fun monthOf(epochMs: Long): String = YearMonth.from(local(epochMs)).toString()

    /** A length of time in hours and minutes; in seconds when it is shorter than a minute. */
    fun duration(ms: Long): String {
        val minutes = ms / MS_IN_SECOND / SECONDS_IN_MINUTE
        val hours = minutes / MINUTES_IN_HOUR
        return when {
            minutes == 0L -> words.counted("common_seconds", ms / MS_IN_SECOND)
            hours == 0L -> words.counted("common_minutes", minutes)
            minutes % MINUTES_IN_HOUR == 0L -> words.counted("common_hours", hours)
            else -> words.word("common_hours_minutes", hours, minutes % MINUTES_IN_HOUR)
        }
    }

    /** Whole days of the calendar from the day of a moment to today; never below zero, a clock can be set back. */
    fun daysSince(epochMs: Long): Long =
        ChronoUnit.DAYS.between(local(epochMs).toLocalDate(), LocalDate.now(clock)).coerceAtLeast(0)

    /** The size of a file in thousands of bytes, as phones show it; at least one. */
    fun size(bytes: Long): String {
        val number = NumberFormat.getNumberInstance(locale).apply { maximumFractionDigits = 1 }
        return when {
            bytes < MILLION -> words.word("common_size_kb", number(((bytes + THOUSAND - 1) / THOUSAND).coerceAtLeast(1)))
            bytes < BILLION -> words.word("common_size_mb", number.format(bytes.toDouble() / MILLION))
            else -> words.word("common_size_gb", number.format(bytes.toDouble() / BILLION))
        }
    }

    /** A time that is still to be waited, rounded up, so that nobody is let wait longer than was said. */
    fun wait(seconds: Long): String =
        if (seconds < SECONDS_IN_MINUTE) {
            duration(seconds * MS_IN_SECOND)
        } else {
            duration((seconds + SECONDS_IN_MINUTE - 1) / SECONDS_IN_MINUTE * SECONDS_IN_MINUTE * MS_IN_SECOND)
        }

    private fun local(epochMs: Long) = Instant.ofEpochMilli(epochMs).atZone(clock.zone)

    private fun style(formatter: DateTimeFormatter) = formatter.withLocale(locale)
}

/** The formats of the person's locale. */
val LocalFormats = staticCompositionLocalOf<Formats> { error("no formats were provided") }
