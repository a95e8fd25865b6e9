// Joins the start's model with its screens: what the app's phase asks for, and what the person taps.
package tekram.ui.start

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import tekram.ui.common.Device
import tekram.ui.common.LocalDevice
import tekram.ui.vault.RescueRoom
import tekram.ui.vault.RestoreRoom

/** First run and lock. */
@Composable
fun StartRoom(
    phase: AppPhase,
    lockedItself: Boolean,
    model: StartModel,
    chosen: String? = null,
    notDeleted: NotDeleted? = null,
    rescuing: Boolean = false,
) {
    val state by model.state.collectAsState()
    val lock = LocalDevice.current.lock
    LaunchedEffect(phase) {
        if (phase is AppPhase.Locked) model.lockedWith(phase.personas) else model.begin()
        chosen?.let(model::choose)
        if (rescuing) model.toRescue()
    }
    val back: (() -> Unit)? =
        {
            model.back()
            Unit
        }.takeIf { state.step !in setOf(StartStep.First, StartStep.Lock) || state.personas.isNotEmpty() }
    when (state.step) {
        StartStep.First -> FirstRunScreen(state, lock, model::setName, model::createWithDevice, model::toPassphrase, back, model::toRestore)
        StartStep.Passphrase -> NewPassphraseScreen(state, model::create, back)
        StartStep.Restore -> RestoreRoom(model.restore) { model.back() }
        StartStep.Rescue -> RescueRoom(model.rescue, lock) { model.back() }
        StartStep.Lock -> LockScreen(state, lock, lockedItself, remember(model) { actions(model) }, notDeleted)
    }
}

/** What the device's own lock can do for a profile. */
val Device.lock: DeviceLock
    get() =
        when (presence?.ready) {
            null -> DeviceLock.Absent
            false -> DeviceLock.NotSetUp
            true -> DeviceLock.Ready
        }

private fun actions(model: StartModel) =
    object : LockActions {
        override fun choose(id: String?) = model.choose(id)

        override fun unlockBy(way: Unlocking) = model.unlockBy(way)

        override fun withDevice() = model.unlockWithDevice()

        override fun withPassphrase(passphrase: String) = model.unlock(passphrase)

        override fun withWords(words: String) = model.unlockWithWords(words)

        override fun addProfile() = model.addProfile()

        override fun acceptRollback() = model.acceptRollback()

        override fun rescue() = model.toRescue()

        override fun restore() = model.toRestore()
    }
