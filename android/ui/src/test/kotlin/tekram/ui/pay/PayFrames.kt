// The frames of the Pay screen with 200 payees while a slider moves, as JSON: `tekram.ui.pay.PayFramesKt` from the test
// class path. Each frame has a new factor and the split that goes with it, as if every preview were answered at once.
package tekram.ui.pay

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.unit.Density
import kotlinx.coroutines.Dispatchers
import tekram.ui.pictures.Surroundings
import tekram.ui.pictures.Variant
import java.lang.management.ManagementFactory

private const val PAYEES = 200
private const val WARM_UP = 600
private const val FRAMES = 600
private const val FRAME_NANOS = 16_666_667L
private const val NANOS_IN_MS = 1e6

/** How long the frames of one view of the screen took. */
internal class Frames(
    private val view: String,
    private val millis: List<Double>,
    /** The same without waiting for a processor that others use. */
    private val ownMillis: List<Double>,
) {
    fun json(): String =
        """{"screen":"pay_split","view":"$view","payees":$PAYEES,"frames":${millis.size},""" +
            """"median_ms":${millis.at(0.5)},"p95_ms":${millis.at(0.95)},"median_cpu_ms":${ownMillis.at(0.5)},"p95_cpu_ms":${ownMillis.at(0.95)}}"""

    private fun List<Double>.at(share: Double): Double = Math.round(sorted()[(size * share).toInt().coerceAtMost(lastIndex)] * 100) / 100.0
}

/** The split with the factor of the first source at frame [number]: what it gets goes up and down, the others give it. */
private fun PayState.moved(number: Int): PayState {
    val permille = number % 60 * 50
    val split = checkNotNull(statement)
    val lines =
        split.lines.mapIndexed { at, line ->
            val amount =
                line.amountMinor +
                    if (at == 0) {
                        permille.toLong()
                    } else if (number % PAYEES == at) {
                        -1L
                    } else {
                        0L
                    }
            line.copy(amountMinor = amount, shareMinor = amount, because = line.because.map { it.copy(sourceMinor = amount) })
        }
    return copy(draft = DraftRules(factors = mapOf("feed:0" to permille)), statement = split.copy(lines = lines))
}

/** Draws [frames] frames of [view] after a warm-up. */
internal fun payFrames(
    view: SplitView,
    frames: Int = FRAMES,
    warmUp: Int = WARM_UP,
): Frames {
    val start = splitOver(PAYEES)
    var state by mutableStateOf(start)
    val scene =
        ImageComposeScene(Variant.Light.width, Variant.Light.height, Density(1f), Dispatchers.Unconfined) {
            Surroundings(Variant.Light) { SplitScreen(state, noSplitActions, null, view) }
        }
    val clock = ManagementFactory.getThreadMXBean()
    val moved = (0 until warmUp + frames).map { start.moved(it) }
    try {
        val took =
            moved.mapIndexed { number, next ->
                val began = System.nanoTime()
                val ownBegan = clock.currentThreadCpuTime
                state = next
                scene.render(number * FRAME_NANOS).close()
                (System.nanoTime() - began) / NANOS_IN_MS to (clock.currentThreadCpuTime - ownBegan) / NANOS_IN_MS
            }.drop(warmUp)
        return Frames(view.name.lowercase(), took.map { it.first }, took.map { it.second })
    } finally {
        scene.close()
    }
}

fun main() = SplitView.entries.forEach { println(payFrames(it).json()) }
