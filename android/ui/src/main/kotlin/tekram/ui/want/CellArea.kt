// The corners of a geohash cell, for drawing: five bits for each character, which halve longitude and latitude in turn.
package tekram.ui.want

import tekram.ffi.Area

private const val ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
private const val BITS = 5

/** The box that [cell] stands for, or null when it is no geohash. */
internal fun cellArea(cell: String): Area? {
    var south = -90.0
    var north = 90.0
    var west = -180.0
    var east = 180.0
    var along = true
    for (letter in cell) {
        val value = ALPHABET.indexOf(letter)
        if (value < 0) return null
        for (bit in BITS - 1 downTo 0) {
            val upper = value shr bit and 1 == 1
            if (along) {
                val middle = (west + east) / 2
                if (upper) west = middle else east = middle
            } else {
                val middle = (south + north) / 2
                if (upper) south = middle else north = middle
            }
            along = !along
        }
    }
    return Area(south, west, north, east)
}
