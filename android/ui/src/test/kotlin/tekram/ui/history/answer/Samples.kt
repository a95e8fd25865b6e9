// Samples of the answers: a year, a month and everything at a glance, pages, what was on when.
package tekram.ui.history.answer

import androidx.compose.runtime.Composable
import tekram.ffi.About
import tekram.ffi.Amount
import tekram.ffi.Around
import tekram.ffi.DatedAmount
import tekram.ffi.Different
import tekram.ffi.Glance
import tekram.ffi.HoursOfWeek
import tekram.ffi.Known
import tekram.ffi.PeriodAmount
import tekram.ffi.Ranked
import tekram.ffi.Streak
import tekram.ffi.Streaks
import tekram.ffi.What
import tekram.ui.common.Phase
import tekram.ui.common.Tab
import tekram.ui.history.rows
import tekram.ui.history.someListens
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample
import java.time.LocalDate
import java.time.LocalDateTime

private const val MINUTE = 60_000L
private const val HOUR = 60 * MINUTE
private const val DAY = 24 * HOUR
private const val EVENING = 1_791_225_000_000L

private fun amount(
    playedMs: Long,
    plays: Long = playedMs / (4 * MINUTE),
) = Amount(plays.toULong(), (plays + plays / 9).toULong(), playedMs, playedMs / 20, 0u)

private fun ranked(
    rank: Int,
    name: String,
    maker: String,
    hours: Int,
    permille: Int,
) = Ranked(rank.toULong(), rank.toLong(), name, maker, amount(hours * HOUR), permille.toULong())

private fun known(
    id: Long,
    name: String,
    maker: String,
    hours: Int,
) = Known(id, What.WORK, name, maker, amount(hours * HOUR), EVENING - 300 * DAY, EVENING)

private val byMonth = listOf(38, 31, 44, 40, 35, 52, 61, 57, 33, 21)

/** Busy evenings, the ways to work and back, and the mornings at the weekend. */
private val hours =
    HoursOfWeek(
        List(7) { day ->
            List(24) { hour ->
                val evening = if (hour in 17..22) (6 - (hour - 20) * (hour - 20)).coerceAtLeast(1) * (day + 2) else 0
                val way = if (day < 5 && hour in 7..8) 14 else 0
                val morning = if (day >= 5 && hour in 9..12) 20 + 4 * day else 0
                amount((evening + way + morning) * 6 * MINUTE)
            }
        },
    )

private val year =
    Glance(
        "2026-01-01",
        "2026-12-31",
        amount(412 * HOUR, 5_204),
        Different(1_803u, 640u, 311u, 84u),
        Different(702u, 221u, 96u, 12u),
        Streaks(251u, Streak(63u, "2026-05-12", "2026-07-13"), Streak(9u, "2026-09-27", "2026-10-05")),
        byMonth.mapIndexed { index, each -> DatedAmount("2026-%02d".format(index + 1), amount(each * HOUR)) },
        (1..31).map { DatedAmount("2026-07-%02d".format(it), amount((it * 37 % 190) * MINUTE)) },
        DatedAmount("2026-07-19", amount(9 * HOUR + 12 * MINUTE)),
        hours,
        listOf(
            ranked(1, "Low Tide", "Alder & Finch", 12, 29),
            ranked(2, "Margins", "Vera Quill", 10, 24),
            ranked(3, "The Salt Road, part two", "Harbour Lights", 8, 19),
            ranked(4, "High Sun", "Alder & Finch", 6, 15),
            ranked(5, "Errata", "Vera Quill", 5, 12),
        ),
        listOf(ranked(1, "Vera Quill", "", 58, 141), ranked(2, "Alder & Finch", "", 41, 99), ranked(3, "Harbour Lights", "", 37, 90)),
        listOf(ranked(1, "Harbour Lights", "Mara Dunn", 37, 90), ranked(2, "Inkwell", "Vera Quill", 22, 53)),
        listOf(ranked(1, "spotify", "", 231, 561), ranked(2, "antennapod", "", 139, 337), ranked(3, "this_device", "", 42, 102)),
    )

private val weeks =
    (0L..39L).map {
        val monday = LocalDate.of(2025, 12, 29).plusWeeks(it)
        PeriodAmount("2026-W%02d".format(it + 1), monday.toString(), monday.plusDays(6).toString(), amount((3 + it * 13 % 12) * HOUR), 40u, 20u)
    }

private val years = (2020..2026).map { PeriodAmount("$it", "$it-01-01", "$it-12-31", amount((90 + it * 53L % 170) * HOUR), 1u, 1u) }

private val ofYear =
    GlanceState(
        Phase.Ready,
        "2026",
        year,
        weeks,
        listOf(ranked(1, "Harbour Lights Media", "", 61, 148)),
        new = listOf(known(31, "Kelp Forest", "Mara Dunn", 2), known(32, "Night Ferry", "The Low Countries", 3)),
        forgotten = listOf(known(41, "Glass Houses", "Ona Tree", 19), known(42, "Small Hours", "Peregrine", 11)),
    )

private val about =
    About(
        What.CREATOR,
        12,
        "Alder & Finch",
        "",
        amount(87 * HOUR, 1_204),
        "2024-01-02",
        "2026-07-05",
        (0..30).map { DatedAmount("20%02d-%02d".format(24 + it / 12, 1 + it % 12), amount((1 + it * 7 % 9) * HOUR)) },
        listOf(ranked(1, "Low Tide", "Alder & Finch", 12, 138), ranked(2, "High Sun", "Alder & Finch", 6, 69)),
    )

private val around = Around(EVENING, someListens.take(1), someListens.drop(1).take(2), someListens.takeLast(1))

internal val answerSamples: List<Sample> =
    listOf(
        sample("history_glance", tab = Tab.History, wide = true) { AtAGlance(ofYear) },
        sample("history_glance", "month", Tab.History) { AtAGlance(ofYear.copy(span = "2026-07")) },
        sample("history_glance", "all", Tab.History) { AtAGlance(ofYear.copy(span = ALL_TIME, periods = years)) },
        sample("history_glance", "empty", Tab.History) {
            AtAGlance(GlanceState(Phase.Ready, "2018", year.copy(total = Amount(0u, 0u, 0, 0, 0u))))
        },
        sample("history_glance", "loading", Tab.History) { AtAGlance(GlanceState(span = "2026")) },
        sample("history_glance_top", tab = Tab.History) { TopScreen(What.WORK, "2026", rows(year.works), {}, {}, {}, {}) },
        sample("history_page", tab = Tab.History) { PageScreen(PageState(Phase.Ready, about), rows(someListens), {}, {}, {}, {}, {}) },
        sample("history_page", "gone", Tab.History) { PageScreen(PageState(Phase.Empty), rows(emptyList()), {}, {}, {}, {}, {}) },
        sample("history_when", tab = Tab.History) { WhenScreen(WhenState(Phase.Ready, LocalDateTime.of(2026, 10, 5, 20, 40), around), {}, {}, {}) },
    )

@Composable
private fun AtAGlance(state: GlanceState) = GlanceScreen(state, noGlanceActions, {}, {}, LocalDate.of(2026, 10, 6))

private val noGlanceActions =
    object : GlanceActions {
        override fun look(span: String) = Unit

        override fun open(id: Long) = Unit

        override fun source(name: String) = Unit

        override fun all(what: What) = Unit

        override fun new() = Unit

        override fun forgotten() = Unit

        override fun moment() = Unit
    }
