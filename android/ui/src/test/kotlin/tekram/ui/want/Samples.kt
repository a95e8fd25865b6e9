// Samples of the room's screens, one line each.
package tekram.ui.want

import tekram.ui.pictures.Sample

val wantSamples: List<Sample> = emptyList()
