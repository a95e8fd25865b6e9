// Which players may be noticed, kept in two places that must agree: the phone's list says whose sessions are followed at all,
// also while everything is locked, and the profile's own list says whose listens it keeps.
package tekram.app

import tekram.platform.capture.AllowedPlayers
import tekram.ui.common.attempt
import tekram.ui.start.Session

/** Allows players for the open profile. */
class Listening(
    private val players: AllowedPlayers,
    /** Players of this phone, by their package names. */
    private val installed: () -> List<String>,
    private val nameOf: (String) -> String,
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

    /**
     * A profile's own list was changed: the phone follows players of that name for it too, or no longer. One that another
     * profile notices is left to that one.
     */
    fun decided(
        name: String,
        profile: String,
        allowed: Boolean,
    ) {
        for (player in (players.all().keys + installed()).filter { nameOf(it) == name }) {
            val follower = players.profileOf(player)
            if (allowed && follower == null) players.allow(player, profile)
            if (!allowed && follower == profile) players.forbid(player)
        }
    }
}
