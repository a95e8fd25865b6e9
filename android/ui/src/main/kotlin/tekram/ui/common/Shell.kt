// The frame around an open profile: five tabs at the bottom of a narrow window, at the side of a wide one, and from
// 840 dp on a tab's list and what was opened from it side by side.
package tekram.ui.common

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Badge
import androidx.compose.material3.BadgedBox
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.NavigationBar
import androidx.compose.material3.NavigationBarItem
import androidx.compose.material3.NavigationRail
import androidx.compose.material3.NavigationRailItem
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.VerticalDivider
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.dp

private val railFrom = 600.dp
private val panesFrom = 840.dp
private val listWidth = 360.dp

/** Above this text size the bottom bar shows the open tab's word alone: five words would not fit. */
private const val ALL_LABELS_UP_TO = 1.15f
private const val LARGEST_LABEL = 1.3f

/** A tab's pictogram. */
val Tab.icon: ImageVector
    get() =
        when (this) {
            Tab.History -> Icons.History
            Tab.Pay -> Icons.Pay
            Tab.Want -> Icons.Want
            Tab.Relations -> Icons.Relations
            Tab.Me -> Icons.Me
        }

/**
 * The shell around an open profile. Tabs in [waiting] carry a dot, [bottom] stands below whatever is shown. [screen] draws one
 * route; its second value goes back one screen and is null where the screen is a tab's first, or stands beside the list it
 * was opened from.
 */
@Composable
fun Shell(
    place: Place,
    onSelect: (Tab) -> Unit,
    onBack: () -> Unit,
    waiting: Set<Tab> = emptySet(),
    bottom: @Composable () -> Unit = {},
    screen: @Composable (Route, (() -> Unit)?) -> Unit,
) {
    BoxWithConstraints(Modifier.fillMaxSize().safeDrawingPadding()) {
        val panes = maxWidth >= panesFrom
        if (maxWidth >= railFrom) {
            Row(Modifier.fillMaxSize()) {
                Rail(place.tab, waiting, onSelect)
                Column(Modifier.weight(1f)) {
                    Box(Modifier.weight(1f)) { if (panes) Panes(place, onBack, screen) else TopScreen(place, onBack, screen) }
                    bottom()
                }
            }
        } else {
            Column(Modifier.fillMaxSize()) {
                Box(Modifier.weight(1f)) { TopScreen(place, onBack, screen) }
                bottom()
                BottomBar(place.tab, waiting, onSelect)
            }
        }
    }
}

@Composable
private fun TopScreen(
    place: Place,
    onBack: () -> Unit,
    screen: @Composable (Route, (() -> Unit)?) -> Unit,
) = screen(place.top, onBack.takeIf { place.routes.size > 1 })

@Composable
private fun Panes(
    place: Place,
    onBack: () -> Unit,
    screen: @Composable (Route, (() -> Unit)?) -> Unit,
) {
    Row(Modifier.fillMaxSize()) {
        if (place.routes.size == 1) {
            Box(Modifier.weight(1f)) { screen(place.top, null) }
        } else {
            Box(Modifier.width(listWidth).fillMaxHeight()) { screen(place.routes.first(), null) }
            VerticalDivider()
            Box(Modifier.weight(1f)) { screen(place.top, onBack) }
        }
    }
}

@Composable
internal fun BottomBar(
    open: Tab,
    waiting: Set<Tab>,
    onSelect: (Tab) -> Unit,
) {
    val scale = LocalDensity.current.fontScale
    NavigationBar(Modifier.fillMaxWidth(), containerColor = MaterialTheme.colorScheme.surfaceContainer) {
        Tab.entries.forEach { tab ->
            val name = word(tab.wordKey)
            val all = scale <= ALL_LABELS_UP_TO
            NavigationBarItem(
                selected = tab == open,
                onClick = { onSelect(tab) },
                icon = { TabIcon(tab, name.takeUnless { all || tab == open }, tab in waiting) },
                label = { TabLabel(name, tab in waiting) },
                alwaysShowLabel = all,
                modifier = Modifier.testTag("tab_${tab.name}"),
            )
        }
    }
}

@Composable
private fun Rail(
    open: Tab,
    waiting: Set<Tab>,
    onSelect: (Tab) -> Unit,
) {
    Surface(color = MaterialTheme.colorScheme.surfaceContainer) {
        Column(Modifier.fillMaxHeight().verticalScroll(rememberScrollState())) {
            NavigationRail(containerColor = MaterialTheme.colorScheme.surfaceContainer) {
                Tab.entries.forEach { tab ->
                    NavigationRailItem(
                        selected = tab == open,
                        onClick = { onSelect(tab) },
                        icon = { TabIcon(tab, spoken = null, tab in waiting) },
                        label = { TabLabel(word(tab.wordKey), tab in waiting) },
                        modifier = Modifier.testTag("tab_${tab.name}"),
                    )
                }
            }
        }
    }
}

/** A tab's pictogram, with a dot where something [waits]; then it says so together with the tab's name, where no word stands below. */
@Composable
private fun TabIcon(
    tab: Tab,
    spoken: String?,
    waits: Boolean,
) = BadgedBox(badge = { if (waits) Badge() }) {
    Icon(tab.icon, contentDescription = if (waits) word("common_tab_waiting_a11y", word(tab.wordKey)) else spoken)
}

@Composable
private fun TabLabel(
    name: String,
    waits: Boolean,
) {
    // A bar silences a pictogram whose word stands below it, so the word says it.
    val spoken = word("common_tab_waiting_a11y", name)
    val says = if (waits) Modifier.clearAndSetSemantics { contentDescription = spoken } else Modifier
    val density = LocalDensity.current
    CompositionLocalProvider(LocalDensity provides Density(density.density, density.fontScale.coerceAtMost(LARGEST_LABEL))) {
        Text(name, says, style = MaterialTheme.typography.labelSmall, maxLines = 1, softWrap = false, overflow = TextOverflow.Visible)
    }
}
