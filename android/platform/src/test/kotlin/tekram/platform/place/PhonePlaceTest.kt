package tekram.platform.place

import android.Manifest
import android.app.Application
import android.location.Location
import android.location.LocationManager
import android.os.SystemClock
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import tekram.platform.Phone
import kotlin.math.abs
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

class PhonePlaceTest : Phone() {
    private val manager get() = context.getSystemService(LocationManager::class.java)!!

    private fun allow(vararg permissions: String) = shadowOf(context as Application).grantPermissions(*permissions)

    private fun phoneIsAt(
        provider: String,
        latitude: Double,
        longitude: Double,
    ) {
        shadowOf(manager).setProviderEnabled(provider, true)
        val here =
            Location(provider).apply {
                this.latitude = latitude
                this.longitude = longitude
                accuracy = 4f
                time = 1_790_000_000_000
                elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos()
            }
        shadowOf(manager).simulateLocation(here)
    }

    @Test
    fun `without the permission there is no position`() {
        phoneIsAt(LocationManager.NETWORK_PROVIDER, 52.5163, 13.3777)
        assertNull(PhonePlace(context, patienceMs = 10).position())
    }

    @Test
    fun `it is coarse unless more is asked for, even where more is allowed`() {
        allow(Manifest.permission.ACCESS_COARSE_LOCATION, Manifest.permission.ACCESS_FINE_LOCATION)
        phoneIsAt(LocationManager.NETWORK_PROVIDER, 52.5163, 13.3777)
        val here = assertNotNull(PhonePlace(context, patienceMs = 10).position())
        assertEquals(52.515, here.latitude, 1e-9)
        assertEquals(13.375, here.longitude, 1e-9)
        assertTrue(here.accuracyMetres >= 1_000)
    }

    @Test
    fun `asked for more, it is as good as the phone knows`() {
        allow(Manifest.permission.ACCESS_FINE_LOCATION)
        phoneIsAt(LocationManager.GPS_PROVIDER, 52.5163, 13.3777)
        val here = assertNotNull(PhonePlace(context, fine = { true }, patienceMs = 10).position())
        assertEquals(52.5163, here.latitude, 1e-9)
        assertEquals(4.0, here.accuracyMetres, 1e-6)
    }

    @Test
    fun `it does not wait for ever`() {
        allow(Manifest.permission.ACCESS_COARSE_LOCATION)
        shadowOf(manager).setProviderEnabled(LocationManager.NETWORK_PROVIDER, true)
        assertNull(PhonePlace(context, patienceMs = 20).position())
    }

    @Test
    fun `all places of a grid cell look alike`() {
        val random = Random(5)
        repeat(1_000) {
            val fix = Fix(random.nextDouble(-90.0, 90.0), random.nextDouble(-180.0, 180.0), 3.0, 0)
            val coarse = PhonePlace.coarse(fix)
            assertTrue(abs(coarse.latitude - fix.latitude) <= 0.00501 && abs(coarse.longitude - fix.longitude) <= 0.00501)
            val neighbour = PhonePlace.coarse(coarse)
            assertEquals(coarse.latitude, neighbour.latitude, 1e-9)
            assertEquals(coarse.longitude, neighbour.longitude, 1e-9)
        }
    }
}
