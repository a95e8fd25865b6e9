// What may be kept as the proxy's address. The core takes no other kinds, and an address that it refused at a start would
// leave the app shut; so it is looked at before it is kept.
package tekram.app

import java.net.URI
import java.net.URISyntaxException

/** Reads a proxy's address as it was typed. */
object ProxyAddress {
    private const val LONGEST = 255
    private const val LAST_PORT = 65_535

    /** The kinds that the core takes; SOCKS5 always resolves names at the proxy. */
    private val kinds = setOf("socks5", "socks5h", "http")

    /** [typed] without what surrounds it, or null when it is no proxy's address. One with a password is none: it would be shown. */
    fun read(typed: String): String? {
        val text = typed.trim().trimEnd('/')
        if (text.isEmpty() || text.length > LONGEST) return null
        val uri =
            try {
                URI(text)
            } catch (_: URISyntaxException) {
                return null
            }
        val isProxy = uri.scheme in kinds && !uri.host.isNullOrEmpty() && uri.port in 1..LAST_PORT
        return text.takeIf { isProxy && uri.rawPath.isNullOrEmpty() && uri.rawUserInfo == null && uri.rawQuery == null && uri.rawFragment == null }
    }
}
