// Hosts for tests of the lifetime: keys that guard nothing, hosts that throw what no host should, hosts that block, and what
// this process holds of the machine.
package tekram.binding

import tekram.ffi.KeyStore
import tekram.ffi.LocationSource
import tekram.ffi.Position
import java.io.File
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch

/** Wraps nothing: what it gives back is the key itself. */
internal open class OpenKeys : KeyStore {
    private val names: MutableSet<String> = ConcurrentHashMap.newKeySet()
    private val numbers = ConcurrentHashMap<String, ULong>()

    override fun wrap(
        name: String,
        key: ByteArray,
    ): ByteArray = key.also { names += name }

    override fun unwrap(
        name: String,
        wrapped: ByteArray,
    ): ByteArray = wrapped

    override fun remove(name: String) {
        names -= name
    }

    override fun exists(name: String): Boolean = name in names

    override fun keepNumber(
        name: String,
        number: ULong,
    ) {
        numbers[name] = number
    }

    override fun keptNumber(name: String): ULong? = numbers[name]
}

/** Throws what the core was never told of. */
internal class ThrowingKeys : OpenKeys() {
    override fun unwrap(
        name: String,
        wrapped: ByteArray,
    ): ByteArray = error("a secret text of this phone")
}

/** Throws when it is asked where the phone is. */
internal class ThrowingPlace : LocationSource {
    override fun position(): Position? = throw OutOfMemoryError("a secret text of this phone")
}

/** Does not answer before it is let go. */
internal class BlockedPlace : LocationSource {
    val asked = CountDownLatch(1)
    val letGo = CountDownLatch(1)

    override fun position(): Position? {
        asked.countDown()
        letGo.await()
        return null
    }
}

/** What this process holds of the machine now. */
internal data class Held(
    val residentKb: Long,
    val heapKb: Long,
    val threads: Int,
    val files: Int,
) {
    companion object {
        private const val KB = 1024
        private val digits = Regex("""\d+""")

        /** After what Java no longer needs was let go, so that objects of the core behind it are freed as well. */
        fun now(): Held {
            repeat(3) {
                System.gc()
                Thread.sleep(50)
            }
            val status = File("/proc/self/status").readLines()

            fun number(name: String) = status.first { it.startsWith("$name:") }.let { checkNotNull(digits.find(it)).value.toLong() }
            val runtime = Runtime.getRuntime()
            val files = File("/proc/self/fd").list().orEmpty().size
            return Held(number("VmRSS"), (runtime.totalMemory() - runtime.freeMemory()) / KB, number("Threads").toInt(), files)
        }
    }
}
