// The core's change listener as a flow, so that a screen can ask again for what it shows. A set of scopes arrives at a
// time; a collector that is slow finds them gathered, never in a queue that grows.
package tekram.binding

import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import tekram.ffi.ChangeListener
import tekram.ffi.Persona
import java.util.concurrent.atomic.AtomicReference

/** The scopes that changed since the last element. Listens while it is collected; fails like the persona's other calls. */
fun Persona.changedScopes(): Flow<Set<String>> =
    flow {
        val gathered = AtomicReference<Set<String>>(emptySet())
        signals { scopes -> gathered.updateAndGet { it + scopes } }
            .conflate()
            .map { gathered.getAndSet(emptySet()) }
            .filter { it.isNotEmpty() }
            .collect { emit(it) }
    }

private fun Persona.signals(gather: (List<String>) -> Unit): Flow<Unit> =
    callbackFlow {
        val listener =
            object : ChangeListener {
                override fun changed(scopes: List<String>) {
                    gather(scopes)
                    trySend(Unit)
                }
            }
        val subscription = onChange(listener)
        awaitClose {
            subscription.cancel()
            subscription.close()
        }
    }
