// One position, asked of the system's own providers, once; nothing listens on. It is coarse, and cut to a grid of about
// a kilometre, unless the person asked for more for this one request. What is shared of it, and with which noise, is
// the core's business: this only avoids knowing more than is needed.
package tekram.platform.place

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.location.Location
import android.location.LocationManager
import android.os.CancellationSignal
import android.os.SystemClock
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicReference
import kotlin.math.floor
import kotlin.math.max

/** Where the phone is, with the radius in metres that it is probably within, and when that was, in ms since 1970. */
data class Fix(
    val latitude: Double,
    val longitude: Double,
    val accuracyMetres: Double,
    val atMs: Long,
)

class PhonePlace(
    private val context: Context,
    private val fine: () -> Boolean = { false },
    private val patienceMs: Long = PATIENCE_MS,
) {
    /** Whether the person lets the app know where the phone is, at least roughly. */
    val isAllowed: Boolean get() = granted(Manifest.permission.ACCESS_COARSE_LOCATION) || granted(Manifest.permission.ACCESS_FINE_LOCATION)

    /** None when it was not allowed, is switched off, or did not come in time. Never on the main thread: it waits some seconds. */
    fun position(): Fix? {
        val wantsFine = fine() && granted(Manifest.permission.ACCESS_FINE_LOCATION)
        if (!wantsFine && !granted(Manifest.permission.ACCESS_COARSE_LOCATION)) return null
        val manager = context.getSystemService(LocationManager::class.java) ?: return null
        val provider = provider(manager, wantsFine) ?: return null
        val location = recent(manager, provider, FRESH_MS) ?: ask(manager, provider) ?: recent(manager, provider, STALE_MS) ?: return null
        return if (wantsFine) location.toFix() else coarse(location.toFix())
    }

    private fun provider(
        manager: LocationManager,
        wantsFine: Boolean,
    ): String? {
        val wanted =
            if (wantsFine) {
                listOf(LocationManager.GPS_PROVIDER, LocationManager.FUSED_PROVIDER, LocationManager.NETWORK_PROVIDER)
            } else {
                listOf(LocationManager.FUSED_PROVIDER, LocationManager.NETWORK_PROVIDER, LocationManager.GPS_PROVIDER)
            }
        return wanted.firstOrNull { manager.allProviders.contains(it) && manager.isProviderEnabled(it) }
    }

    @SuppressLint("MissingPermission")
    private fun recent(
        manager: LocationManager,
        provider: String,
        longestMs: Long,
    ): Location? =
        manager.getLastKnownLocation(provider)?.takeIf {
            val ageNs = SystemClock.elapsedRealtimeNanos() - it.elapsedRealtimeNanos
            ageNs in 0..TimeUnit.MILLISECONDS.toNanos(longestMs)
        }

    @SuppressLint("MissingPermission")
    private fun ask(
        manager: LocationManager,
        provider: String,
    ): Location? {
        val answer = AtomicReference<Location?>()
        val come = CountDownLatch(1)
        val stop = CancellationSignal()
        // On the thread that the system calls from: the caller's own thread is the one that waits.
        val direct = Executor(Runnable::run)
        manager.getCurrentLocation(provider, stop, direct) {
            answer.set(it)
            come.countDown()
        }
        if (!come.await(patienceMs, TimeUnit.MILLISECONDS)) stop.cancel()
        return answer.get()
    }

    private fun granted(permission: String): Boolean =
        context.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED

    companion object {
        /** How long a caller waits at most for a new position; then an older one must do. */
        private const val PATIENCE_MS = 3_000L
        private const val FRESH_MS = 60_000L
        private const val STALE_MS = 15 * 60_000L

        /** Degrees of a grid cell: 0.01° of latitude are 1.1 km. */
        private const val CELL_DEGREES = 0.01
        private const val CELL_METRES = 1_200.0

        /** The middle of the grid cell that [fix] lies in, so that the exact place cannot be worked out again. */
        fun coarse(fix: Fix): Fix =
            Fix(
                latitude = middle(fix.latitude).coerceIn(-90.0, 90.0),
                longitude = middle(fix.longitude).coerceIn(-180.0, 180.0),
                accuracyMetres = max(fix.accuracyMetres, CELL_METRES),
                atMs = fix.atMs,
            )

        private fun middle(degrees: Double): Double = (floor(degrees / CELL_DEGREES) + 1.0 / 2.0) * CELL_DEGREES

        private fun Location.toFix() = Fix(latitude, longitude, if (hasAccuracy()) accuracy.toDouble() else CELL_METRES, time)
    }
}
