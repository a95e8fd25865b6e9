// The r-button: two halves that face each other, mine at the start and theirs at the end. What each half says stands in
// its form and not in its colour alone: dotted, a line, a thick line, filled, struck through; words stand beside it.
package tekram.ui.relations

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.size
import androidx.compose.material3.ColorScheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.Path
import androidx.compose.ui.graphics.PathEffect
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.graphics.drawscope.Fill
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.graphics.drawscope.scale
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.LayoutDirection
import androidx.compose.ui.unit.dp
import tekram.ffi.RelationState
import tekram.ui.common.word

/** Draws both halves [height] high. It says nothing to a screen reader: the words beside it do. */
@Composable
fun RButton(
    mine: RelationState,
    theirs: RelationState,
    modifier: Modifier = Modifier,
    height: Dp = 32.dp,
) {
    val colors = MaterialTheme.colorScheme
    val together = mine == RelationState.IN_RELATION && theirs == RelationState.IN_RELATION
    val turned = LocalLayoutDirection.current == LayoutDirection.Rtl
    Canvas(modifier.size(height * WIDTH, height)) {
        scale(if (turned) -1f else 1f, 1f) {
            half(mine, colors, together)
            scale(-1f, 1f) { half(theirs, colors, together) }
        }
    }
}

/** The half on the left: an arch that stands straight at the middle; where both agree, they meet. */
private fun DrawScope.half(
    state: RelationState,
    colors: ColorScheme,
    together: Boolean,
) {
    val line = size.height * LINE
    val gap = size.height * (if (together) SEAM else GAP)
    val arch = arch(Rect(line, line, center.x - gap, size.height - line))
    when (state) {
        RelationState.ABSENT -> {
            val dots = PathEffect.dashPathEffect(floatArrayOf(line, line * 2))
            drawPath(arch, colors.onSurfaceVariant, style = Stroke(line, cap = StrokeCap.Round, pathEffect = dots))
        }

        RelationState.OPEN -> {
            outline(arch, colors.onSurfaceVariant, line)
        }

        RelationState.OFFERING -> {
            outline(arch, colors.primary, line * 2)
        }

        RelationState.IN_RELATION -> {
            drawPath(arch, colors.primary, style = Fill)
            outline(arch, colors.primary, line)
        }

        RelationState.ENDED -> {
            outline(arch, colors.onSurfaceVariant, line)
            val bounds = arch.getBounds()
            drawLine(colors.error, bounds.bottomLeft, Offset(bounds.right, bounds.top), line * 2, StrokeCap.Round)
        }
    }
}

private fun DrawScope.outline(
    arch: Path,
    color: Color,
    width: Float,
) = drawPath(arch, color, style = Stroke(width, cap = StrokeCap.Round, join = StrokeJoin.Round))

private fun arch(bounds: Rect): Path =
    Path().apply {
        val round = Rect(bounds.left, bounds.top, bounds.left + bounds.height, bounds.bottom)
        moveTo(bounds.right, bounds.top)
        lineTo(round.center.x, bounds.top)
        arcTo(round, TOP_DEGREES, -HALF_TURN, forceMoveTo = false)
        lineTo(bounds.right, bounds.bottom)
        close()
    }

private const val WIDTH = 1.9f
private const val LINE = 0.055f
private const val GAP = 0.11f

/** Half of what stays open between two sides that agree: they touch, and are still two. */
private const val SEAM = 0.05f
private const val TOP_DEGREES = 270f
private const val HALF_TURN = 180f

/** Where a side stands, in a word or two. */
@Composable
fun stateText(state: RelationState): String =
    when (state) {
        RelationState.ABSENT -> word("relations_state_absent")
        RelationState.OPEN -> word("relations_state_open")
        RelationState.OFFERING -> word("relations_state_offering")
        RelationState.IN_RELATION -> word("relations_state_in_relation")
        RelationState.ENDED -> word("relations_state_ended")
    }

/** What it means that my side stands there. */
@Composable
fun mineText(state: RelationState): String =
    when (state) {
        RelationState.ABSENT -> word("relations_mine_absent")
        RelationState.OPEN -> word("relations_mine_open")
        RelationState.OFFERING -> word("relations_mine_offering")
        RelationState.IN_RELATION -> word("relations_mine_in_relation")
        RelationState.ENDED -> word("relations_mine_ended")
    }

/** What it means that the other side stands there. */
@Composable
fun theirsText(state: RelationState): String =
    when (state) {
        RelationState.ABSENT -> word("relations_theirs_absent")
        RelationState.OPEN -> word("relations_theirs_open")
        RelationState.OFFERING -> word("relations_theirs_offering")
        RelationState.IN_RELATION -> word("relations_theirs_in_relation")
        RelationState.ENDED -> word("relations_theirs_ended")
    }
