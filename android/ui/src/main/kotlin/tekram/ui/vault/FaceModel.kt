// How the open profile looks: its name, colour and picture, and which of them are seen while it is locked. Each change is one
// call of the core; what is shown is what the core then says.
package tekram.ui.vault

import tekram.ffi.ProfileFace
import tekram.ui.common.Device
import tekram.ui.keep.KeptModel
import tekram.ui.start.Session

/** The core keeps pictures of at most this many bytes. */
const val PICTURE_LIMIT_BYTES: Int = 24 * 1024

/** Reads and changes how the profile looks. */
class FaceModel(
    session: Session,
    private val device: Device,
) : KeptModel<ProfileFace>(session, { it.face() }) {
    /** Gives the profile a colour, 0xRRGGBB, or takes it away. */
    fun setColour(colour: UInt?) = change { it.setColour(colour) }

    /** Lets the person choose a picture. */
    fun choosePicture() = change { profile -> device.pickPicture(PICTURE_LIMIT_BYTES)?.let { profile.setAvatar(it) } }

    /** Takes the picture away. */
    fun removePicture() = change { it.setAvatar(null) }

    /** Says what is seen while the profile is locked. */
    fun showWhileLocked(
        name: Boolean,
        colour: Boolean,
        picture: Boolean,
    ) = change { it.showWhileLocked(name, colour, picture) }
}
