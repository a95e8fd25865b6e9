package tekram.app

import android.Manifest
import android.app.Activity
import android.os.Looper
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import tekram.ui.common.PlaceAnswer
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

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
    fun `the exact place is asked for together with the rough one, once, and an earlier question for the rough one does not count`() {
        val permissions = Permissions(process) { activity }
        assertEquals(listOf(Manifest.permission.ACCESS_COARSE_LOCATION), permissions.unaskedPlace(exact = false))
        assertEquals(emptyList(), permissions.unaskedPlace(exact = false))
        assertEquals(listOf(Manifest.permission.ACCESS_COARSE_LOCATION, Manifest.permission.ACCESS_FINE_LOCATION), permissions.unaskedPlace(exact = true))
        assertEquals(emptyList(), permissions.unaskedPlace(exact = true))
    }

    @Test
    fun `what the screens hear of the place is what the system allows, and the exact one is for one request`() {
        fun place(exact: Boolean) = runBlocking { process.device.place(exact) }
        assertEquals(PlaceAnswer.Refused, place(exact = false))
        shadowOf(process).grantPermissions(Manifest.permission.ACCESS_COARSE_LOCATION)
        assertEquals(PlaceAnswer.AsWanted, place(exact = false))
        assertEquals(PlaceAnswer.RoughOnly, place(exact = true))
        assertFalse(process.device.takeExactPlace())
        shadowOf(process).grantPermissions(Manifest.permission.ACCESS_FINE_LOCATION)
        assertEquals(PlaceAnswer.AsWanted, place(exact = true))
        assertTrue(process.device.takeExactPlace())
        assertFalse(process.device.takeExactPlace(), "the next request asks anew")
        place(exact = true)
        place(exact = false)
        assertFalse(process.device.takeExactPlace())
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
