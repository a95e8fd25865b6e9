// The phone's key hardware behind the core's key store. Opening is not done here: it waits for the person.
package tekram.platform.core

import tekram.ffi.Connectivity
import tekram.ffi.ConnectivityState
import tekram.ffi.HostException
import tekram.ffi.KeyStore
import tekram.ffi.LocationSource
import tekram.ffi.Position
import tekram.platform.diagnose.DiagnosticLog
import tekram.platform.keys.KeyFailure
import tekram.platform.keys.PhoneKeys
import tekram.platform.net.PhoneNetwork
import tekram.platform.net.Reach
import tekram.platform.place.PhonePlace

class CoreKeyStore(
    private val keys: PhoneKeys,
    private val diagnostics: DiagnosticLog,
) : KeyStore {
    override fun wrap(
        name: String,
        key: ByteArray,
    ): ByteArray =
        told {
            try {
                keys.wrap(name, key)
            } finally {
                key.fill(0)
            }
        }

    /** Every key wants presence: the app asks, opens, and unlocks with the bytes. */
    override fun unwrap(
        name: String,
        wrapped: ByteArray,
    ): ByteArray = throw HostException.PresenceNeeded()

    override fun remove(name: String) = told { keys.remove(name) }

    override fun exists(name: String): Boolean = told { keys.exists(name) }

    override fun keepNumber(
        name: String,
        number: ULong,
    ) = told { keys.keepNumber(name, number) }

    override fun keptNumber(name: String): ULong? = told { keys.keptNumber(name) }

    private fun <T> told(block: () -> T): T =
        try {
            block()
        } catch (failure: KeyFailure) {
            diagnostics.note(DiagnosticLog.Moment.KeyFailed, failure.code)
            throw failure.forCore()
        }

    private fun KeyFailure.forCore(): HostException =
        when (this) {
            is KeyFailure.Gone -> HostException.KeyGone()
            is KeyFailure.PresenceNeeded -> HostException.PresenceNeeded()
            is KeyFailure.NotSetUp -> HostException.Failed()
            is KeyFailure.NotMine -> HostException.KeyNotMine()
            is KeyFailure.Cancelled, is KeyFailure.NotRecognised, is KeyFailure.Failed -> HostException.Failed()
        }
}

/** The phone's position behind the core's source. */
class CoreLocation(
    private val place: PhonePlace,
    /** Told when the place was wanted and may not be known; it returns at once. */
    private val onNotAllowed: () -> Unit,
) : LocationSource {
    override fun position(): Position? {
        if (!place.isAllowed) onNotAllowed()
        return place.position()?.let { Position(it.latitude, it.longitude, it.accuracyMetres, it.atMs) }
    }
}

/** The phone's network behind the core's. */
class CoreConnectivity(
    private val network: PhoneNetwork,
) : Connectivity {
    override fun state(): ConnectivityState =
        when (network.reach()) {
            Reach.Offline -> ConnectivityState.OFFLINE
            Reach.Metered -> ConnectivityState.METERED
            Reach.Unmetered -> ConnectivityState.UNMETERED
        }
}
