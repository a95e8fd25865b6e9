// Samples of the room's screens, one line each.
package tekram.ui.relations

import tekram.ui.pictures.Sample

val relationsSamples: List<Sample> = emptyList()
