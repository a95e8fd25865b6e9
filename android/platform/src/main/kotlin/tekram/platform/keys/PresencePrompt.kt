// Asks the person to show that they are there, for one operation of one cipher. A seam: tests have no finger.
package tekram.platform.keys

import android.app.Activity
import android.content.Context
import android.hardware.biometrics.BiometricManager
import android.hardware.biometrics.BiometricManager.Authenticators.BIOMETRIC_STRONG
import android.hardware.biometrics.BiometricManager.Authenticators.DEVICE_CREDENTIAL
import android.hardware.biometrics.BiometricPrompt
import android.os.CancellationSignal
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.Executor
import javax.crypto.Cipher
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** What the prompt says, in the person's language. */
data class PromptWords(
    val title: String,
    val cancel: String,
)

interface PresencePrompt {
    /** What a new key can be guarded by now: the strongest that is set up; null where the phone has no screen lock. */
    val guard: Guard?

    /** Comes back when the cipher may be used, once. */
    suspend fun ask(
        cipher: Cipher,
        guard: Guard,
        words: PromptWords,
    )
}

/** The system's own prompt, over the activity that is in front. */
class SystemPrompt(
    private val context: Context,
    private val front: () -> Activity?,
) : PresencePrompt {
    override val guard: Guard?
        get() = Guard.entries.firstOrNull { manager?.canAuthenticate(authenticators(it)) == BiometricManager.BIOMETRIC_SUCCESS }

    private val manager: BiometricManager? get() = context.getSystemService(BiometricManager::class.java)

    override suspend fun ask(
        cipher: Cipher,
        guard: Guard,
        words: PromptWords,
    ) = suspendCancellableCoroutine { waiting ->
        val stop = CancellationSignal()
        waiting.invokeOnCancellation { stop.cancel() }

        fun refuse(failure: KeyFailure) {
            if (waiting.isActive) waiting.resumeWithException(failure)
        }

        val answers =
            object : BiometricPrompt.AuthenticationCallback() {
                override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) {
                    if (waiting.isActive) waiting.resume(Unit)
                }

                override fun onAuthenticationError(
                    errorCode: Int,
                    message: CharSequence?,
                ) = refuse(failure(errorCode))
            }
        val activity = front()
        if (activity == null) {
            refuse(KeyFailure.Cancelled())
            return@suspendCancellableCoroutine
        }
        val executor: Executor = activity.mainExecutor
        val prompt = BiometricPrompt.Builder(activity).setTitle(words.title).setAllowedAuthenticators(authenticators(guard))
        // The prompt for the screen lock has a way back of its own, and refuses to be given another.
        if (guard == Guard.Biometric) prompt.setNegativeButton(words.cancel, executor) { _, _ -> refuse(KeyFailure.Cancelled()) }
        prompt.build().authenticate(BiometricPrompt.CryptoObject(cipher), stop, executor, answers)
    }

    companion object {
        private fun authenticators(guard: Guard): Int =
            when (guard) {
                Guard.Biometric -> BIOMETRIC_STRONG
                Guard.ScreenLock -> DEVICE_CREDENTIAL
            }

        internal fun failure(errorCode: Int): KeyFailure =
            when (errorCode) {
                BiometricPrompt.BIOMETRIC_ERROR_CANCELED, BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED -> KeyFailure.Cancelled()

                BiometricPrompt.BIOMETRIC_ERROR_NO_BIOMETRICS,
                BiometricPrompt.BIOMETRIC_ERROR_HW_NOT_PRESENT,
                BiometricPrompt.BIOMETRIC_ERROR_NO_DEVICE_CREDENTIAL,
                -> KeyFailure.NotSetUp()

                else -> KeyFailure.NotRecognised()
            }
    }
}
