// Samples of the room's screens, one line each.
package tekram.ui.pay

import tekram.ui.pictures.Sample

val paySamples: List<Sample> = emptyList()
