// Ways in beside the passphrase, as the facade has them so far: none of these opens anything yet.
package tekram.ui.start

import tekram.ffi.Agent
import tekram.ffi.Persona
import tekram.ui.common.AbsenceReason
import tekram.ui.common.NotPresent

@Suppress("RedundantSuspendModifier", "UnusedParameter")
internal suspend fun Agent.createPersonaWithKeyStore(
    name: String,
    way: String,
): Persona = throw NotPresent(AbsenceReason.NotSetUp)

@Suppress("RedundantSuspendModifier", "UnusedParameter")
internal suspend fun Agent.unlockWithKey(
    id: String,
    way: String,
    key: ByteArray,
): Persona = throw NotPresent(AbsenceReason.NotSetUp)

@Suppress("RedundantSuspendModifier", "UnusedParameter")
internal suspend fun Agent.unlockWithRecoveryPhrase(
    id: String,
    words: String,
): Persona = throw NotPresent(AbsenceReason.NotSetUp)

@Suppress("UnusedParameter")
internal fun Agent.wrappedKey(
    id: String,
    way: String,
): ByteArray = throw NotPresent(AbsenceReason.NotSetUp)
