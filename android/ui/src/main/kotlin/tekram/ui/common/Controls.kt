// Pieces that all screens are made of: the frame with its title, buttons, rows and fields. They carry the smallest
// touch size, headings for screen readers and room for large type, so that a screen need not think of these.
package tekram.ui.common

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.input.PasswordVisualTransformation
import androidx.compose.ui.text.input.VisualTransformation
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp

/** Space at the edges of a screen and between its parts. */
val screenPadding = 16.dp

/** A screen: its title with a way back where there is one, actions beside it, and the content below. */
@Composable
fun ScreenFrame(
    title: String,
    onBack: (() -> Unit)?,
    modifier: Modifier = Modifier,
    actions: (@Composable RowScope.() -> Unit)? = null,
    content: @Composable () -> Unit,
) {
    Column(modifier.fillMaxSize()) {
        Row(
            Modifier.fillMaxWidth().heightIn(min = 64.dp).padding(start = edge(onBack == null), end = edge(actions == null)),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            onBack?.let { IconAction(Icons.Back, word("common_back_a11y"), onClick = it) }
            Text(
                title,
                Modifier.weight(1f).padding(vertical = 8.dp).semantics { heading() },
                style = MaterialTheme.typography.headlineSmall,
            )
            actions?.invoke(this)
        }
        Box(Modifier.weight(1f).fillMaxWidth()) { content() }
    }
}

/** Icons bring their own space to the edge of the title's row; a title has none. */
private fun edge(title: Boolean) = if (title) screenPadding else 4.dp

/** A column that scrolls, with the space of a screen around and between its parts. */
@Composable
fun ScrollingColumn(
    modifier: Modifier = Modifier,
    content: @Composable ColumnScope.() -> Unit,
) {
    Box(modifier.fillMaxSize(), contentAlignment = Alignment.TopCenter) {
        Column(
            Modifier
                .widthIn(max = 720.dp)
                .fillMaxWidth()
                .verticalScroll(rememberScrollState())
                .padding(screenPadding),
            verticalArrangement = Arrangement.spacedBy(screenPadding),
            content = content,
        )
    }
}

/** A pictogram to tap; [label] is what a screen reader says. */
@Composable
fun IconAction(
    icon: ImageVector,
    label: String,
    modifier: Modifier = Modifier,
    enabled: Boolean = true,
    onClick: () -> Unit,
) {
    IconButton(onClick, modifier.size(smallestTouch), enabled) { Icon(icon, contentDescription = label) }
}

/** The main thing to do on a screen; a turning circle stands in it while [busy]. */
@Composable
fun MainButton(
    text: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    enabled: Boolean = true,
    busy: Boolean = false,
    icon: ImageVector? = null,
) {
    Button(onClick, modifier.fillMaxWidth().touchable(), enabled && !busy) { ButtonContent(text, busy, icon) }
}

/** Another thing to do on a screen. */
@Composable
fun OtherButton(
    text: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    enabled: Boolean = true,
    busy: Boolean = false,
    icon: ImageVector? = null,
) {
    OutlinedButton(onClick, modifier.fillMaxWidth().touchable(), enabled && !busy) { ButtonContent(text, busy, icon) }
}

/** Something that can be done beside the rest. */
@Composable
fun QuietButton(
    text: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    enabled: Boolean = true,
    icon: ImageVector? = null,
) {
    TextButton(onClick, modifier.touchable(), enabled) { ButtonContent(text, busy = false, icon) }
}

@Composable
private fun ButtonContent(
    text: String,
    busy: Boolean,
    icon: ImageVector?,
) {
    val working = word("common_working_a11y")
    Row(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalAlignment = Alignment.CenterVertically) {
        when {
            busy -> CircularProgressIndicator(Modifier.size(20.dp).semantics { contentDescription = working }, strokeWidth = 2.dp)
            icon != null -> Icon(icon, contentDescription = null, Modifier.size(20.dp))
        }
        Text(text, Modifier.weight(1f, fill = false), textAlign = TextAlign.Center)
    }
}

/** A part of a screen with a title of its own, as a card. */
@Composable
fun Section(
    title: String?,
    modifier: Modifier = Modifier,
    content: @Composable ColumnScope.() -> Unit,
) {
    Surface(modifier.fillMaxWidth(), shape = MaterialTheme.shapes.medium, color = MaterialTheme.colorScheme.surfaceContainerLow) {
        Column(Modifier.padding(screenPadding), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            title?.let { Text(it, Modifier.semantics { heading() }, style = MaterialTheme.typography.titleMedium) }
            content()
        }
    }
}

/**
 * One row of a list: a pictogram or another [mark], a title, a line below, something at the end; tapped as a whole when
 * [onClick] is given.
 */
@Composable
fun ListRow(
    title: String,
    modifier: Modifier = Modifier,
    below: String? = null,
    icon: ImageVector? = null,
    onClick: (() -> Unit)? = null,
    selected: Boolean = false,
    mark: (@Composable () -> Unit)? = null,
    end: @Composable () -> Unit = {},
) {
    val content: @Composable () -> Unit = {
        Row(
            Modifier.fillMaxWidth().heightIn(min = 56.dp).padding(PaddingValues(horizontal = screenPadding, vertical = 8.dp)),
            horizontalArrangement = Arrangement.spacedBy(screenPadding),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            icon?.let { Icon(it, contentDescription = null, tint = MaterialTheme.colorScheme.primary) }
            mark?.invoke()
            Column(Modifier.weight(1f)) {
                Text(title, style = MaterialTheme.typography.bodyLarge)
                below?.let { Text(it, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant) }
            }
            end()
        }
    }
    val ground = if (selected) MaterialTheme.colorScheme.secondaryContainer else MaterialTheme.colorScheme.surface
    if (onClick ==
        null
    ) {
        Surface(modifier.fillMaxWidth(), color = ground, content = content)
    } else {
        Surface(onClick, modifier.fillMaxWidth(), color = ground, content = content)
    }
}

/** A sentence about what went wrong, read out by a screen reader as soon as it stands there. */
@Composable
fun ErrorLine(
    text: String,
    modifier: Modifier = Modifier,
) {
    Surface(
        modifier.fillMaxWidth().semantics { liveRegion = LiveRegionMode.Assertive },
        shape = MaterialTheme.shapes.small,
        color = MaterialTheme.colorScheme.errorContainer,
    ) {
        Row(Modifier.padding(12.dp), horizontalArrangement = Arrangement.spacedBy(12.dp), verticalAlignment = Alignment.CenterVertically) {
            Icon(Icons.Warning, contentDescription = null)
            Text(text, style = MaterialTheme.typography.bodyMedium)
        }
    }
}

/** A field for text on one line. */
@Composable
fun TextLine(
    value: String,
    onChange: (String) -> Unit,
    label: String,
    modifier: Modifier = Modifier,
    below: String? = null,
    wrong: Boolean = false,
    enabled: Boolean = true,
    keyboard: KeyboardType = KeyboardType.Text,
    onDone: (() -> Unit)? = null,
) {
    OutlinedTextField(
        value,
        onChange,
        modifier.fillMaxWidth(),
        enabled = enabled,
        label = { Text(label) },
        supportingText = below?.let { { Text(it) } },
        isError = wrong,
        singleLine = true,
        keyboardOptions = KeyboardOptions(keyboardType = keyboard, imeAction = if (onDone == null) ImeAction.Next else ImeAction.Done),
        keyboardActions = KeyboardActions(onDone = { onDone?.invoke() }),
    )
}

/** A field for a passphrase: hidden, with an eye to show it; never offered to the keyboard's memory. */
@Composable
fun PassphraseLine(
    value: String,
    onChange: (String) -> Unit,
    label: String,
    modifier: Modifier = Modifier,
    below: String? = null,
    wrong: Boolean = false,
    enabled: Boolean = true,
    onDone: (() -> Unit)? = null,
) {
    var shown by remember { mutableStateOf(false) }
    OutlinedTextField(
        value,
        onChange,
        modifier.fillMaxWidth(),
        enabled = enabled,
        label = { Text(label) },
        supportingText = below?.let { { Text(it) } },
        isError = wrong,
        singleLine = true,
        trailingIcon = {
            IconAction(
                if (shown) Icons.Hide else Icons.Show,
                word(if (shown) "start_passphrase_hide_a11y" else "start_passphrase_show_a11y"),
            ) { shown = !shown }
        },
        visualTransformation = if (shown) VisualTransformation.None else PasswordVisualTransformation(),
        keyboardOptions =
            KeyboardOptions(
                keyboardType = KeyboardType.Password,
                autoCorrectEnabled = false,
                imeAction = if (onDone == null) ImeAction.Next else ImeAction.Done,
            ),
        keyboardActions = KeyboardActions(onDone = { onDone?.invoke() }),
    )
}
