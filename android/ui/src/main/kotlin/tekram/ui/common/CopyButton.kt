// Copies a text and says that it did: some phones show nothing themselves, and what was copied is hidden there on purpose.
package tekram.ui.common

import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics

/** A button called [label] that copies [text], and a line below it once that is done. */
@Composable
fun CopyButton(
    text: String,
    label: String,
) {
    val device = LocalDevice.current
    var copied by remember(text) { mutableStateOf(false) }
    OtherButton(label, {
        device.copy(text)
        copied = true
    }, icon = Icons.Copy)
    if (copied) {
        Text(word("common_copied"), Modifier.semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.bodyMedium)
    }
}
