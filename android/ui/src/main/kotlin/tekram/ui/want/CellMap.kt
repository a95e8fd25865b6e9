// The published area on a small map without any map service, so that looking at it tells nobody where the person is: the
// finest cell that is published inside the next coarser one, with coordinates, a scale bar and north. The person's own
// position is not known to this file.
package tekram.ui.want

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.Path
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.TextLayoutResult
import androidx.compose.ui.text.TextMeasurer
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.drawText
import androidx.compose.ui.text.rememberTextMeasurer
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.unit.dp
import tekram.ffi.Area
import tekram.ffi.Cell
import tekram.ui.common.LocalWords
import tekram.ui.common.Words
import tekram.ui.common.word
import kotlin.math.PI
import kotlin.math.cos
import kotlin.math.floor
import kotlin.math.log10
import kotlin.math.pow

private const val METRES_IN_DEGREE = 111_195.0
private const val MAP_ASPECT = 1.25f

/** How many digits after the separator tell the corners of a cell of this length apart. */
internal fun cellDigits(length: Int): Int =
    if (length <= 3) {
        1
    } else if (length <= 5) {
        2
    } else {
        3
    }

/** Draws [cells], which are nested from coarse to fine. */
@Composable
internal fun CellMap(
    cells: List<Cell>,
    modifier: Modifier = Modifier,
) {
    val areas = cells.map { it.area }
    val finest = areas.lastOrNull() ?: return
    val words = LocalWords.current
    val digits = cellDigits(cells.last().geohash.length)
    val spoken =
        word(
            "want_preview_map_a11y",
            word("want_map_corner", words.latitude(finest.south, digits), words.longitude(finest.west, digits)),
            word("want_map_corner", words.latitude(finest.north, digits), words.longitude(finest.east, digits)),
        )
    val north = word("want_map_north")
    val measurer = rememberTextMeasurer()
    val colors = MaterialTheme.colorScheme
    // Numbers with degrees read from left to right in every language of the app.
    val style = MaterialTheme.typography.labelMedium.copy(color = colors.onSurface, textDirection = TextDirection.Ltr)
    Canvas(
        modifier.widthIn(max = 480.dp).fillMaxWidth().aspectRatio(MAP_ASPECT).clip(MaterialTheme.shapes.medium).semantics {
            contentDescription = spoken
            role = Role.Image
        },
    ) {
        drawRect(colors.surfaceContainerHigh)
        val view = MapView.around(areas.getOrNull(areas.lastIndex - 1) ?: finest, size)
        grid(view, finest, colors.outlineVariant)
        areas.dropLast(1).forEach { drawRect(colors.tertiary, view.rect(it), Stroke(1.5.dp.toPx())) }
        drawRect(colors.primary.copy(alpha = 0.30f), view.rect(finest), null)
        drawRect(colors.primary, view.rect(finest), Stroke(3.dp.toPx()))
        val label = MapLabels(measurer, style, colors.surface.copy(alpha = 0.85f))
        coordinates(view.rect(finest), finest, words, digits, label)
        scaleBar(view, words, label, colors.onSurface)
        compass(north, label, colors.onSurface)
    }
}

/** Where on the canvas a degree lies: as wide as it is at this latitude, north above. */
private class MapView(
    private val west: Double,
    private val north: Double,
    private val across: Double,
    /** Pixels for one degree of latitude. */
    val scale: Double,
) {
    fun rect(area: Area) =
        Rect(
            ((area.west - west) * across * scale).toFloat(),
            ((north - area.north) * scale).toFloat(),
            ((area.east - west) * across * scale).toFloat(),
            ((north - area.south) * scale).toFloat(),
        )

    companion object {
        /** Room around the area for labels, as a part of the canvas. */
        private const val INSIDE = 0.68

        fun around(
            area: Area,
            size: Size,
        ): MapView {
            val across = cos((area.north + area.south) / 2 * PI / 180).coerceAtLeast(0.05)
            val scale = INSIDE * minOf(size.width / ((area.east - area.west) * across), size.height / (area.north - area.south))
            val west = (area.east + area.west) / 2 - size.width / 2 / scale / across
            val north = (area.north + area.south) / 2 + size.height / 2 / scale
            return MapView(west, north, across, scale)
        }
    }
}

private class MapLabels(
    private val measurer: TextMeasurer,
    private val style: TextStyle,
    val ground: Color,
) {
    fun of(text: String): TextLayoutResult = measurer.measure(text, style)
}

private fun DrawScope.drawRect(
    color: Color,
    rect: Rect,
    line: Stroke?,
) = if (line == null) drawRect(color, rect.topLeft, rect.size) else drawRect(color, rect.topLeft, rect.size, style = line)

/** The cells of the finest size all around, so that the one that is published is seen as one of many. */
private fun DrawScope.grid(
    view: MapView,
    cell: Area,
    color: Color,
) {
    val one = view.rect(cell)
    var x = one.left - floor(one.left / one.width) * one.width
    while (x < size.width) {
        drawLine(color, Offset(x, 0f), Offset(x, size.height), 1.dp.toPx())
        x += one.width
    }
    var y = one.top - floor(one.top / one.height) * one.height
    while (y < size.height) {
        drawLine(color, Offset(0f, y), Offset(size.width, y), 1.dp.toPx())
        y += one.height
    }
}

private fun DrawScope.label(
    text: TextLayoutResult,
    at: Offset,
    ground: Color,
) {
    val pad = 2.dp.toPx()
    val x = at.x.coerceIn(pad, (size.width - text.size.width - pad).coerceAtLeast(pad))
    val y = at.y.coerceIn(pad, (size.height - text.size.height - pad).coerceAtLeast(pad))
    drawRect(ground, Offset(x - pad, y), Size(text.size.width + 2 * pad, text.size.height.toFloat()))
    drawText(text, topLeft = Offset(x, y))
}

/** The cell's edges: north above it, south below, west and east at its sides, one line higher and lower where it is small. */
private fun DrawScope.coordinates(
    cell: Rect,
    area: Area,
    words: Words,
    digits: Int,
    labels: MapLabels,
) {
    val gap = 6.dp.toPx()
    val north = labels.of(words.latitude(area.north, digits))
    val south = labels.of(words.latitude(area.south, digits))
    val west = labels.of(words.longitude(area.west, digits))
    val east = labels.of(words.longitude(area.east, digits))
    val middle = cell.center
    label(north, Offset(middle.x - north.size.width / 2, cell.top - north.size.height - gap), labels.ground)
    label(south, Offset(middle.x - south.size.width / 2, cell.bottom + gap), labels.ground)
    label(west, Offset(cell.left - west.size.width - gap, middle.y - west.size.height / 2), labels.ground)
    label(east, Offset(cell.right + gap, middle.y - east.size.height / 2), labels.ground)
}

/** A length of 1, 2 or 5 times a power of ten that takes about a quarter of the width. */
private fun DrawScope.scaleBar(
    view: MapView,
    words: Words,
    labels: MapLabels,
    color: Color,
) {
    val metresInPixel = METRES_IN_DEGREE / view.scale
    val most = size.width / 3.5 * metresInPixel
    val power = 10.0.pow(floor(log10(most)))
    val metres = listOf(5.0, 2.0, 1.0).map { it * power }.first { it <= most }
    val long = (metres / metresInPixel).toFloat()
    val left = 12.dp.toPx()
    val bottom = size.height - 12.dp.toPx()
    val text = labels.of(words.distance(metres.toInt()))
    label(text, Offset(left, bottom - 8.dp.toPx() - text.size.height), labels.ground)
    val line = 2.dp.toPx()
    drawLine(color, Offset(left, bottom), Offset(left + long, bottom), line)
    for (x in listOf(left, left + long)) drawLine(color, Offset(x, bottom - 5.dp.toPx()), Offset(x, bottom + 1.dp.toPx()), line)
}

private fun DrawScope.compass(
    north: String,
    labels: MapLabels,
    color: Color,
) {
    val text = labels.of(north)
    val middle = size.width - 22.dp.toPx()
    val top = 10.dp.toPx()
    val half = 7.dp.toPx()
    val tall = 18.dp.toPx()
    val arrow =
        Path().apply {
            moveTo(middle, top)
            lineTo(middle + half, top + tall)
            lineTo(middle, top + tall * 0.72f)
            lineTo(middle - half, top + tall)
            close()
        }
    drawPath(arrow, color)
    label(text, Offset(middle - text.size.width / 2, top + tall + 2.dp.toPx()), Color.Transparent)
}
