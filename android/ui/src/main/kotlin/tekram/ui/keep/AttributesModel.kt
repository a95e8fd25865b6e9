// What the person keeps about themselves: everything that stands now, and one thing with all that stood in its place.
package tekram.ui.keep

import tekram.ffi.Attribute
import tekram.ffi.AttributeSource
import tekram.ffi.Credential
import tekram.ffi.Persona
import tekram.ui.start.Session

/** Attributes, and the proofs that some of them come from. */
data class Attributes(
    val attributes: List<Attribute>,
    private val proofs: Map<String, Credential> = emptyMap(),
) : Collection<Attribute> by attributes {
    /** Who issued the proof that [attribute] comes from, where that has a name. */
    fun issuer(attribute: Attribute): String? = (attribute.source as? AttributeSource.Verified)?.let { proofs[it.credential]?.issuerName }
}

/** Reads what stands now. */
class AttributesModel(
    session: Session,
) : KeptModel<Attributes>(session, { Attributes(it.attributes(), it.proofs()) })

/** Reads everything that stood in the place of the attribute [id], the newest first, and changes it. */
class AttributeModel(
    session: Session,
    private val id: Long,
) : KeptModel<Attributes>(session, { Attributes(it.attributeHistory(id), it.proofs()) }) {
    /** From now on it stands no more; the history keeps it. */
    fun end() = change { persona -> standing()?.let { persona.endAttribute(it.id) } }

    /** Deletes it with its history. */
    fun forget() = change(leaves = true) { it.forgetAttribute(id) }

    // Setting it anew gives a new number to what stands.
    private fun standing(): Attribute? =
        state.value.value
            ?.attributes
            ?.firstOrNull { it.untilMs == null }
}

private fun Persona.proofs(): Map<String, Credential> = credentials().associateBy { it.id }
