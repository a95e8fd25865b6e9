// Samples of what all rooms share: the panes of each phase and the shell.
package tekram.ui.common

import androidx.compose.runtime.Composable
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample

private val notThere = Shown(4002, "empty_log", "history")

private val titles = mapOf("history_day" to "history_day_title")

val commonSamples: List<Sample> =
    listOf(
        sample("common_pane", "empty", Tab.Want) { Pane(Phase.Empty) },
        sample("common_pane", "loading", Tab.Want) { Pane(Phase.Loading) },
        sample("common_pane", "error", Tab.Want) { Pane(Phase.Failed(notThere)) },
        sample("common_pane", "offline", Tab.Want) { Pane(Phase.Offline) },
        sample("common_pane", "locked", Tab.Want) { Pane(Phase.Locked) },
        sample("common_shell", wide = true) {
            Shell(Place().open(Route("history_day")), {}, {}) { route, back ->
                Pane(Phase.Empty, titles[route.id]?.let { word(it, "5 October 2026") } ?: word("history_title"), back)
            }
        },
    )

@Composable
private fun Pane(
    phase: Phase,
    title: String = word("common_tab_want"),
    onBack: (() -> Unit)? = null,
) = ScreenFrame(title, onBack) { PhasePane(phase, PhaseWords(), onRetry = {}) {} }
