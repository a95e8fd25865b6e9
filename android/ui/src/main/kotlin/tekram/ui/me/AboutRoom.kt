// About and licences: they belong to the app and not to a profile, so the device answers and no model is needed.
package tekram.ui.me

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.produceState
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.setValue
import kotlinx.coroutines.launch
import tekram.ffi.version
import tekram.ui.Room
import tekram.ui.common.Device
import tekram.ui.common.LocalDevice
import tekram.ui.common.Phase
import tekram.ui.common.Route
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.save
import java.io.File

/** The list of parts has no empty line in it: a piece must stay short enough to be laid out at once. */
private const val LINES_OF_A_PIECE = 40

@Composable
internal fun About(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val device = LocalDevice.current
    val scope = rememberCoroutineScope()
    var saved by remember { mutableStateOf<LogSaved?>(null) }
    val save: () -> Unit = { scope.launch { saved = saveLog(device) } }
    AboutScreen(version(), device.edition, saved, save, { room.go.open(Route("me_licences")) }, onBack)
}

/** Lets the person choose a file and writes the log to it; null when they turned away. */
private suspend fun saveLog(device: Device): LogSaved? {
    var isEmpty = false
    val answer =
        attempt {
            device.save("tekram-log.txt") { path ->
                isEmpty = !device.edition.writeLog(path)
                if (isEmpty) File(path).writeText("")
            }
        }
    return answer.fold({ saved -> saved?.let { if (isEmpty) LogSaved.Empty else LogSaved.Saved } }, { LogSaved.Failed })
}

@Composable
internal fun Licences(onBack: (() -> Unit)?) {
    val edition = LocalDevice.current.edition
    val paragraphs by produceState<Pair<Phase, List<String>>>(Phase.Loading to emptyList(), edition) {
        val answer = attempt { edition.licences()?.let(::pieces).orEmpty() }
        value = answer.fold({ (if (it.isEmpty()) Phase.Empty else Phase.Ready) to it }, { it.phase() to emptyList() })
    }
    LicencesScreen(paragraphs.first, paragraphs.second, onBack)
}

/** The page's paragraphs, the long ones in pieces, for a list that lays out only what is seen. */
internal fun pieces(page: String): List<String> =
    page.split("\n\n").filter(String::isNotBlank).flatMap { paragraph ->
        paragraph.lines().chunked(LINES_OF_A_PIECE).map { it.joinToString("\n") }
    }
