// Samples of the room's screens, one line each.
package tekram.ui.history

import tekram.ui.pictures.Sample

val historySamples: List<Sample> = emptyList()
