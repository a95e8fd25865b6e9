// Asks the system, each time: nothing is kept, and nothing about which network it is, is read.
package tekram.platform.net

import android.content.Context
import android.net.ConnectivityManager
import android.net.NetworkCapabilities

/** Whether there is a network, and whether its bytes cost the person something. */
enum class Reach { Offline, Metered, Unmetered }

class PhoneNetwork(
    private val context: Context,
) {
    fun reach(): Reach {
        val manager = context.getSystemService(ConnectivityManager::class.java) ?: return Reach.Offline
        val can = manager.activeNetwork?.let(manager::getNetworkCapabilities) ?: return Reach.Offline
        return when {
            !can.hasCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET) -> Reach.Offline
            !can.hasCapability(NetworkCapabilities.NET_CAPABILITY_VALIDATED) -> Reach.Offline
            can.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED) -> Reach.Unmetered
            can.hasCapability(NetworkCapabilities.NET_CAPABILITY_TEMPORARILY_NOT_METERED) -> Reach.Unmetered
            else -> Reach.Metered
        }
    }
}
