// The backup of every day: while a profile is open, the core is asked now and then whether one is due, and then it is made,
// quietly. How it ended stands in the profile's own store, where the screen of backups reads it.
package tekram.ui.vault

import kotlinx.coroutines.delay
import tekram.binding.Work
import tekram.ffi.BackedUp
import tekram.ffi.BackupPlaceKind
import tekram.ffi.Persona
import tekram.ffi.WorkProgress
import tekram.ui.common.Device
import tekram.ui.common.attempt
import tekram.ui.start.Session
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** After an unlock the person comes first. */
private val firstLook: Duration = 5.seconds
private val lookEvery: Duration = 15.minutes

/** A place that did not take it is not tried again at once. */
private val afterFailure: Duration = 1.hours

/** Backs the profile up into its place, and tells how far it is. */
internal suspend fun Persona.backUp(
    device: Device,
    onProgress: (WorkProgress) -> Unit = {},
): BackedUp {
    val reference = if (backupPlan()?.kind == BackupPlaceKind.FOLDER) backupFolderReference() else null
    val task = startBackup(reference?.let(device::folder))
    return Work(task, task::next, task::finish, task::cancel).run { onProgress(it) }
}

/** Makes the backups of one open profile. */
class DailyBackup(
    private val session: Session,
    private val device: Device,
    private val first: Duration = firstLook,
    private val every: Duration = lookEvery,
    private val retry: Duration = afterFailure,
) {
    /** Looks and makes backups until it is cancelled. */
    suspend fun keep(): Nothing {
        delay(first)
        while (true) delay(if (attempt { makeIfDue() }.isSuccess) every else retry)
    }

    /** Makes a backup if one is due and none is being made. */
    suspend fun makeIfDue() {
        if (!session.backingUp.tryLock()) return
        try {
            if (session.persona.backupPlan()?.due == true) session.persona.backUp(device)
        } finally {
            session.backingUp.unlock()
        }
    }
}
