// Samples of first run and lock, one line each.
package tekram.ui.start

import androidx.compose.runtime.Composable
import tekram.ffi.PersonaEntry
import tekram.ffi.WayIn
import tekram.ffi.WayInKind
import tekram.ui.common.AbsenceReason
import tekram.ui.common.Shown
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample
import tekram.ui.vault.Drawn
import tekram.ui.vault.somePicture

private val home =
    PersonaEntry(
        "home",
        "Home",
        null,
        null,
        listOf(WayInKind.Passphrase, WayInKind.KeyStore("device"), WayInKind.RecoveryPhrase).map { WayIn(it.toString(), it, null) },
        null,
    )
private val work = PersonaEntry("work", "Work", 0xB45309u, null, listOf(WayIn("passphrase", WayInKind.Passphrase, null)), null)
private val faced = home.copy(colour = 0x6D5AAEu, avatar = somePicture)
private val unnamed = work.copy(name = "", colour = null)
private val locked = StartState(StartStep.Lock, personas = listOf(home, work))
private val chosen = locked.copy(chosen = "home")
private val wrong = StartFailure.Refused(Shown(1002, "wrong_passphrase", "vault"))

val startSamples: List<Sample> =
    listOf(
        sample("start_first", wide = true) { First(StartState(name = "Home"), DeviceLock.Ready) },
        sample("start_first", "no_key_store") { First(StartState(), DeviceLock.Absent) },
        sample("start_first", "no_screen_lock") { First(StartState(name = "Home"), DeviceLock.NotSetUp) },
        sample("start_first", "loading") { First(StartState(name = "Home", busy = true), DeviceLock.Ready) },
        sample("start_first", "error") { First(StartState(name = "Home", failure = StartFailure.Absent(AbsenceReason.NotRecognised)), DeviceLock.Ready) },
        sample("start_passphrase") { NewPassphraseScreen(StartState(StartStep.Passphrase, "Home"), {}, {}) },
        sample("lock", wide = true) { Lock(locked) },
        sample("lock", "device") { Lock(chosen.copy(unlocking = Unlocking.Device), lockedItself = true) },
        sample("lock", "passphrase") { Lock(chosen) },
        sample("lock", "words") { Lock(chosen.copy(unlocking = Unlocking.Words)) },
        sample("lock", "loading") { Lock(chosen.copy(busy = true)) },
        sample("lock", "not_deleted") { LockScreen(chosen, DeviceLock.Absent, false, noLockActions, NotDeleted("Home", Shown(3001, "io", "vault"))) },
        sample("lock", "wait") { Lock(chosen.copy(failure = StartFailure.Refused(Shown(3041, "wait", "vault")), waitSeconds = 42)) },
        sample("lock", "rolled_back") { Lock(chosen.copy(failure = StartFailure.Refused(Shown(3043, "rolled_back", "vault")))) },
        sample("lock", "rolled_back_sure") {
            Lock(chosen.copy(failure = StartFailure.Refused(Shown(3043, "rolled_back", "vault"))))
            AcceptRollback({}) {}
        },
        sample("lock", "damaged") { Lock(chosen.copy(failure = StartFailure.Refused(Shown(3018, "damaged", "vault")))) },
        sample("lock", "unnamed") { Drawn { Lock(locked.copy(personas = listOf(faced, unnamed))) } },
        sample("lock", "faced") { Drawn { Lock(locked.copy(personas = listOf(faced, unnamed), chosen = "home", unlocking = Unlocking.Passphrase)) } },
        sample("lock", "error") { Lock(chosen.copy(failure = wrong)) },
    )

@Composable
private fun First(
    state: StartState,
    lock: DeviceLock,
) = FirstRunScreen(state, lock, {}, {}, {}, onBack = null)

@Composable
private fun Lock(
    state: StartState,
    lockedItself: Boolean = false,
) = LockScreen(state, DeviceLock.Ready, lockedItself, noLockActions)

internal val noLockActions =
    object : LockActions {
        override fun choose(id: String?) = Unit

        override fun unlockBy(way: Unlocking) = Unit

        override fun withDevice() = Unit

        override fun withPassphrase(passphrase: String) = Unit

        override fun withWords(words: String) = Unit

        override fun addProfile() = Unit

        override fun acceptRollback() = Unit

        override fun rescue() = Unit

        override fun restore() = Unit
    }
