// One unlocked profile and everything that lives as long as it: the rooms' view models and the stream of changes.
// Locking clears the models, so that nothing of a profile stays in memory behind the lock screen.
package tekram.ui.start

import androidx.lifecycle.ViewModelStore
import androidx.lifecycle.ViewModelStoreOwner
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.sync.Mutex
import tekram.binding.changedScopes
import tekram.ffi.Persona
import tekram.ui.want.Wish

/** An unlocked profile. */
class Session(
    val persona: Persona,
) : ViewModelStoreOwner {
    override val viewModelStore = ViewModelStore()

    /** Held while a backup is being made, so that the daily one and the one that was asked for never meet. */
    val backingUp = Mutex()

    private val wishes = MutableStateFlow<Wish?>(null)

    /** A request that was begun outside this app and that no screen has taken over yet. */
    val wish: StateFlow<Wish?> = wishes

    /** Leaves a wish for the screen of a new request. */
    fun want(wish: Wish) {
        wishes.value = wish
    }

    /** The screen has taken [wish] over; one that came meanwhile stays. */
    fun taken(wish: Wish) {
        wishes.compareAndSet(wish, null)
    }

    /** Which scopes of the profile changed; collected by models that then ask again. */
    fun changes(): Flow<Set<String>> = persona.changedScopes()

    /** Ends the rooms' models, then locks the profile. */
    fun end() {
        viewModelStore.clear()
        persona.lock()
    }
}
