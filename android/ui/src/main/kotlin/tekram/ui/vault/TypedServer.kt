// A server for backups as a person typed it, on its way from a screen to the core.
package tekram.ui.vault

/** A folder on a WebDAV server. The password never becomes part of a text. */
class TypedServer(
    val url: String,
    val user: String,
    val password: String,
    /** The person says that it is in their own network. */
    val inHomeNetwork: Boolean,
) {
    override fun toString(): String = "[REDACTED]"
}
