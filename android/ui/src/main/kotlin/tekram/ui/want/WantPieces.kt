// Pieces that the screens of Want share: a row to choose, a name with its value, a question before something is given up.
package tekram.ui.want

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.unit.dp
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.LocalDevice
import tekram.ui.common.OtherButton
import tekram.ui.common.Section
import tekram.ui.common.touchable
import tekram.ui.common.word

/** One of several, of which one is chosen. */
@Composable
internal fun Choice(
    text: String,
    selected: Boolean,
    below: String? = null,
    onSelect: () -> Unit,
) = Row(
    Modifier.fillMaxWidth().selectable(selected, role = Role.RadioButton, onClick = onSelect).touchable().padding(vertical = 4.dp),
    verticalAlignment = Alignment.CenterVertically,
) {
    RadioButton(selected, onClick = null)
    Column(Modifier.padding(start = 12.dp).weight(1f)) {
        Text(text)
        below?.let { Text(it, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant) }
    }
}

/** Something that is on or off, with what it means below. */
@Composable
internal fun OnOff(
    text: String,
    below: String,
    on: Boolean,
    onChange: (Boolean) -> Unit,
) = Row(
    Modifier.fillMaxWidth().toggleable(on, role = Role.Switch, onValueChange = onChange).touchable(),
    horizontalArrangement = Arrangement.spacedBy(12.dp),
    verticalAlignment = Alignment.CenterVertically,
) {
    Column(Modifier.weight(1f)) {
        Text(text)
        Text(below, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
    }
    Switch(on, onCheckedChange = null)
}

/** A name and, below it, its value; a screen reader reads them as one. */
@Composable
internal fun Named(
    name: String,
    value: String,
    modifier: Modifier = Modifier,
) = Column(modifier.fillMaxWidth().semantics(mergeDescendants = true) {}) {
    Text(name, style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
    Text(value, style = MaterialTheme.typography.bodyLarge)
}

/** A quiet sentence. */
@Composable
internal fun Note(
    text: String,
    style: TextStyle = MaterialTheme.typography.bodyMedium,
) = Text(text, style = style, color = MaterialTheme.colorScheme.onSurfaceVariant)

/** Reads a store's card where the device can; what is said of the last one stands below. */
@Composable
internal fun StoreCardRow(
    reading: Boolean,
    answer: CardAnswer?,
    onRead: () -> Unit,
    onStop: () -> Unit,
) {
    if (reading) {
        Section(null, Modifier.semantics { liveRegion = LiveRegionMode.Polite }) {
            Text(word("common_nfc_hint"))
            LinearProgressIndicator(Modifier.fillMaxWidth())
            OtherButton(word("common_cancel"), onStop, icon = Icons.Close)
        }
    } else if (LocalDevice.current.readsCards) {
        OtherButton(word("want_store_card"), onRead, icon = Icons.Card)
    }
    when (answer) {
        CardAnswer.Taken -> {
            Text(word("want_store_card_read"), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
        }
        CardAnswer.Bad -> {
            ErrorLine(word("want_store_card_bad"))
        }
        CardAnswer.NoReader -> {
            ErrorLine(word("want_store_card_off"))
        }
        null -> {}
    }
}

/** What is wrong with the field above. */
@Composable
internal fun Wrong(text: String) = Text(text, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.error)

/** Asks before [action] is done. */
@Composable
internal fun Question(
    text: String,
    action: String,
    onDismiss: () -> Unit,
    onConfirm: () -> Unit,
) = AlertDialog(
    onDismissRequest = onDismiss,
    text = { Text(text) },
    confirmButton = { TextButton(onConfirm, Modifier.touchable()) { Text(action) } },
    dismissButton = { TextButton(onDismiss, Modifier.touchable()) { Text(word("common_cancel")) } },
)
