// The rule for locking by itself that a profile begins with on this device. From then on it is the person's to choose, and the
// core keeps it with the profile.
package tekram.ui.vault

import tekram.ffi.Persona

/** Seconds without a touch after which a profile that is made here locks, until the person chooses otherwise. */
const val LOCK_OF_NEW_S: UInt = 300u

/** Gives a profile that was made here its rule for locking by itself, unless it came with one. */
internal fun Persona.withLockRule(): Persona =
    apply {
        // Where even this cannot be kept, the profile's screens say that it does not lock.
        runCatching { if (autoLockS() == null) setAutoLock(LOCK_OF_NEW_S) }
    }
