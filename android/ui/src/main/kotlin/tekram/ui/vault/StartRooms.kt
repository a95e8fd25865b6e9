// Joins restoring and rescuing, which stand outside every profile, with their screens.
package tekram.ui.vault

import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import tekram.ffi.BackupFile
import tekram.ui.start.DeviceLock
import tekram.ui.start.Unlocking

/** A profile comes back from a backup. */
@Composable
fun RestoreRoom(
    model: RestoreModel,
    onBack: (() -> Unit)?,
) {
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : RestoreActions {
                override fun folder() = model.chooseFolder()

                override fun toServer() = model.toServer()

                override fun server(typed: TypedServer) = model.useServer(typed)

                override fun file() = model.chooseMoveIn()

                override fun choose(file: BackupFile) = model.choose(file)

                override fun chooseState(number: UInt?) = model.chooseState(number)

                override fun restore(
                    key: BackupSecret,
                    newName: String?,
                    replace: Boolean,
                ) = model.restore(key, newName, replace)

                override fun salvage(
                    key: BackupSecret,
                    newName: String,
                    newPassphrase: String,
                ) = model.salvage(key, newName, newPassphrase)

                override fun moveIn(
                    passphrase: String,
                    newName: String?,
                ) = model.moveIn(passphrase, newName)

                override fun stop() = model.stop()

                override fun open() = model.open()
            }
        }
    RestoreScreen(state, actions, onBack)
}

/** What is whole of a damaged profile is saved. */
@Composable
fun RescueRoom(
    model: RescueModel,
    lock: DeviceLock,
    onBack: (() -> Unit)?,
) {
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : RescueActions {
                override fun save(
                    way: Unlocking,
                    secret: String,
                    newName: String,
                    newPassphrase: String,
                ) = when (way) {
                    Unlocking.Device -> model.withDevice(newName, newPassphrase)
                    Unlocking.Passphrase -> model.withPassphrase(secret, newName, newPassphrase)
                    Unlocking.Words -> model.withWords(secret, newName, newPassphrase)
                }

                override fun stop() = model.stop()

                override fun open() = model.open()
            }
        }
    RescueScreen(state, lock, actions, onBack)
}
