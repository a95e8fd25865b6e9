// What is fixed when the app is built or started and a person may want to know: which payment methods a store's rules
// took out, the proxy, whose work it is built on, and the diagnostic log where the device keeps one.
package tekram.ui.common

import tekram.binding.packagedLicences
import tekram.ffi.RailKind

/** This edition of the app. */
open class Edition(
    /** Payment methods that are switched off. */
    val railsOff: Set<RailKind> = emptySet(),
    /** The proxy that everything goes through. */
    val proxy: String? = null,
) {
    /** Whether there is a diagnostic log to save. */
    open val keepsLog: Boolean get() = false

    /** The licences of everything that is shipped, as packaging wrote them; null where they are not packaged. */
    open suspend fun licences(): String? = packagedLicences()

    /** Writes the diagnostic log to [path]; false when it is empty. */
    open suspend fun writeLog(path: String): Boolean = false
}
