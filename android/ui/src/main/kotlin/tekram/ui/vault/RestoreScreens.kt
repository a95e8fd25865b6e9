// A profile comes back, screen by screen: the place, the backups in it, what opens the chosen one, and what came back of it.
// These screens stand outside every profile, so that a new phone can begin with them.
package tekram.ui.vault

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import tekram.ffi.BackupFile
import tekram.ui.common.ChoiceCard
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.LocalFormats
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.PassphraseLine
import tekram.ui.common.TextLine
import tekram.ui.common.WorkBar
import tekram.ui.common.errorText
import tekram.ui.common.plural
import tekram.ui.common.word
import tekram.ui.start.HiddenScreen
import tekram.ui.start.RecoveryWordsField
import tekram.ui.start.StartFrame

/** What restoring can be asked to do. */
interface RestoreActions {
    /** Chooses a folder. */
    fun folder()

    /** On to the address of a server. */
    fun toServer()

    /** Looks through a server. */
    fun server(typed: TypedServer)

    /** Chooses a file with everything in it. */
    fun file()

    /** Turns to a backup. */
    fun choose(file: BackupFile)

    /** Turns to one of its states. */
    fun chooseState(number: UInt?)

    /** Restores it. */
    fun restore(
        key: BackupSecret,
        newName: String?,
        replace: Boolean,
    )

    /** Saves what can be read of it. */
    fun salvage(
        key: BackupSecret,
        newName: String,
        newPassphrase: String,
    )

    /** Makes the profile of a file. */
    fun moveIn(
        passphrase: String,
        newName: String?,
    )

    /** Stops what is going on. */
    fun stop()

    /** Goes on to the profile that came back. */
    fun open()
}

/** `start_restore`: whichever of its screens is open. */
@Composable
fun RestoreScreen(
    state: RestoreState,
    actions: RestoreActions,
    onBack: (() -> Unit)?,
) = when {
    state.came != null -> {
        CameBackScreen(state.came, actions::open)
    }

    state.working -> {
        StartFrame(word("start_restore_title"), null, null) { WorkBar(word("start_restore_working"), state.progress, actions::stop) }
    }

    else -> {
        when (state.step) {
            RestoreStep.Server -> ServerScreen(state, actions, onBack)
            RestoreStep.Files -> FilesScreen(state, actions, onBack)
            RestoreStep.Key -> KeyScreen(state, actions, onBack)
            RestoreStep.MoveIn -> MoveInScreen(state, actions, onBack)
            else -> PlaceScreen(state, actions, onBack)
        }
    }
}

@Composable
private fun PlaceScreen(
    state: RestoreState,
    actions: RestoreActions,
    onBack: (() -> Unit)?,
) = StartFrame(word("start_restore_title"), word("start_restore_text"), onBack) {
    state.failure?.let { ErrorLine(errorText(it)) }
    if (state.looking) {
        Looking()
    } else {
        Column {
            Place("start_restore_folder", "start_restore_folder_text", Icons.Tray, actions::folder)
            HorizontalDivider()
            Place("start_restore_server", "start_restore_server_text", Icons.Network, actions::toServer)
            HorizontalDivider()
            Place("start_restore_move_in", "start_restore_move_in_text", Icons.Import, actions::file)
        }
    }
}

@Composable
private fun Place(
    title: String,
    text: String,
    icon: ImageVector,
    onClick: () -> Unit,
) = ListRow(word(title), below = word(text), icon = icon, onClick = onClick, end = { Icon(Icons.Forward, contentDescription = null) })

@Composable
private fun ColumnScope.Looking() {
    val spoken = word("common_loading_a11y")
    CircularProgressIndicator(Modifier.semantics { contentDescription = spoken })
    Text(word("start_restore_looking"))
}

@Composable
private fun ServerScreen(
    state: RestoreState,
    actions: RestoreActions,
    onBack: (() -> Unit)?,
) = StartFrame(word("start_restore_server"), word("start_restore_server_text"), onBack) {
    ServerFields(state.failure, state.looking, word("common_next"), actions::server)
}

@Composable
private fun FilesScreen(
    state: RestoreState,
    actions: RestoreActions,
    onBack: (() -> Unit)?,
) = StartFrame(word("start_restore_which"), null, onBack) {
    if (state.files.isEmpty()) Text(word("start_restore_none"))
    Column {
        // The newest first: it is what nearly everybody wants.
        state.files.reversed().forEach { file ->
            BackupRow(file) { actions.choose(file) }
            HorizontalDivider()
        }
    }
    onBack?.let { OtherButton(word("start_restore_other_place"), it, icon = Icons.Tray) }
}

@Composable
private fun BackupRow(
    file: BackupFile,
    onClick: () -> Unit,
) {
    val formats = LocalFormats.current
    val newest = file.states.maxByOrNull { it.number }
    val title = newest?.let { word("start_restore_file", formats.dateAndTime(it.madeMs)) } ?: word("start_restore_file_unknown")
    val cut = word("start_restore_cut").takeIf { file.cut }
    val lines = listOfNotNull(plural("start_restore_states", file.states.size.toLong()), formats.size(file.bytes.toLong()), cut)
    ListRow(title, below = lines.joinToString("\n"), icon = Icons.Words, onClick = onClick, end = { Icon(Icons.Forward, contentDescription = null) })
}

@Composable
private fun KeyScreen(
    state: RestoreState,
    actions: RestoreActions,
    onBack: (() -> Unit)?,
) {
    val file = state.chosen ?: return
    var byWords by rememberSaveable(file.name) { mutableStateOf(file.opensWithWords) }
    var secret by remember(byWords) { mutableStateOf("") }
    var newName by rememberSaveable { mutableStateOf("") }
    var newPassphrase by remember { mutableStateOf("") }
    var replace by rememberSaveable { mutableStateOf(false) }
    val named = newName.isNotBlank()
    val ready =
        secret.isNotBlank() &&
            when {
                state.damaged -> named && newPassphrase.isNotEmpty()
                state.clash -> replace || named
                else -> true
            }
    val key = BackupSecret(byWords, secret)
    HiddenScreen()
    StartFrame(word("start_restore_title"), null, onBack) {
        States(file, state.stateNumber, actions::chooseState)
        KeyFields(file, byWords, secret, { byWords = it }) { secret = it }
        // What a clash means is said by the choices below.
        state.failure?.takeUnless { it.name == CLASH }?.let { ErrorLine(errorText(it)) }
        if (state.damaged) {
            Text(word("start_restore_salvage_text"))
            NewProfileFields(newName, { newName = it }, newPassphrase, { newPassphrase = it })
            MainButton(word("start_restore_salvage"), { actions.salvage(key, newName, newPassphrase) }, enabled = ready, icon = Icons.Check)
        } else {
            if (state.clash) Clash(replace, { replace = it }, newName) { newName = it }
            val name = newName.takeIf { state.clash && !replace }
            MainButton(word("start_restore_go"), { actions.restore(key, name, state.clash && replace) }, enabled = ready, icon = Icons.Import)
        }
    }
}

@Composable
private fun States(
    file: BackupFile,
    chosen: UInt?,
    onChoose: (UInt?) -> Unit,
) {
    val formats = LocalFormats.current
    val states = file.states.sortedByDescending { it.number }
    Text(word("start_restore_state"), style = MaterialTheme.typography.titleMedium)
    Column(Modifier.selectableGroup(), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        states.forEachIndexed { index, state ->
            val made = formats.dateAndTime(state.madeMs)
            val title = if (index == 0) word("start_restore_state_newest", made) else made
            val selected = chosen == state.number || (chosen == null && index == 0)
            ChoiceCard(title, null, selected) { onChoose(state.number.takeIf { index > 0 }) }
        }
    }
}

@Composable
private fun KeyFields(
    file: BackupFile,
    byWords: Boolean,
    secret: String,
    onKind: (Boolean) -> Unit,
    onSecret: (String) -> Unit,
) {
    if (file.opensWithWords && file.opensWithPassphrase) {
        Text(word("start_restore_key"), style = MaterialTheme.typography.titleMedium)
        Column(Modifier.selectableGroup(), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            ChoiceCard(word("start_restore_by_words"), null, byWords) { onKind(true) }
            ChoiceCard(word("start_restore_by_passphrase"), null, !byWords) { onKind(false) }
        }
    }
    if (byWords) {
        RecoveryWordsField(secret, onSecret, Modifier.testTag("restore_words"))
    } else {
        PassphraseLine(secret, onSecret, word("start_passphrase_label"), Modifier.testTag("restore_passphrase"))
    }
}

@Composable
private fun Clash(
    replace: Boolean,
    onReplace: (Boolean) -> Unit,
    name: String,
    onName: (String) -> Unit,
) {
    Text(word("start_restore_clash"), style = MaterialTheme.typography.titleMedium)
    Column(Modifier.selectableGroup(), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        ChoiceCard(word("start_restore_clash_other"), null, !replace) { onReplace(false) }
        ChoiceCard(word("start_restore_clash_replace"), word("start_restore_clash_replace_text"), replace) { onReplace(true) }
    }
    if (!replace) TextLine(name, onName, word("start_restore_new_name"), Modifier.testTag("restore_name"))
}

/** Name and passphrase of a profile that what is whole goes into. */
@Composable
internal fun NewProfileFields(
    name: String,
    onName: (String) -> Unit,
    passphrase: String,
    onPassphrase: (String) -> Unit,
) {
    TextLine(name, onName, word("start_rescue_name"), Modifier.testTag("rescue_name"))
    PassphraseLine(passphrase, onPassphrase, word("start_rescue_new_passphrase"), Modifier.testTag("rescue_new_passphrase"))
}

@Composable
private fun MoveInScreen(
    state: RestoreState,
    actions: RestoreActions,
    onBack: (() -> Unit)?,
) {
    var passphrase by remember { mutableStateOf("") }
    var name by rememberSaveable { mutableStateOf("") }
    HiddenScreen()
    StartFrame(word("start_restore_move_in_title"), word("start_restore_move_in_sealed"), onBack) {
        PassphraseLine(passphrase, { passphrase = it }, word("start_passphrase_label"), Modifier.testTag("restore_passphrase"))
        if (state.clash) {
            Text(word("start_restore_clash"), style = MaterialTheme.typography.titleMedium)
            TextLine(name, { name = it }, word("start_restore_new_name"), Modifier.testTag("restore_name"))
        }
        state.failure?.takeUnless { it.name == CLASH }?.let { ErrorLine(errorText(it)) }
        val ready = passphrase.isNotEmpty() && (!state.clash || name.isNotBlank())
        MainButton(word("start_restore_move_in_go"), { actions.moveIn(passphrase, name.takeIf { state.clash }) }, enabled = ready, icon = Icons.Import)
    }
}
