// This build of the app on this phone: which payment methods its store's rules took out, the proxy that the core was started
// with, and the diagnostic log, which leaves the phone only by the person's own hand.
package tekram.app

import android.content.res.Resources
import tekram.ffi.RailKind
import tekram.platform.diagnose.DiagnosticLog
import tekram.ui.common.Edition
import java.io.File

/** What is fixed from the start of the process on. */
class PhoneEdition(
    railsOff: Set<RailKind>,
    proxy: String?,
    private val diagnostics: DiagnosticLog,
) : Edition(railsOff, proxy) {
    override val keepsLog: Boolean get() = true

    override suspend fun writeLog(path: String): Boolean {
        if (diagnostics.lines().isEmpty()) return false
        File(path).outputStream().use(diagnostics::export)
        return true
    }

    companion object {
        /**
         * The payment methods that this build leaves out: a store's flavour names them in `edition_rails_off`.
         *
         * @throws IllegalStateException for a name that is none, so that a slip does not switch a method on.
         */
        fun railsOff(resources: Resources): Set<RailKind> = resources.getStringArray(R.array.edition_rails_off).map(::rail).toSet()

        /** A payment method by the name that the command line and iOS's build setting use as well. */
        fun rail(name: String): RailKind =
            when (name) {
                "cashu" -> RailKind.CASHU
                "hand_off" -> RailKind.HAND_OFF
                else -> error("$name is no payment method")
            }
    }
}
