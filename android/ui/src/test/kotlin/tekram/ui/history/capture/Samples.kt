// Samples of the screens of capture.
package tekram.ui.history.capture

import androidx.compose.runtime.Composable
import tekram.ffi.CountingRule
import tekram.ffi.EndpointToken
import tekram.ffi.ListenKind
import tekram.ffi.Quiet
import tekram.ffi.QuietNow
import tekram.ffi.QuietSpan
import tekram.ffi.Recording
import tekram.ui.common.Answering
import tekram.ui.common.Phase
import tekram.ui.common.Shown
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

internal val someTokens =
    listOf(
        EndpointToken("1", "Pano Scrobbler", EVENING - 86_400_000, EVENING, true),
        EndpointToken("2", "Reader", EVENING, 0, true),
        EndpointToken("3", "Old player", 0, 0, false),
    )
internal val answeringHere = Answering(setOf("home"), "http://127.0.0.1:8929")
internal val someApps = AppsState(Phase.Ready, someTokens, answering = answeringHere, mine = true)
internal val freshApp = AppsState(Phase.Ready, fresh = FreshToken("Pano Scrobbler", "b3c1a0f2-55d8-4f0e-9a67-2f1b8f0b6c11"), answering = Answering())
internal val readPage = ReadForm("https://harbour.example/2026/10/night-ferries", "Night ferries are back", minutes = "5")

private val noApps =
    object : AppsActions {
        override fun add(app: String) = Unit

        override fun seen() = Unit

        override fun revoke(token: String) = Unit

        override fun answer(wanted: Boolean) = Unit
    }

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
        sample("history_capture_apps", tab = Tab.History) { AppsScreen(someApps, noApps, {}, {}) },
        sample("history_capture_apps", "token", Tab.History) { AppsScreen(freshApp, noApps, {}, {}) },
        sample("history_capture_apps", "failed", Tab.History) {
            AppsScreen(someApps.copy(answering = Answering(setOf("home"), failed = true)), noApps, {}, {})
        },
        sample("history_capture_read", tab = Tab.History) { ReadScreen(ReadState(readPage), {}, {}, {}, {}) },
        sample("history_capture_read", "failed", Tab.History) {
            ReadScreen(ReadState(ReadForm("ftp://x", minutes = "much"), failure = Shown(4001, "bad_page", "history")), {}, {}, {}, {})
        },
        sample("history_capture_read", "kept", Tab.History) { ReadScreen(ReadState(kept = Kept.New), {}, {}, {}, {}) },
        sample("history_capture_record", tab = Tab.History) { RecordingScreen(RecordingState(Phase.Ready), noRecording, {}, {}) },
        sample("history_capture_record", "running", Tab.History) { RecordingScreen(runningRecording, noRecording, {}, {}) },
        sample("history_capture_record", "stopped", Tab.History) { RecordingScreen(stoppedRecording, noRecording, {}, {}) },
    )

@Composable
private fun Quiet(state: QuietState) = QuietScreen(state, noQuiet, {}, {})
