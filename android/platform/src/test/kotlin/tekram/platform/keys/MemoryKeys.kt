package tekram.platform.keys

import javax.crypto.Cipher
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec

/** Key hardware in memory: AndroidKeyStore does not exist off a phone. Its ciphers are real. */
internal class MemoryKeys : HardwareKeys {
    val keys = mutableMapOf<String, ByteArray>()
    val marks = mutableSetOf<String>()

    override fun put(
        alias: String,
        key: ByteArray,
        guard: Guard,
    ) {
        keys[alias] = key.copyOf()
    }

    override fun mark(alias: String) {
        marks += alias
    }

    override fun aliases(prefix: String) = (keys.keys + marks).filter { it.startsWith(prefix) }

    override fun remove(alias: String) {
        keys.remove(alias)
        marks.remove(alias)
    }

    override fun opener(
        alias: String,
        iv: ByteArray,
    ): Cipher {
        val key = keys[alias] ?: throw KeyFailure.Gone()
        return Cipher.getInstance(SealedKey.CIPHER).apply {
            init(Cipher.DECRYPT_MODE, SecretKeySpec(key, "AES"), GCMParameterSpec(SealedKey.TAG_BITS, iv))
        }
    }
}
