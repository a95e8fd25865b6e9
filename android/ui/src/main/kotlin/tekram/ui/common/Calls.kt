// How screens call the core: off the main thread, with a failure as something to show. A cancelled coroutine stays
// cancelled, and a failure that is none of the core's is told apart without its text.
package tekram.ui.common

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import tekram.ffi.Money
import tekram.ffi.TekramException

/** Number of a failure that did not come from the core. */
private const val NOT_THE_CORE = 90_999L

/** Number of a failure with a file of the person's choice, which the core never saw. */
private const val FILE = 90_998L
private const val ROOM = 1000L

/** The core's rooms by the thousands of their errors' numbers, as `error_room_…` calls them. */
private val rooms = mapOf(2L to "network", 3L to "vault", 4L to "history", 5L to "pay", 6L to "relations", 7L to "want")

/** Makes a call on the core, or several, off the main thread. */
suspend fun <T> attempt(call: suspend () -> T): Result<T> =
    withContext(Dispatchers.IO) {
        try {
            Result.success(call())
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (
            @Suppress("TooGenericExceptionCaught") failure: Exception,
        ) {
            Result.failure(failure)
        }
    }

/**
 * Reads what a screen shows, as often as it changes: of two reads that run at once the one that was begun later counts.
 * Belongs to the main thread, as the models do.
 */
class Newest {
    private var begun = 0
    private var taken = 0

    /** As [attempt]; null when the answer of a read that was begun later is there already. */
    suspend fun <T> read(call: suspend () -> T): Result<T>? {
        begun += 1
        val number = begun
        val answer = attempt(call)
        if (number < taken) return null
        taken = number
        return answer
    }
}

/** A failure as a screen shows it. */
fun Throwable.shown(): Shown =
    when (this) {
        is TekramException.Failed -> Shown(code.toLong(), name, rooms[code.toLong() / ROOM] ?: "device", params)
        is FileFailed -> Shown(FILE, fault.word, "device")
        else -> Shown(NOT_THE_CORE, "internal", "device")
    }

/** The phase of a screen whose call ended with this. */
fun Throwable.phase(): Phase {
    val shown = shown()
    return when (shown.name) {
        in locked -> Phase.Locked
        in offline -> Phase.Offline
        else -> Phase.Failed(shown)
    }
}

private val locked = setOf("locked", "closed")
private val offline = setOf("offline", "unreachable")

/** An amount as the person's locale writes it. */
fun Formats.money(amount: Money): String = money(amount.amountMinor, amount.currency)
