// What a store's card says, tapped or as a QR code: what is sold there, its barcode, and the boards that the store reads. It
// is a link and carries no secret and no signature, so it can fill in a request and nothing more; the core's own checks come
// after it.
package tekram.ui.want

import java.net.URLDecoder

private const val CARD = "tekram:want?"
private const val LONGEST_CARD = 4_096
private const val LONGEST_WHAT = 200
private const val MOST_BOARDS_OF_A_CARD = 8

/** What a card fills in; a field it does not name is null. */
data class StoreCard(
    val what: String?,
    val gtin: String?,
    val boards: List<String>,
)

/** Whether [text] looks like a card of this app's, good or bad. */
internal fun isStoreCard(text: String): Boolean = text.startsWith("tekram:", ignoreCase = true)

/** Reads `tekram:want?what=…&gtin=…&board=wss://…`; null when [text] is anything else, says nothing, or says too much. */
fun storeCard(text: String): StoreCard? {
    val link = text.trim().replaceFirst("tekram://", "tekram:", ignoreCase = true)
    if (link.length > LONGEST_CARD || !link.startsWith(CARD, ignoreCase = true)) return null
    val fields = link.drop(CARD.length).split('&').mapNotNull(::field)
    val what = fields.find { it.first == "what" }?.second?.trim()?.ifEmpty { null }
    val gtin = fields.find { it.first == "gtin" }?.second?.trim()?.ifEmpty { null }
    val boards = fields.filter { it.first == "board" }.map { it.second }
    val tooMuch = (what?.length ?: 0) > LONGEST_WHAT || boards.size > MOST_BOARDS_OF_A_CARD || boards.any { !isBoard(it) }
    val nothing = what == null && gtin == null && boards.isEmpty()
    return if (tooMuch || nothing) null else StoreCard(what, gtin, boards.distinct())
}

private fun field(text: String): Pair<String, String>? =
    try {
        if ('=' in text) text.substringBefore('=') to URLDecoder.decode(text.substringAfter('='), Charsets.UTF_8) else null
    } catch (
        @Suppress("SwallowedException") notEncoded: IllegalArgumentException,
    ) {
        null
    }

/** A card's board is encrypted on the way: a plain one is added by hand or not at all. */
private fun isBoard(text: String): Boolean = text.startsWith("wss://") && text.length > "wss://".length && text.none(Char::isWhitespace)
