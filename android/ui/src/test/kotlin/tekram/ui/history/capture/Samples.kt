// Samples of the screens of capture.
package tekram.ui.history.capture

import androidx.compose.runtime.Composable
import tekram.ffi.CountingRule
import tekram.ffi.ListenKind
import tekram.ffi.Quiet
import tekram.ffi.QuietNow
import tekram.ffi.QuietSpan
import tekram.ffi.Recording
import tekram.ui.common.Phase
import tekram.ui.common.Tab
import tekram.ui.history.DaysScreen
import tekram.ui.history.noDaysActions
import tekram.ui.history.rows
import tekram.ui.history.someDays
import tekram.ui.history.someSources
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample

/** 2026-10-05, 18:30 UTC. */
private const val EVENING = 1_791_225_000_000L

internal val nothingQuiet = QuietState(Phase.Ready)
internal val bothQuiet = QuietState(Phase.Ready, QuietNow(QuietSpan(EVENING, EVENING + 3_600_000), QuietSpan(EVENING, null)))
internal val someRules =
    CountingState(
        Phase.Ready,
        listOf(CountingRule(ListenKind.MUSIC, 30_000, 500, 240_000, true), CountingRule(ListenKind.ADVERT, null, 0, 0, false)),
    )
internal val runningRecording = RecordingState(Phase.Ready, Recording(true, EVENING, 214u))
internal val stoppedRecording = RecordingState(Phase.Ready, Recording(false, EVENING, 3_180u), written = 3_180u)

private val noQuiet =
    object : QuietActions {
        override fun begin(
            quiet: Quiet,
            minutes: UInt?,
        ) = Unit

        override fun end(quiet: Quiet) = Unit
    }

private val noRecording =
    object : RecordingActions {
        override fun start() = Unit

        override fun stop() = Unit

        override fun save() = Unit

        override fun discard() = Unit

        override fun replay() = Unit
    }

/** Screens of capture. */
val captureSamples: List<Sample> =
    listOf(
        sample("history_days", "quiet", Tab.History) {
            DaysScreen(rows(someDays), someSources, {}, {}, noDaysActions) { QuietLines(bothQuiet.now) {} }
        },
        sample("history_capture_quiet", tab = Tab.History) { Quiet(nothingQuiet) },
        sample("history_capture_quiet", "on", Tab.History) { Quiet(bothQuiet) },
        sample("history_capture_counting", tab = Tab.History) { CountingScreen(someRules, {}, {}, {}, {}) },
        sample("history_capture_record", tab = Tab.History) { RecordingScreen(RecordingState(Phase.Ready), noRecording, {}, {}) },
        sample("history_capture_record", "running", Tab.History) { RecordingScreen(runningRecording, noRecording, {}, {}) },
        sample("history_capture_record", "stopped", Tab.History) { RecordingScreen(stoppedRecording, noRecording, {}, {}) },
    )

@Composable
private fun Quiet(state: QuietState) = QuietScreen(state, noQuiet, {}, {})
