// Wraps vault keys for the phone's key hardware. A fresh key is drawn for each wrap, seals the vault's key in memory,
// and goes into the hardware, which from then on only opens, and only with the person there. That way making a way in
// waits for nobody, as the core's trait demands, and opening always does. The vault's key is in memory at that moment
// anyway, so nothing is lost against a key that was born in the hardware.
package tekram.platform.keys

import java.security.GeneralSecurityException
import java.security.SecureRandom
import javax.crypto.Cipher
import javax.crypto.spec.SecretKeySpec

class PhoneKeys(
    private val hardware: HardwareKeys,
    private val guardNow: () -> Guard?,
    private val random: SecureRandom = SecureRandom(),
) {
    /** Wraps [key] under [name]; what was wrapped under that name before still opens, until the name is removed. */
    fun wrap(
        name: String,
        key: ByteArray,
    ): ByteArray {
        val guard = guardNow() ?: throw KeyFailure.NotSetUp()
        val alias = prefix(name) + guard.mark + hex(ByteArray(ALIAS_BYTES).also(random::nextBytes))
        if (alias.length > SealedKey.LONGEST_ALIAS) throw KeyFailure.Failed()
        val wrapping = ByteArray(KEY_BYTES).also(random::nextBytes)
        try {
            val cipher = Cipher.getInstance(SealedKey.CIPHER).apply { init(Cipher.ENCRYPT_MODE, SecretKeySpec(wrapping, "AES"), random) }
            val sealed = SealedKey.seal(alias, cipher, key).toBytes()
            hardware.put(alias, wrapping, guard)
            return sealed
        } catch (_: GeneralSecurityException) {
            throw KeyFailure.Failed()
        } finally {
            wrapping.fill(0)
        }
    }

    /** Opens [wrapped] after [ask] has shown the prompt of the key's guard for the cipher. The caller wipes the bytes. */
    suspend fun open(
        wrapped: ByteArray,
        ask: suspend (Cipher, Guard) -> Unit,
    ): ByteArray {
        val sealed = SealedKey.of(wrapped)
        val mark = sealed.alias.substringAfterLast('.').first()
        val guard = Guard.entries.firstOrNull { it.mark == mark } ?: throw KeyFailure.NotMine()
        val cipher = hardware.opener(sealed.alias, sealed.iv)
        ask(cipher, guard)
        return sealed.open(cipher)
    }

    fun exists(name: String): Boolean = hardware.aliases(prefix(name)).isNotEmpty()

    /**
     * Keeps [number] under [name]: as the alias of a key that does nothing, so that it lies in the hardware's own store and not
     * among the app's files. Cut in between, the higher one stands.
     */
    fun keepNumber(
        name: String,
        number: ULong,
    ) {
        val alias = numbers(name) + number
        hardware.mark(alias)
        hardware.aliases(numbers(name)).filter { it != alias }.forEach(hardware::remove)
    }

    fun keptNumber(name: String): ULong? = hardware.aliases(numbers(name)).mapNotNull { it.substringAfterLast('.').toULongOrNull() }.maxOrNull()

    fun remove(name: String) = hardware.aliases(prefix(name)).forEach(hardware::remove)

    private fun prefix(name: String) = "$name."

    private fun numbers(name: String) = prefix(name) + "number."

    private companion object {
        const val KEY_BYTES = 32
        const val ALIAS_BYTES = 8

        fun hex(bytes: ByteArray): String = bytes.joinToString("") { "%02x".format(it) }
    }
}
