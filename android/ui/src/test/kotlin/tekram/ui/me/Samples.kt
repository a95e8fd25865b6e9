// Samples of the room's screens, one line each.
package tekram.ui.me

import tekram.ui.pictures.Sample

val meSamples: List<Sample> = emptyList()
