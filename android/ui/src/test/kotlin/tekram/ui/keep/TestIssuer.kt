// Somebody who issues proofs, with a key of their own: SD-JWT VC (RFC 9901) signed with Ed25519, as the core reads them.
package tekram.ui.keep

import java.math.BigInteger
import java.security.KeyPairGenerator
import java.security.MessageDigest
import java.security.Signature
import java.util.Base64

/** An issuer known by its `did:key`. */
class TestIssuer {
    private val keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair()

    /** Who it is. */
    val did: String = "did:key:z" + base58(ED25519 + keys.public.encoded.takeLast(KEY_BYTES))

    /** A student card for [holder] (a `did:key`): the number is always seen, names only when they are chosen. */
    fun studentCard(
        holder: String? = null,
        number: String = "E-11842",
    ): String {
        val disclosures = listOf(disclosure("s1", "given_name", "Ada"), disclosure("s2", "family_name", "Lovelace"))
        val hashes = disclosures.joinToString(",") { "\"${base64(MessageDigest.getInstance("SHA-256").digest(it.toByteArray()))}\"" }
        val bound = holder?.let { ",\"cnf\":{\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"${base64(keyOf(it))}\"}}" }.orEmpty()
        val claims = "{\"iss\":\"$did\",\"vct\":\"$TYPE\",\"_sd_alg\":\"sha-256\",\"_sd\":[$hashes],\"student_number\":\"$number\"$bound}"
        val signed = base64("{\"alg\":\"EdDSA\",\"typ\":\"dc+sd-jwt\"}".toByteArray()) + "." + base64(claims.toByteArray())
        val signature =
            Signature.getInstance("Ed25519").run {
                initSign(keys.private)
                update(signed.toByteArray())
                sign()
            }
        return "$signed.${base64(signature)}~" + disclosures.joinToString("") { "$it~" }
    }

    /** What hides `[salt, name, value]`. */
    fun disclosure(
        salt: String,
        name: String,
        value: String,
    ): String = base64("[\"$salt\",\"$name\",\"$value\"]".toByteArray())

    companion object {
        /** What kind of proof it issues. */
        const val TYPE = "https://university.example/student_card"
        private const val KEY_BYTES = 32
        private const val ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
        private val ED25519 = listOf<Byte>(0xED.toByte(), 0x01)

        private fun base64(bytes: ByteArray): String = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)

        /** No byte string here begins with zero. */
        private fun base58(bytes: List<Byte>): String {
            var rest = BigInteger(1, bytes.toByteArray())
            val base = BigInteger.valueOf(ALPHABET.length.toLong())
            val text = StringBuilder()
            while (rest.signum() > 0) {
                text.append(ALPHABET[rest.mod(base).toInt()])
                rest = rest.divide(base)
            }
            return text.reverse().toString()
        }

        private fun keyOf(did: String): ByteArray {
            val base = BigInteger.valueOf(ALPHABET.length.toLong())
            val digits = did.removePrefix("did:key:z").map { BigInteger.valueOf(ALPHABET.indexOf(it).toLong()) }
            val bytes = digits.fold(BigInteger.ZERO) { sum, digit -> sum.multiply(base).add(digit) }.toByteArray()
            return bytes.takeLast(KEY_BYTES).toByteArray()
        }
    }
}
