// A wrapped key as bytes: the alias of the hardware key that opens it, the IV, and the AES-256-GCM ciphertext with its
// tag. The alias is authenticated with it, so it cannot be pointed at another key.
//
// Layout: version (1 byte) · length of alias (1 byte) · alias (ASCII) · IV (12 bytes) · ciphertext and tag.
package tekram.platform.keys

import java.nio.ByteBuffer
import java.security.GeneralSecurityException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.IllegalBlockSizeException

class SealedKey(
    val alias: String,
    val iv: ByteArray,
    private val ciphertext: ByteArray,
) {
    fun toBytes(): ByteArray {
        val name = alias.toByteArray(Charsets.US_ASCII)
        return ByteBuffer
            .allocate(HEAD_BYTES + name.size + IV_BYTES + ciphertext.size)
            .put(VERSION)
            .put(name.size.toByte())
            .put(name)
            .put(iv)
            .put(ciphertext)
            .array()
    }

    /** Opens with a cipher that the person's presence has authorised. The caller wipes what it gets. */
    fun open(cipher: Cipher): ByteArray =
        try {
            cipher.updateAAD(associated(alias))
            cipher.doFinal(ciphertext)
        } catch (_: AEADBadTagException) {
            throw KeyFailure.NotMine()
        } catch (_: IllegalBlockSizeException) {
            // How Android Keystore says that nobody was asked, or that what the prompt allowed was used up.
            throw KeyFailure.PresenceNeeded()
        } catch (_: GeneralSecurityException) {
            throw KeyFailure.Failed()
        }

    companion object {
        const val CIPHER = "AES/GCM/NoPadding"
        const val TAG_BITS = 128
        const val LONGEST_ALIAS = 120
        private const val VERSION: Byte = 1
        private const val HEAD_BYTES = 2
        private const val IV_BYTES = 12
        private const val TAG_BYTES = TAG_BITS / 8

        /** Seals with a cipher that has drawn a random IV of its own. */
        fun seal(
            alias: String,
            cipher: Cipher,
            key: ByteArray,
        ): SealedKey {
            cipher.updateAAD(associated(alias))
            return SealedKey(alias, cipher.iv, cipher.doFinal(key))
        }

        /** Reads what [toBytes] wrote. Anything else is [KeyFailure.NotMine]: the bytes come from a file. */
        fun of(bytes: ByteArray): SealedKey {
            if (bytes.size < HEAD_BYTES || bytes[0] != VERSION) throw KeyFailure.NotMine()
            val length = bytes[1].toInt()
            val rest = bytes.size - HEAD_BYTES - length - IV_BYTES
            if (length !in 1..LONGEST_ALIAS || rest < TAG_BYTES) throw KeyFailure.NotMine()
            val read = ByteBuffer.wrap(bytes, HEAD_BYTES, bytes.size - HEAD_BYTES)
            val alias = ByteArray(length).also { read.get(it) }.toString(Charsets.US_ASCII)
            val iv = ByteArray(IV_BYTES).also { read.get(it) }
            return SealedKey(alias, iv, ByteArray(rest).also { read.get(it) })
        }

        private fun associated(alias: String) = "tekram/v1/android-key|$alias".toByteArray()
    }
}
