// How a profile is told from another at a glance: its picture, else its colour, else the same person for all. While it is
// locked, only what the person allows is known, so that this may be less than what the open profile shows.
package tekram.ui.start

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import tekram.ffi.PersonaEntry
import tekram.ui.common.Icons
import tekram.ui.common.LocalDevice
import tekram.ui.common.word

/** Above this luminance black is read better on a colour than white. */
private const val BRIGHT = 0.36f

/** What 0xRRGGBB looks like. */
fun colourOf(rgb: UInt): Color = Color(0xFF000000 or rgb.toLong())

/** The mark of a profile with this colour and picture; decoration, its name stands beside it. */
@Composable
fun ProfileMark(
    colour: UInt?,
    avatar: ByteArray?,
    modifier: Modifier = Modifier,
    size: Dp = 40.dp,
) {
    val device = LocalDevice.current
    val picture = remember(device, avatar) { avatar?.let(device::picture) }
    val ground = colour?.let(::colourOf) ?: MaterialTheme.colorScheme.primaryContainer
    if (picture != null) {
        val edge = if (colour == null) Modifier else Modifier.border(size / EDGE_SHARE, ground, CircleShape)
        Image(picture, contentDescription = null, modifier.size(size).clip(CircleShape).then(edge), contentScale = ContentScale.Crop)
    } else {
        Box(modifier.size(size).background(ground, CircleShape), contentAlignment = Alignment.Center) {
            val ink =
                when {
                    colour == null -> MaterialTheme.colorScheme.onPrimaryContainer
                    ground.luminance() > BRIGHT -> Color.Black
                    else -> Color.White
                }
            Icon(Icons.Me, contentDescription = null, Modifier.size(size / ICON_SHARE), tint = ink)
        }
    }
}

private const val EDGE_SHARE = 14
private const val ICON_SHARE = 1.7f

/** The mark of a profile as the lock knows it. */
@Composable
fun ProfileMark(entry: PersonaEntry) = ProfileMark(entry.colour, entry.avatar)

/** Its name, or a neutral word where the name is not to be seen while it is locked. */
@Composable
fun shownName(entry: PersonaEntry): String = entry.name.ifEmpty { word("start_profile_unnamed") }
