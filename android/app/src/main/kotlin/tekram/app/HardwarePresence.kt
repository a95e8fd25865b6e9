// The phone's own lock as a way in: joins the key hardware and the system's prompt with what the screens ask for.
package tekram.app

import tekram.platform.diagnose.DiagnosticLog
import tekram.platform.keys.KeyFailure
import tekram.platform.keys.PhoneKeys
import tekram.platform.keys.PresencePrompt
import tekram.platform.keys.PromptWords
import tekram.ui.common.AbsenceReason
import tekram.ui.common.NotPresent
import tekram.ui.common.Presence

/** Opens what the core handed out after the person showed that they are there. */
class HardwarePresence(
    private val keys: PhoneKeys,
    private val prompt: PresencePrompt,
    private val diagnostics: DiagnosticLog,
    private val words: () -> PromptWords,
) : Presence {
    override val ready: Boolean get() = prompt.guard != null

    override suspend fun unwrap(
        way: String,
        profile: String,
        wrapped: ByteArray,
    ): ByteArray =
        try {
            keys.open(wrapped) { cipher, guard -> prompt.ask(cipher, guard, words()) }
        } catch (failure: KeyFailure) {
            diagnostics.note(DiagnosticLog.Moment.KeyFailed, failure.code)
            throw NotPresent(reason(failure))
        }

    private fun reason(failure: KeyFailure): AbsenceReason =
        when (failure) {
            is KeyFailure.Cancelled -> AbsenceReason.Cancelled

            // The key died with a new fingerprint, or was never on this phone: another way in is needed.
            is KeyFailure.Gone, is KeyFailure.NotSetUp, is KeyFailure.NotMine -> AbsenceReason.NotSetUp

            is KeyFailure.NotRecognised, is KeyFailure.PresenceNeeded, is KeyFailure.Failed -> AbsenceReason.NotRecognised
        }
}
