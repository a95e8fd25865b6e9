// What another app, a link or a shortcut asks this app to do. It never does anything by itself: it fills in a screen,
// and the person goes on from there. Everything here comes from outside, so it is bounded and taken apart by hand.
package tekram.platform.share

import android.content.Intent
import android.net.Uri

sealed interface Ask {
    /** Find out who made this page and how they can be paid. */
    data class PayMaker(
        val page: Uri,
    ) : Ask

    /** Keep that this page was read; [title] is empty where the app that shared it gave none. */
    data class ReadPage(
        val page: Uri,
        val title: String,
    ) : Ask

    /** Begin a request. */
    data class Want(
        val what: String,
        val gtin: String? = null,
        val page: Uri? = null,
    ) : Ask

    /** Begin a request from a picture, of which only the code on it is read. */
    data class WantFromPicture(
        val picture: Uri,
    ) : Ask

    /** Open one of the five rooms. */
    data class OpenRoom(
        val room: Room,
    ) : Ask

    enum class Room { History, Pay, Want, Relations, Me }

    /** What was shared could not be used. */
    data class Refused(
        val why: Why,
    ) : Ask

    enum class Why { NothingInIt, NotAPage, TooLong, UnknownKind, UnknownLink }
}

/** Which entry of the share sheet was chosen; the manifest has one alias for each. */
enum class ShareAim { PayMaker, Want, Read }

/** Takes a share apart: text with or without a link, a link alone, or a picture. */
object Shares {
    private const val LONGEST_TEXT = 10_000
    private const val LONGEST_NAME = 200
    private const val LONGEST_PAGE = 2_048
    private val link = Regex("""https?://[^\s<>"']+""")

    fun read(
        intent: Intent,
        aim: ShareAim,
    ): Ask {
        val kind =
            intent.type
                ?.substringBefore(';')
                ?.trim()
                ?.lowercase()
                .orEmpty()
        return when {
            intent.action != Intent.ACTION_SEND -> Ask.Refused(Ask.Why.UnknownKind)
            kind.startsWith("image/") && aim == ShareAim.Want -> picture(intent)
            kind.startsWith("text/") -> text(intent, aim)
            else -> Ask.Refused(Ask.Why.UnknownKind)
        }
    }

    private fun picture(intent: Intent): Ask {
        // The form with a class is there from API 33 on.
        @Suppress("DEPRECATION")
        val picture = intent.getParcelableExtra<Uri>(Intent.EXTRA_STREAM)
        return when {
            picture == null -> Ask.Refused(Ask.Why.NothingInIt)

            // A file path could name this app's own files: only what another app serves is opened.
            picture.scheme != "content" -> Ask.Refused(Ask.Why.UnknownKind)

            else -> Ask.WantFromPicture(picture)
        }
    }

    private fun text(
        intent: Intent,
        aim: ShareAim,
    ): Ask {
        val text =
            intent
                .getCharSequenceExtra(Intent.EXTRA_TEXT)
                ?.toString()
                ?.trim()
                .orEmpty()
        val title =
            intent
                .getCharSequenceExtra(Intent.EXTRA_SUBJECT)
                ?.toString()
                ?.trim()
                .orEmpty()
        if (text.length > LONGEST_TEXT || title.length > LONGEST_TEXT) return Ask.Refused(Ask.Why.TooLong)
        val page =
            link
                .find(text)
                ?.value
                ?.trimEnd('.', ',', ';', ')', '!', '?')
                ?.let(::page)
        return when (aim) {
            ShareAim.PayMaker -> page?.let(Ask::PayMaker) ?: Ask.Refused(if (text.isEmpty()) Ask.Why.NothingInIt else Ask.Why.NotAPage)
            ShareAim.Want -> want(text, title, page)
            ShareAim.Read -> read(text, title, page)
        }
    }

    private fun read(
        text: String,
        title: String,
        page: Uri?,
    ): Ask =
        when {
            page != null -> Ask.ReadPage(page, named(text, title))
            else -> Ask.Refused(if (text.isEmpty()) Ask.Why.NothingInIt else Ask.Why.NotAPage)
        }

    /** What the share calls itself: its title, or what stands beside its link. */
    private fun named(
        text: String,
        title: String,
    ): String =
        title
            .ifEmpty { link.replace(text, " ") }
            .replace(Regex("""\s+"""), " ")
            .trim()
            .take(LONGEST_NAME)

    private fun want(
        text: String,
        title: String,
        page: Uri?,
    ): Ask {
        val said = named(text, title)
        return if (said.isEmpty() && page == null) Ask.Refused(Ask.Why.NothingInIt) else Ask.Want(said, page = page)
    }

    /** A public page: http or https with a host, without a user name in it. */
    internal fun page(text: String): Uri? {
        if (text.length > LONGEST_PAGE) return null
        val uri = Uri.parse(text)
        val usable = uri.scheme in setOf("http", "https") && !uri.host.isNullOrEmpty() && uri.userInfo == null
        return uri.takeIf { usable }
    }
}
