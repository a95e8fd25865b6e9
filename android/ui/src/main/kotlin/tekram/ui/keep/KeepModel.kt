// What the profile keeps, in numbers, and how much of what arrived waits to be looked at.
package tekram.ui.keep

import tekram.ffi.Persona
import tekram.ui.start.Session

/** How much there is of each kind. */
data class KeepCounts(
    val attributes: Int,
    val proofs: Int,
    val purchases: Int,
    val memberships: Int,
    val preferences: Int,
    /** Things in the holding pen that wait. */
    val waiting: Long,
)

/** Counts what is kept. */
class KeepModel(
    session: Session,
) : KeptModel<KeepCounts>(session, ::counts)

private fun counts(persona: Persona) =
    KeepCounts(
        persona.attributes().size,
        persona.credentials().size,
        persona.purchases("", null, null).size,
        persona.memberships().size,
        persona.preferences().size,
        waiting(persona),
    )

/** How many things wait in the holding pen. */
internal fun waiting(persona: Persona): Long = persona.penBatches().sumOf { it.held.toLong() }
