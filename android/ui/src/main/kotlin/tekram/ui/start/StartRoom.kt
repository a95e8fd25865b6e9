// Joins the start's model with its screens: what the app's phase asks for, and what the person taps.
package tekram.ui.start

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import tekram.ui.common.Device
import tekram.ui.common.LocalDevice

/** First run and lock. */
@Composable
fun StartRoom(
    phase: AppPhase,
    autoLocked: Boolean,
    model: StartModel,
    chosen: String? = null,
    notDeleted: NotDeleted? = null,
) {
    val state by model.state.collectAsState()
    val lock = LocalDevice.current.lock
    LaunchedEffect(phase) {
        if (phase is AppPhase.Locked) model.lockedWith(phase.personas) else model.begin()
        chosen?.let(model::choose)
    }
    val back: (() -> Unit)? =
        {
            model.back()
            Unit
        }.takeIf { state.step == StartStep.Passphrase || state.personas.isNotEmpty() }
    when (state.step) {
        StartStep.First -> FirstRunScreen(state, lock, model::setName, model::createWithDevice, model::toPassphrase, back)
        StartStep.Passphrase -> NewPassphraseScreen(state, model::create, back)
        StartStep.Lock -> LockScreen(state, lock, autoLocked, remember(model) { actions(model) }, notDeleted)
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
    }
