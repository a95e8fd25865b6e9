package tekram.platform.net

import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowNetworkCapabilities
import tekram.platform.Phone
import kotlin.test.assertEquals

class PhoneNetworkTest : Phone() {
    private fun reachWith(vararg capabilities: Int): Reach {
        val manager = context.getSystemService(ConnectivityManager::class.java)!!
        val can = ShadowNetworkCapabilities.newInstance()
        (0..40).forEach(shadowOf(can)::removeCapability)
        capabilities.forEach(shadowOf(can)::addCapability)
        shadowOf(manager).setNetworkCapabilities(manager.activeNetwork, can)
        return PhoneNetwork(context).reach()
    }

    private val internet = NetworkCapabilities.NET_CAPABILITY_INTERNET
    private val validated = NetworkCapabilities.NET_CAPABILITY_VALIDATED

    @Test
    fun `what costs nothing is told from what may cost`() {
        assertEquals(Reach.Unmetered, reachWith(internet, validated, NetworkCapabilities.NET_CAPABILITY_NOT_METERED))
        assertEquals(Reach.Metered, reachWith(internet, validated))
    }

    @Test
    fun `a network that leads nowhere is none`() {
        assertEquals(Reach.Offline, reachWith(internet))
        assertEquals(Reach.Offline, reachWith(NetworkCapabilities.NET_CAPABILITY_NOT_METERED))
    }

    @Test
    fun `in flight mode there is none`() {
        val manager = context.getSystemService(ConnectivityManager::class.java)!!
        shadowOf(manager).setDefaultNetworkActive(false)
        shadowOf(manager).setActiveNetworkInfo(null)
        assertEquals(Reach.Offline, PhoneNetwork(context).reach())
    }
}
