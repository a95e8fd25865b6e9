// Links of this app's own scheme, as other apps, web pages, QR codes and store cards have them: `tekram:history`,
// `tekram:pay?page=…`, `tekram:want?what=…&gtin=…`, `tekram:relations`, `tekram:me`. Each opens a screen and at most
// fills in a field. There is no link that pays, sends, accepts, unlocks or changes a setting.
package tekram.platform.share

import android.net.Uri

object Links {
    private const val SCHEME = "tekram"
    private const val LONGEST = 4_096
    private const val LONGEST_WANT = 200

    /** Digits of a GTIN-8, -12, -13 or -14; the core checks the check digit. */
    private val gtin = Regex("""\d{8}|\d{12,14}""")

    fun read(link: Uri): Ask {
        if (link.toString().length > LONGEST) return Ask.Refused(Ask.Why.TooLong)
        if (link.scheme?.lowercase() != SCHEME) return Ask.Refused(Ask.Why.UnknownLink)
        // tekram:want and tekram://want are the same; an opaque Uri has no query, so it is taken apart as text.
        val rest = link.encodedSchemeSpecificPart.orEmpty().removePrefix("//")
        val fields = fields(rest.substringAfter('?', ""))
        return when (rest.substringBefore('?').trimEnd('/')) {
            "history" -> Ask.OpenRoom(Ask.Room.History)
            "pay" -> pay(fields["page"])
            "want" -> want(fields)
            "relations" -> Ask.OpenRoom(Ask.Room.Relations)
            "me" -> Ask.OpenRoom(Ask.Room.Me)
            else -> Ask.Refused(Ask.Why.UnknownLink)
        }
    }

    private fun pay(page: String?): Ask =
        when (page) {
            null -> Ask.OpenRoom(Ask.Room.Pay)
            else -> Shares.page(page)?.let(Ask::PayMaker) ?: Ask.Refused(Ask.Why.NotAPage)
        }

    private fun want(fields: Map<String, String>): Ask {
        val what = fields["what"].orEmpty().trim()
        val number = fields["gtin"]?.takeIf(gtin::matches)
        return when {
            what.length > LONGEST_WANT -> Ask.Refused(Ask.Why.TooLong)
            what.isEmpty() && number == null -> Ask.OpenRoom(Ask.Room.Want)
            else -> Ask.Want(what, number)
        }
    }

    private fun fields(query: String): Map<String, String> =
        query
            .split('&')
            .filter { '=' in it }
            .associate { Uri.decode(it.substringBefore('=')) to Uri.decode(it.substringAfter('=').replace('+', ' ')) }
}
