package tekram.platform.keys

import android.hardware.biometrics.BiometricPrompt
import android.security.keystore.KeyProperties
import org.junit.Test
import tekram.platform.Phone
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue

/** What is asked of the key hardware. Whether it keeps it can be tried on a phone only. */
class KeyProtectionTest : Phone() {
    @Test
    fun `a key opens only, once for each strong biometric, and dies with a new one`() {
        val asked = AndroidHardwareKeys.protection(Guard.Biometric, strongBox = true)
        assertEquals(KeyProperties.PURPOSE_DECRYPT, asked.purposes)
        assertEquals(listOf(KeyProperties.BLOCK_MODE_GCM), asked.blockModes.toList())
        assertTrue(asked.isUserAuthenticationRequired)
        assertEquals(0, asked.userAuthenticationValidityDurationSeconds)
        assertEquals(KeyProperties.AUTH_BIOMETRIC_STRONG, asked.userAuthenticationType)
        assertTrue(asked.isInvalidatedByBiometricEnrollment)
        assertTrue(asked.isUnlockedDeviceRequired)
        assertTrue(asked.isStrongBoxBacked)
    }

    @Test
    fun `a key guarded by the screen lock asks for that alone`() {
        val asked = AndroidHardwareKeys.protection(Guard.ScreenLock, strongBox = false)
        assertTrue(asked.isUserAuthenticationRequired)
        assertEquals(KeyProperties.AUTH_DEVICE_CREDENTIAL, asked.userAuthenticationType)
    }

    @Test
    fun `where there is no key hardware the failure is typed`() {
        assertFailsWith<KeyFailure.Failed> { AndroidHardwareKeys(context).opener("tekram.x", ByteArray(12)) }
    }

    @Test
    fun `each way in which a prompt ends is told apart`() {
        assertIs<KeyFailure.Cancelled>(SystemPrompt.failure(BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED))
        assertIs<KeyFailure.NotSetUp>(SystemPrompt.failure(BiometricPrompt.BIOMETRIC_ERROR_NO_BIOMETRICS))
        assertIs<KeyFailure.NotRecognised>(SystemPrompt.failure(BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT))
    }
}
