// One unlocked profile and everything that lives as long as it: the rooms' view models and the stream of changes.
// Locking clears the models, so that nothing of a profile stays in memory behind the lock screen.
package tekram.ui.start

import androidx.lifecycle.ViewModelStore
import androidx.lifecycle.ViewModelStoreOwner
import kotlinx.coroutines.flow.Flow
import tekram.binding.changedScopes
import tekram.ffi.Persona

/** An unlocked profile. */
class Session(
    val persona: Persona,
) : ViewModelStoreOwner {
    override val viewModelStore = ViewModelStore()

    /** Which scopes of the profile changed; collected by models that then ask again. */
    fun changes(): Flow<Set<String>> = persona.changedScopes()

    /** Ends the rooms' models, then locks the profile. */
    fun end() {
        viewModelStore.clear()
        persona.lock()
    }
}
