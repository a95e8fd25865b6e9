// The words of a proof: its kind and what it says carry the names that the issuer gave them, and those that everybody uses
// have words in the person's language.
package tekram.ui.keep

import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.vector.ImageVector
import tekram.ffi.Credential
import tekram.ffi.CredentialState
import tekram.ui.common.Icons
import tekram.ui.common.word

/** The last part of a web address, or the names without the one that every proof has. */
internal fun proofName(type: String): String =
    type
        .split(' ')
        .filterNot { it == "VerifiableCredential" }
        .joinToString(" ") { it.trimEnd('/').substringAfterLast('/').substringAfterLast(':') }
        .replace(Regex("[_-]"), " ")
        .ifBlank { type }

/** Who issued it: a name, else what the proof itself says. */
internal val Credential.issuedBy: String get() = issuerName ?: issuer

/** The names that most issuers use (OpenID Connect, schema.org), as words. */
private val known =
    mapOf(
        "name" to "keep_property_name",
        "given_name" to "keep_field_given_name",
        "givenName" to "keep_field_given_name",
        "family_name" to "keep_field_family_name",
        "familyName" to "keep_field_family_name",
        "email" to "keep_property_email",
        "phone_number" to "keep_property_telephone",
        "telephone" to "keep_property_telephone",
        "address" to "keep_property_address",
        "birthdate" to "keep_property_birth_date",
        "birth_date" to "keep_property_birth_date",
        "birthDate" to "keep_property_birth_date",
        "street_address" to "keep_field_street",
        "postal_code" to "keep_field_postal_code",
        "locality" to "keep_field_town",
        "region" to "keep_field_region",
    )

/** What a claim is called: the parts of its path, each in the person's language where it has a word. */
@Composable
internal fun claimName(path: String): String {
    val parts = path.removePrefix("/").removePrefix("credentialSubject/").split('/')
    return parts.map { part -> known[part]?.let { word(it) } ?: part.replace("~1", "/").replace("~0", "~").replace('_', ' ') }.joinToString(" › ")
}

/** Whether it holds, in a word. */
@Composable
internal fun stateText(state: CredentialState): String =
    when (state) {
        CredentialState.VALID -> word("keep_proof_valid")
        CredentialState.EXPIRED -> word("keep_proof_expired")
        CredentialState.REVOKED -> word("keep_proof_revoked")
        CredentialState.SUSPENDED -> word("keep_proof_suspended")
        CredentialState.UNCHECKED -> word("keep_proof_unchecked")
        CredentialState.OTHER -> word("keep_proof_other")
    }

internal val CredentialState.icon: ImageVector
    get() =
        when (this) {
            CredentialState.VALID -> Icons.Check
            CredentialState.UNCHECKED, CredentialState.OTHER -> Icons.Clock
            CredentialState.EXPIRED, CredentialState.REVOKED, CredentialState.SUSPENDED -> Icons.Warning
        }

/** Whether it can be shown to somebody: the core refuses the others. */
internal val CredentialState.canBeShown: Boolean
    get() = this == CredentialState.VALID || this == CredentialState.UNCHECKED || this == CredentialState.OTHER
