// Files of the vault as screens show them: a photo as a picture, anything else by its name and size; chosen by the person,
// kept, and written to where they want it.
package tekram.ui.keep

import androidx.compose.foundation.Image
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.unit.dp
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import tekram.ffi.Persona
import tekram.ffi.VaultFile
import tekram.ui.common.Device
import tekram.ui.common.LocalDevice
import tekram.ui.common.LocalFormats
import tekram.ui.common.save
import tekram.ui.common.word
import java.io.File

/** The largest picture that is read whole to be shown. */
private const val SHOWN_BYTES = 8_388_608uL

/** A file, with its bytes when it is a picture that can be shown. */
class KeptFile(
    val file: VaultFile,
    val picture: ByteArray?,
)

/** What the vault has under [id]; null when it is gone. */
internal fun keptFile(
    persona: Persona,
    id: String,
): KeptFile? {
    val file = persona.files().find { it.id == id } ?: return null
    val shown = file.mediaType.startsWith("image/") && file.bytes <= SHOWN_BYTES
    return KeptFile(file, if (shown) persona.fileBytes(id) else null)
}

/** Lets the person choose a file, keeps it, and has [use] refer to it; when that fails, it is not kept either. */
internal suspend fun attachFile(
    persona: Persona,
    device: Device,
    use: suspend (String) -> Unit,
) {
    val path = device.pickFile() ?: return
    try {
        val name = File(path).name
        val file = persona.addFile(path, name, mediaType(name))
        runCatching { use(file.id) }.onFailure {
            persona.removeFile(file.id)
            throw it
        }
    } finally {
        withContext(NonCancellable) { device.letGo(path) }
    }
}

/** Lets the person say where the file goes, and writes it there. */
internal suspend fun saveFile(
    persona: Persona,
    device: Device,
    id: String,
) {
    val file = persona.files().find { it.id == id } ?: return
    device.save(file.name.ifEmpty { "file" }) { path -> persona.writeFile(id, path) }
}

/** What a file is, by the end of its name: what receipts and photos of cards come as. */
internal fun mediaType(name: String): String =
    when (name.substringAfterLast('.', "").lowercase()) {
        "jpg", "jpeg" -> "image/jpeg"
        "png" -> "image/png"
        "webp" -> "image/webp"
        "gif" -> "image/gif"
        "heic" -> "image/heic"
        "pdf" -> "application/pdf"
        "txt" -> "text/plain"
        "html", "htm" -> "text/html"
        "json" -> "application/json"
        "xml" -> "application/xml"
        else -> "application/octet-stream"
    }

/** The picture, where the device can draw it, else the file's name and size. [label] is read out instead of the picture. */
@Composable
internal fun FileView(
    kept: KeptFile,
    label: String,
) {
    val device = LocalDevice.current
    val picture = remember(kept) { kept.picture?.let(device::picture) }
    if (picture == null) {
        Text(word("keep_file_bytes", kept.file.name, LocalFormats.current.size(kept.file.bytes.toLong())))
    } else {
        Image(picture, label, Modifier.fillMaxWidth().heightIn(max = 480.dp), contentScale = ContentScale.Fit)
    }
}
