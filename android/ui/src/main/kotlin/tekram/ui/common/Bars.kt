// A code as a reader at a till wants it: dark on white whatever the colours of the app, with the quiet space around it
// that its kind asks for.
package tekram.ui.common

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.widthIn
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp

/** A code in modules, row by row with its quiet space; a code of bars has one row. 1 is dark. */
class Bars(
    val width: Int,
    val height: Int,
    private val modules: ByteArray,
) {
    /** Whether the module at [column] of [row] is dark. */
    fun isDark(
        row: Int,
        column: Int,
    ): Boolean = modules[row * width + column] == DARK

    private companion object {
        const val DARK: Byte = 1
    }
}

/** Draws [bars]; [label] is what a screen reader says instead. */
@Composable
fun BarsPicture(
    bars: Bars,
    label: String,
    modifier: Modifier = Modifier,
) {
    val shape =
        if (bars.height == 1) {
            modifier.fillMaxWidth().height(128.dp)
        } else {
            modifier.widthIn(max = 420.dp).fillMaxWidth().aspectRatio(bars.width.toFloat() / bars.height)
        }
    Canvas(
        shape.semantics {
            contentDescription = label
            role = Role.Image
        },
    ) {
        drawRect(Color.White)
        val across = size.width / bars.width
        val down = size.height / bars.height
        for (row in 0 until bars.height) {
            var column = 0
            while (column < bars.width) {
                val start = column
                while (column < bars.width && bars.isDark(row, column)) column++
                // Those side by side are one rectangle, so that no line shows between.
                if (column > start) drawRect(Color.Black, Offset(start * across, row * down), Size((column - start) * across, down))
                column++
            }
        }
    }
}
