// Android Keystore: keys in StrongBox where the phone has one, else in the trusted environment. A key opens for one
// operation after its prompt. One that is guarded by a biometric is destroyed by the system when a new fingerprint or
// face is enrolled, so that whoever learns the screen's code cannot let themselves in by adding a finger.
package tekram.platform.keys

import android.content.Context
import android.content.pm.PackageManager
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.KeyProtection
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.ProviderException
import java.security.SecureRandom
import java.security.UnrecoverableKeyException
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec

class AndroidHardwareKeys(
    private val context: Context,
) : HardwareKeys {
    private val store: KeyStore by lazy { KeyStore.getInstance(PROVIDER).apply { load(null) } }

    override fun put(
        alias: String,
        key: ByteArray,
        guard: Guard,
    ) = guarded {
        val entry = KeyStore.SecretKeyEntry(SecretKeySpec(key, KeyProperties.KEY_ALGORITHM_AES))
        val hasStrongBox = context.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE)
        try {
            store.setEntry(alias, entry, protection(guard, strongBox = hasStrongBox))
        } catch (refused: GeneralSecurityException) {
            // Some phones announce a StrongBox that has no room left, or cannot do 256 bits.
            if (!hasStrongBox || generateSequence<Throwable>(refused) { it.cause }.none { it is StrongBoxUnavailableException }) throw refused
            store.setEntry(alias, entry, protection(guard, strongBox = false))
        }
    }

    override fun mark(alias: String) =
        guarded {
            val key = ByteArray(MARK_BYTES).also(SecureRandom()::nextBytes)
            val nothing = KeyProtection.Builder(KeyProperties.PURPOSE_DECRYPT).setBlockModes(KeyProperties.BLOCK_MODE_GCM).build()
            store.setEntry(alias, KeyStore.SecretKeyEntry(SecretKeySpec(key, KeyProperties.KEY_ALGORITHM_AES)), nothing)
        }

    override fun aliases(prefix: String): List<String> = guarded { store.aliases().toList().filter { it.startsWith(prefix) } }

    override fun remove(alias: String) = guarded { if (store.containsAlias(alias)) store.deleteEntry(alias) }

    override fun opener(
        alias: String,
        iv: ByteArray,
    ): Cipher =
        guarded {
            val key = store.getKey(alias, null) as? SecretKey ?: throw KeyFailure.Gone()
            Cipher.getInstance(SealedKey.CIPHER).apply { init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(SealedKey.TAG_BITS, iv)) }
        }

    private fun <T> guarded(block: () -> T): T =
        try {
            block()
        } catch (_: KeyPermanentlyInvalidatedException) {
            throw KeyFailure.Gone()
        } catch (_: UnrecoverableKeyException) {
            throw KeyFailure.Gone()
        } catch (_: UserNotAuthenticatedException) {
            throw KeyFailure.PresenceNeeded()
        } catch (_: GeneralSecurityException) {
            throw KeyFailure.Failed()
        } catch (_: ProviderException) {
            throw KeyFailure.Failed()
        } catch (_: IllegalStateException) {
            // How the provider says that there is no biometric, or no screen lock.
            throw KeyFailure.NotSetUp()
        }

    companion object {
        private const val PROVIDER = "AndroidKeyStore"
        private const val MARK_BYTES = 16

        /** Seconds that one authentication is good for; 0 means for one operation of one cipher only. */
        private const val ONE_OPERATION = 0

        /** What a key may do; on its own, so that it can be looked at where no provider exists. */
        fun protection(
            guard: Guard,
            strongBox: Boolean,
        ): KeyProtection =
            KeyProtection
                .Builder(KeyProperties.PURPOSE_DECRYPT)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                .setUserAuthenticationRequired(true)
                .setUserAuthenticationParameters(ONE_OPERATION, authentication(guard))
                .setInvalidatedByBiometricEnrollment(guard == Guard.Biometric)
                .setUnlockedDeviceRequired(true)
                .setIsStrongBoxBacked(strongBox)
                .build()

        private fun authentication(guard: Guard): Int =
            when (guard) {
                Guard.Biometric -> KeyProperties.AUTH_BIOMETRIC_STRONG
                Guard.ScreenLock -> KeyProperties.AUTH_DEVICE_CREDENTIAL
            }
    }
}
