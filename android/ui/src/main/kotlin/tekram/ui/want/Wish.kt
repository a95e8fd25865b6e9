// What was asked for outside this app, in the share sheet, a link or a picture: it begins a request and fills in what it
// says, and the person goes on from there.
package tekram.ui.want

/** The beginning of a request. */
data class Wish(
    /** What is wanted, in words. */
    val what: String = "",
    /** What was read as a barcode's number, or a code that was found in a picture. */
    val code: String? = null,
    /** The page that was shared; it stands in for words that are missing. */
    val page: String? = null,
    /** A picture was shared in which there is no code. */
    val noCode: Boolean = false,
)
