// The phone's key hardware, as the rest of the app sees it: AES-256-GCM keys that lie under an alias, never come out,
// and open what was sealed with them once the person showed that they are there. It is a seam: Android's own provider
// exists on phones only, so tests put one in memory behind it.
package tekram.platform.keys

import javax.crypto.Cipher

interface HardwareKeys {
    /** Puts a key of 32 bytes in. From now on it opens only, for one operation after each prompt of this [guard]. */
    fun put(
        alias: String,
        key: ByteArray,
        guard: Guard,
    )

    /** Puts a key in that opens nothing and wants nobody: only its alias matters. */
    fun mark(alias: String)

    /** The aliases that begin with [prefix]. */
    fun aliases(prefix: String): List<String>

    /** Deleting a key that is not there is no failure. */
    fun remove(alias: String)

    /** The cipher to show a prompt for. [KeyFailure.Gone] when new biometrics were enrolled since the key was put in. */
    fun opener(
        alias: String,
        iv: ByteArray,
    ): Cipher
}

/** How the person shows that they are there. */
enum class Guard(
    /** Stands in the alias of a key, as a key wants the same prompt for as long as it lives. */
    val mark: Char,
) {
    /** A strong fingerprint or face. A key guarded so dies when a new one is enrolled. */
    Biometric('b'),

    /** The screen lock's code, on phones where no strong biometric is set up. */
    ScreenLock('c'),
}

/**
 * Why a key could not be used. No alias, no message of the provider: both may say more about the person than a caller
 * needs, and [code] is all that the diagnostic log keeps.
 */
sealed class KeyFailure(
    val code: Long,
) : Exception("key failure $code") {
    /** The key does not exist any more, for one because a new fingerprint was enrolled. Another way in is needed. */
    class Gone : KeyFailure(1)

    /** The key wants the person to be there, and nobody asked. */
    class PresenceNeeded : KeyFailure(2)

    /** The person turned the prompt away. */
    class Cancelled : KeyFailure(3)

    /** The phone did not recognise the person, or does not try for now. */
    class NotRecognised : KeyFailure(4)

    /** Neither a strong biometric nor a screen lock is set up. */
    class NotSetUp : KeyFailure(5)

    /** The bytes were not sealed by this key. */
    class NotMine : KeyFailure(6)

    /** The provider failed; there is nothing a person could do but try again. */
    class Failed : KeyFailure(7)
}
