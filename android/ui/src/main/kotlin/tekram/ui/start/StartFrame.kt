// The ground of first run and lock: one column on a narrow window; on a wide one the app's mark and words at the side.
package tekram.ui.start

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ui.common.AbsenceReason
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalSeries
import tekram.ui.common.errorText
import tekram.ui.common.word

private val sideFrom = 720.dp

/** The frame of a start screen: [title], [text] below it, and a way [onBack] where there is one. */
@Composable
internal fun StartFrame(
    title: String,
    text: String?,
    onBack: (() -> Unit)?,
    content: @Composable ColumnScope.() -> Unit,
) {
    BoxWithConstraints(Modifier.fillMaxSize()) {
        if (maxWidth < sideFrom) {
            Column(
                Modifier
                    .fillMaxSize()
                    .safeDrawingPadding()
                    .verticalScroll(rememberScrollState())
                    .padding(24.dp),
                verticalArrangement = Arrangement.spacedBy(16.dp),
            ) {
                Top(onBack)
                Heading(title, text)
                content()
            }
        } else {
            Row(Modifier.fillMaxSize()) {
                Surface(Modifier.weight(SIDE).fillMaxHeight(), color = MaterialTheme.colorScheme.primaryContainer) {
                    Column(
                        Modifier.safeDrawingPadding().verticalScroll(rememberScrollState()).padding(40.dp),
                        verticalArrangement = Arrangement.spacedBy(24.dp),
                    ) {
                        Top(onBack)
                        Heading(title, text)
                    }
                }
                Box(Modifier.weight(1f).fillMaxHeight().safeDrawingPadding(), contentAlignment = Alignment.Center) {
                    Column(
                        Modifier.widthIn(max = 520.dp).verticalScroll(rememberScrollState()).padding(40.dp),
                        verticalArrangement = Arrangement.spacedBy(16.dp),
                        content = content,
                    )
                }
            }
        }
    }
}

private const val SIDE = 0.8f

@Composable
private fun Top(onBack: (() -> Unit)?) {
    Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        onBack?.let { IconAction(Icons.Back, word("common_back_a11y"), onClick = it) }
        Mark()
    }
}

@Composable
private fun Heading(
    title: String,
    text: String?,
) {
    Text(title, Modifier.semantics { heading() }, style = MaterialTheme.typography.headlineMedium)
    text?.let { Text(it, style = MaterialTheme.typography.bodyLarge) }
}

/** The app's mark: a ring that is divided, with the gap of what stays with the person. Decoration, so not read out. */
@Composable
private fun Mark() {
    val series = LocalSeries.current
    Canvas(Modifier.size(48.dp)) {
        val width = size.minDimension * RING_WIDTH
        val ring = Size(size.width - width, size.height - width)
        RING.forEachIndexed { index, (from, sweep) ->
            drawArc(series[index], from, sweep, useCenter = false, Offset(width / 2, width / 2), ring, style = Stroke(width, cap = StrokeCap.Butt))
        }
    }
}

private const val RING_WIDTH = 0.18f
private val RING = listOf(-80f to 150f, 78f to 80f, 166f to 56f)

/** Says why nothing was opened. */
@Composable
internal fun FailureLine(failure: StartFailure?) {
    when (failure) {
        null -> {}

        is StartFailure.Refused -> {
            ErrorLine(errorText(failure.error))
        }

        is StartFailure.Absent -> {
            ErrorLine(
                when (failure.reason) {
                    AbsenceReason.Cancelled -> word("start_presence_cancelled")
                    AbsenceReason.NotRecognised -> word("start_presence_failed")
                    AbsenceReason.NotSetUp -> word("start_with_phone_missing")
                },
            )
        }
    }
}

/** Keeps the screen out of pictures while a secret is being typed or shown. */
@Composable
internal fun HiddenScreen() {
    val device = LocalDevice.current
    DisposableEffect(device) {
        device.hideScreen(true)
        onDispose { device.hideScreen(false) }
    }
}
