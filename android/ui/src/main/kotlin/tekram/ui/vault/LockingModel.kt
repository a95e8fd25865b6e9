// When the profile locks by itself, and whether it is deleted after wrong passphrases. Both are kept in the profile's own
// store, so that they hold on every device it is opened on.
package tekram.ui.vault

import tekram.ui.keep.KeptModel
import tekram.ui.start.Session

/** What holds now. */
data class LockRules(
    /** Seconds without a touch until it locks; null: never. */
    val autoLockS: UInt? = null,
    /** Wrong passphrases in a row until it is deleted; null: never. */
    val wipeAfter: UInt? = null,
)

/** Reads and changes it. */
class LockingModel(
    session: Session,
) : KeptModel<LockRules>(session, { LockRules(it.autoLockS(), it.wipeAfter()) }) {
    /** Locks after [seconds] without a touch, or never by itself. */
    fun lockAfter(seconds: UInt?) = change { it.setAutoLock(seconds) }

    /** Deletes the profile after so many [wrong] passphrases in a row, or never. */
    fun wipeAfter(wrong: UInt?) = change { it.setWipeAfter(wrong) }
}
