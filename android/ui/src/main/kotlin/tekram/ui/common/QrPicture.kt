// A QR code drawn from the core's modules: always dark on white, whatever the colours of the app, because that is what
// every reader expects, and with the quiet zone that the core puts around it.
package tekram.ui.common

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.widthIn
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.Path
import androidx.compose.ui.graphics.drawscope.scale
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.QrCode

private const val DARK: Byte = 1

/** Draws [code]; [label] is what a screen reader says instead. */
@Composable
fun QrPicture(
    code: QrCode,
    label: String,
    modifier: Modifier = Modifier,
) {
    val modules = remember(code) { code.path() }
    Canvas(
        modifier.widthIn(max = 320.dp).fillMaxWidth().aspectRatio(1f).semantics {
            contentDescription = label
            role = Role.Image
        },
    ) {
        drawRect(Color.White)
        val module = size.width / code.side.toFloat()
        scale(module, module, Offset.Zero) { drawPath(modules, Color.Black) }
    }
}

/** The dark modules, one unit wide each; those side by side in a row are one rectangle, so that no line shows between. */
private fun QrCode.path(): Path {
    val width = side.toInt()
    val path = Path()
    for (row in 0 until width) {
        var column = 0
        while (column < width) {
            val start = column
            while (column < width && modules[row * width + column] == DARK) column++
            if (column > start) path.addRect(Rect(start.toFloat(), row.toFloat(), column.toFloat(), row + 1f))
            column++
        }
    }
    return path
}
