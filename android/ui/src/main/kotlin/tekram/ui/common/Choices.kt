// Choosing: a switch with what it means, and one of several possibilities. Each is tapped as a whole row, and a screen reader
// hears what it is and whether it is chosen.
package tekram.ui.common

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Surface
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp

/** A switch with its [title], and below it what it means. */
@Composable
fun ToggleRow(
    title: String,
    more: String?,
    on: Boolean,
    modifier: Modifier = Modifier,
    enabled: Boolean = true,
    onChange: (Boolean) -> Unit,
) = ListRow(
    title,
    modifier.fillMaxWidth().toggleable(on, enabled, Role.Switch, onValueChange = onChange),
    below = more,
    end = { Switch(on, onCheckedChange = null, enabled = enabled) },
)

/** One of several possibilities, as a card; stands in a column with `selectableGroup`. */
@Composable
fun ChoiceCard(
    title: String,
    text: String?,
    selected: Boolean,
    modifier: Modifier = Modifier,
    enabled: Boolean = true,
    onSelect: () -> Unit,
) {
    Surface(
        modifier.fillMaxWidth().selectable(selected, enabled, Role.RadioButton, onClick = onSelect).touchable(),
        shape = MaterialTheme.shapes.medium,
        color = if (selected) MaterialTheme.colorScheme.secondaryContainer else MaterialTheme.colorScheme.surfaceContainer,
    ) {
        Row(Modifier.padding(12.dp), horizontalArrangement = Arrangement.spacedBy(12.dp), verticalAlignment = Alignment.CenterVertically) {
            RadioButton(selected, onClick = null, enabled = enabled)
            Column(Modifier.weight(1f)) {
                Text(title, style = MaterialTheme.typography.titleSmall)
                text?.let { Text(it, style = MaterialTheme.typography.bodyMedium) }
            }
        }
    }
}
