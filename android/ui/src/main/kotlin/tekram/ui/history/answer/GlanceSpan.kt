// The range that a glance is about, as the core writes ranges (`2026`, `2026-10`, `all`), and the one before and after it.
package tekram.ui.history.answer

import java.time.Year
import java.time.YearMonth

/** Everything that was ever heard. */
const val ALL_TIME = "all"

private const val YEAR_LENGTH = 4

/** Whether [span] is a year. */
internal fun isYear(span: String): Boolean = span.length == YEAR_LENGTH

/** The month that [span] is, else null. */
internal fun monthOf(span: String): YearMonth? = runCatching { YearMonth.parse(span) }.getOrNull()

/** The range of the same length [by] steps from [span]; null for everything, which has no neighbours. */
internal fun neighbour(
    span: String,
    by: Long,
): String? =
    when {
        isYear(span) -> Year.parse(span).plusYears(by).toString()
        else -> monthOf(span)?.plusMonths(by)?.toString()
    }
