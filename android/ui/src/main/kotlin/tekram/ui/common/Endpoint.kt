// The endpoint of this device for other apps, as screens see it: whether it answers, for whom and where. It goes on while the
// app is not on the screen, so it belongs to the device and not to a profile.
package tekram.ui.common

import kotlinx.coroutines.flow.StateFlow

/** How the endpoint stands. */
data class Answering(
    /** Ids of the profiles that it answers for; none when it is switched off. */
    val profiles: Set<String> = emptySet(),
    /** Its address while it answers. */
    val url: String? = null,
    /** The address could not be had, most likely because another app has it. */
    val failed: Boolean = false,
)

/** The endpoint by which other apps of this device tell what they played. */
interface Endpoint {
    /** How it stands now. */
    val answering: StateFlow<Answering>

    /** Answers for the profile with this id too, or no longer. */
    fun answer(
        profile: String,
        wanted: Boolean,
    )
}
