// Files of the person's choice. Writing one has three steps that can each fail: a place is chosen, the file is written, it
// is handed over to where it was wanted. Only when all three are done may a screen say that there is a copy.
package tekram.ui.common

import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import java.io.IOException

/** What could not be done with a file of the person's choice. [word] is the name that its sentence has among the errors. */
enum class FileFault(
    val word: String,
) {
    NotRead("file_not_read"),
    NotSaved("file_not_saved"),
}

/** A file of the person's choice could not be read, or not be saved there. */
class FileFailed(
    val fault: FileFault,
) : Exception(fault.word)

/**
 * Lets the person say where a new file goes, has it written and hands it over. Returns what [write] returned, or null when
 * they turned away.
 *
 * @throws FileFailed when it did not get there.
 */
suspend fun <T : Any> Device.save(
    suggestedName: String,
    write: suspend (path: String) -> T,
): T? {
    val path = newFile(suggestedName) ?: return null
    try {
        val written = write(path)
        if (!delivered(path)) throw FileFailed(FileFault.NotSaved)
        return written
    } catch (_: IOException) {
        throw FileFailed(FileFault.NotSaved)
    } finally {
        withContext(NonCancellable) { letGo(path) }
    }
}
