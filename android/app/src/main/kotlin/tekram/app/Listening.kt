// Which players may be noticed, kept in two places that must agree: the phone's list says whose sessions are followed at all,
// also while everything is locked, and the profile's own list says whose listens it keeps.
package tekram.app

import tekram.platform.capture.AllowedPlayers
import tekram.ui.common.attempt
import tekram.ui.start.Session

/** Allows players for the open profile. */
class Listening(
    private val players: AllowedPlayers,
    private val open: () -> Session?,
) {
    /**
     * Allows a player, or no longer. Without an open profile nothing changes, and a player that another profile notices is that
     * profile's to switch off.
     */
    suspend fun allow(
        player: String,
        name: String,
        allowed: Boolean,
    ): Result<Unit> {
        val persona = open()?.persona ?: return Result.success(Unit)
        val profile = persona.id()
        if (!allowed && players.profileOf(player).let { it != null && it != profile }) return Result.success(Unit)
        // The profile first: a player that is followed but not kept would be heard for nothing.
        val kept = attempt { persona.setCaptureApp(name, allowed) }
        if (!allowed) {
            players.forbid(player)
        } else if (kept.isSuccess) {
            players.allow(player, profile)
        }
        return kept
    }
}
