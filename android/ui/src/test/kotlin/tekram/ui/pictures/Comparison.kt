// Whether two pictures show the same screen. Glyphs are rasterised a little differently from machine to machine, so
// pictures are halved first and single pixels may differ; a changed word or colour shows in some small tile as many
// pixels that differ, or as a tile whose mean colour moved.
package tekram.ui.pictures

import kotlin.math.abs

/** How much two pictures may differ and still show the same. */
object Comparison {
    private const val CHANNEL = 0xFF
    private val shifts = intArrayOf(16, 8, 0)

    /** Width and height of a tile in halved pixels. */
    private const val TILE = 8

    /** A halved pixel differs when one of its channels does by more than this. */
    private const val PIXEL_TOLERANCE = 40

    /** Share of a tile's pixels that may differ. */
    private const val TILE_SHARE = 0.06

    /** How far the mean of a tile may move in one channel. */
    private const val MEAN_TOLERANCE = 7.0

    /** Says where [now] differs from [before], or returns null when both show the same. */
    fun difference(
        before: Picture,
        now: Picture,
    ): String? {
        if (before.width != now.width || before.height != now.height) return "${before.width}×${before.height} became ${now.width}×${now.height}"
        val old = halved(before)
        val new = halved(now)
        val width = before.width / 2
        val height = before.height / 2
        for (top in 0 until height step TILE) {
            for (left in 0 until width step TILE) {
                val tile = Tile(left, top, minOf(left + TILE, width), minOf(top + TILE, height), width)
                tile.difference(old, new)?.let { return "at ${left * 2},${top * 2}: $it" }
            }
        }
        return null
    }

    private class Tile(
        private val left: Int,
        private val top: Int,
        private val right: Int,
        private val bottom: Int,
        private val width: Int,
    ) {
        fun difference(
            old: Array<IntArray>,
            new: Array<IntArray>,
        ): String? {
            val size = (right - left) * (bottom - top)
            var differing = 0
            val drift = LongArray(shifts.size)
            for (y in top until bottom) {
                for (x in left until right) {
                    val at = y * width + x
                    var most = 0
                    for (channel in shifts.indices) {
                        val by = new[channel][at] - old[channel][at]
                        drift[channel] += by.toLong()
                        most = maxOf(most, abs(by))
                    }
                    if (most > PIXEL_TOLERANCE) differing++
                }
            }
            val mean = drift.maxOf { abs(it).toDouble() / size }
            return when {
                differing > size * TILE_SHARE -> "$differing of $size pixels differ"
                mean > MEAN_TOLERANCE -> "the colour moved by ${"%.1f".format(mean)} of $CHANNEL"
                else -> null
            }
        }
    }

    /** Channels of a picture at half its width and height. */
    private fun halved(picture: Picture): Array<IntArray> {
        val width = picture.width / 2
        val height = picture.height / 2
        val pixels = picture.pixels
        return Array(shifts.size) { channel ->
            val shift = shifts[channel]

            fun of(pixel: Int) = pixel.shr(shift) and CHANNEL
            IntArray(width * height) { at ->
                val corner = at / width * 2 * picture.width + at % width * 2
                val below = corner + picture.width
                (of(pixels[corner]) + of(pixels[corner + 1]) + of(pixels[below]) + of(pixels[below + 1])) / QUAD
            }
        }
    }

    private const val QUAD = 4
}
