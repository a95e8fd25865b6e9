package tekram.app

import android.Manifest
import android.app.Activity
import android.os.Looper
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import kotlin.test.assertEquals
import kotlin.test.assertNull

class PermissionsTest : AppPhone() {
    private val activity by lazy { Robolectric.buildActivity(Activity::class.java).setup().get() }

    private fun asked(): List<String>? {
        shadowOf(Looper.getMainLooper()).idle()
        return shadowOf(activity).lastRequestedPermission?.requestedPermissions?.toList()
    }

    @Test
    fun `the place is asked for when it is wanted, coarsely, and once`() {
        val permissions = Permissions(process) { activity }
        assertNull(asked())
        permissions.place()
        assertEquals(listOf(Manifest.permission.ACCESS_COARSE_LOCATION), asked())
        permissions.notices()
        assertEquals(listOf(Manifest.permission.POST_NOTIFICATIONS), asked())
        permissions.place()
        assertEquals(listOf(Manifest.permission.POST_NOTIFICATIONS), asked(), "not a second time")
    }

    @Test
    fun `what is allowed is not asked for`() {
        shadowOf(process).grantPermissions(Manifest.permission.ACCESS_COARSE_LOCATION)
        Permissions(process) { activity }.place()
        assertNull(asked())
    }

    @Test
    fun `with no screen in front the question waits for a better moment`() {
        Permissions(process) { null }.place()
        shadowOf(Looper.getMainLooper()).idle()
        Permissions(process) { activity }.place()
        assertEquals(listOf(Manifest.permission.ACCESS_COARSE_LOCATION), asked())
    }
}
