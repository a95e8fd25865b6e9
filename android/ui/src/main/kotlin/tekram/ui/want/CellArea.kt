// The corners of a geohash cell, for drawing: five bits for each character, which halve longitude and latitude in turn.
package tekram.ui.want

import tekram.ffi.Area

private const val ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
private const val BITS = 5

/** The box that [cell] stands for, or null when it is no geohash. */
internal fun cellArea(cell: String): Area? {
    val values = cell.map(ALPHABET::indexOf)
    if (values.any { it < 0 }) return null
    val upper = values.flatMap { value -> (BITS - 1 downTo 0).map { value shr it and 1 == 1 } }
    val (west, east) = halved(-180.0, 180.0, upper.filterIndexed { index, _ -> index % 2 == 0 })
    val (south, north) = halved(-90.0, 90.0, upper.filterIndexed { index, _ -> index % 2 == 1 })
    return Area(south, west, north, east)
}

/** What is left of a range after taking its [upper] or lower half again and again. */
private fun halved(
    low: Double,
    high: Double,
    upper: List<Boolean>,
): Pair<Double, Double> =
    upper.fold(low to high) { (from, to), up ->
        val middle = (from + to) / 2
        if (up) middle to to else from to middle
    }
