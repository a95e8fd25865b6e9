// The licences page of everything that is shipped. `cargo xtask bindings` writes it from the lock file and the list of
// libraries, and the build packs it beside the generated facade, so that no edition can be without it.
package tekram.binding

private const val PAGE = "/tekram/licences.txt"

private object Packaged

/** The licences page, or null where this build packed none. Reads a file of some hundred kilobytes. */
fun packagedLicences(): String? = Packaged.javaClass.getResourceAsStream(PAGE)?.use { it.readBytes().decodeToString() }
