// A payment link taken apart for the eye: what it opens, whom it names, and the account or page. Two links that differ in
// anything that decides where money goes read differently. Whether a link holds up is the core's to say.
package tekram.ui.pay

import tekram.ffi.LinkKind
import java.net.URLDecoder

private const val GROUP = 4

/** What a link says. */
internal data class PaymentLink(
    val kind: LinkKind,
    /** The receiver, as the link itself names them. */
    val name: String?,
    /** An IBAN in groups of four, another account's number, or a page without what all pages begin with. */
    val account: String,
) {
    /** The name and the account, as they stand one below the other. */
    val lines: List<String> get() = listOfNotNull(name, account)

    companion object {
        /** Reads a link as it was published; one that cannot be taken apart is shown as it is. */
        fun of(link: String): PaymentLink {
            val rest = link.substringAfter(':')
            val path = rest.substringBefore('?').trim('/')
            val query = rest.substringAfter('?', "")
            return when (link.substringBefore(':').lowercase()) {
                "payto" -> PaymentLink(LinkKind.PAYTO, field(query, "receiver-name"), bankAccount(path, link))
                "upi" -> PaymentLink(LinkKind.UPI, field(query, "pn"), field(query, "pa") ?: link)
                "taler" -> PaymentLink(LinkKind.TALER, null, path.ifEmpty { link })
                "lightning" -> PaymentLink(LinkKind.LIGHTNING, null, path.ifEmpty { link })
                // A page that is not encrypted on the way is told apart.
                "https" -> PaymentLink(LinkKind.WEB, null, rest.trim('/').ifEmpty { link })
                else -> PaymentLink(LinkKind.WEB, null, link)
            }
        }

        /** `iban/[BIC/]IBAN` of RFC 8905; other kinds of accounts are shown part by part. */
        private fun bankAccount(
            path: String,
            link: String,
        ): String {
            val parts = path.split('/').map(::decoded)
            val account = parts.drop(1)
            return when {
                account.isEmpty() -> link
                parts.first().equals("iban", ignoreCase = true) -> account.dropLast(1).plus(account.last().uppercase().chunked(GROUP)).joinToString(" ")
                else -> account.joinToString(" ")
            }
        }

        private fun field(
            query: String,
            name: String,
        ): String? =
            query
                .split('&')
                .find { it.substringBefore('=') == name }
                ?.substringAfter('=', "")
                ?.let(::decoded)
                ?.ifBlank { null }

        private fun decoded(text: String): String =
            try {
                URLDecoder.decode(text, Charsets.UTF_8)
            } catch (
                @Suppress("SwallowedException") notEncoded: IllegalArgumentException,
            ) {
                text
            }
    }
}
