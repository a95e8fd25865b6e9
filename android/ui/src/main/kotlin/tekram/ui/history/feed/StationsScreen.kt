// Radio stations: which there are, adding one by the address of its stream, taking one off the list, and playing it.
package tekram.ui.history.feed

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Station
import tekram.ui.common.ErrorLine
import tekram.ui.common.IconAction
import tekram.ui.common.Icons
import tekram.ui.common.ListRow
import tekram.ui.common.MainButton
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.PhasePane
import tekram.ui.common.ScreenFrame
import tekram.ui.common.Shown
import tekram.ui.common.TextLine
import tekram.ui.common.attempt
import tekram.ui.common.errorText
import tekram.ui.common.phase
import tekram.ui.common.phaseWords
import tekram.ui.common.screenPadding
import tekram.ui.common.shown
import tekram.ui.common.touchable
import tekram.ui.common.word
import tekram.ui.start.Session

/** The stations. */
data class StationsState(
    val phase: Phase = Phase.Loading,
    val stations: List<Station> = emptyList(),
    val failure: Shown? = null,
)

/** Lists the stations, adds one and takes one off the list. */
class StationsModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(StationsState())
    private val newest = Newest()

    val state: StateFlow<StationsState> = states.asStateFlow()

    init {
        reload()
    }

    /** Reads the list again. */
    fun reload() {
        viewModelScope.launch {
            val answer = newest.read { session.persona.stations() } ?: return@launch
            states.update { state ->
                answer.fold(
                    { state.copy(phase = if (it.isEmpty()) Phase.Empty else Phase.Ready, stations = it) },
                    { state.copy(phase = it.phase()) },
                )
            }
        }
    }

    /**
     * Adds the station whose stream is at [address]; [onDone] hears that it was taken. Android plays nothing that is not encrypted
     * on its way, so such an address is not taken.
     */
    fun add(
        name: String,
        address: String,
        onDone: () -> Unit,
    ) = change({ session.persona.addStation(name.trim(), address.trim(), false) }, onDone)

    /** Takes a station off the list. */
    fun remove(station: Long) = change({ session.persona.removeStation(station) }, {})

    private fun change(
        call: () -> Any,
        onDone: () -> Unit,
    ) {
        viewModelScope.launch {
            val answer = attempt { call() }
            states.update { it.copy(failure = answer.exceptionOrNull()?.shown()) }
            if (answer.isSuccess) onDone()
            reload()
        }
    }
}

/** What the list of stations leads to. */
interface StationsActions {
    /** Adds a station; [onDone] hears that it was taken. */
    fun add(
        name: String,
        address: String,
        onDone: () -> Unit,
    )

    /** Takes a station off the list. */
    fun remove(station: Long)

    /** Plays a station; null where this device has no player. */
    val play: ((Long) -> Unit)?
}

/** `history_feed_stations`: the radio stations; [problem] is why the player does not play. */
@Composable
fun StationsScreen(
    state: StationsState,
    actions: StationsActions,
    problem: Shown?,
    onRetry: () -> Unit,
    onBack: (() -> Unit)?,
) = ScreenFrame(word("history_player_stations"), onBack) {
    Column {
        if (state.phase != Phase.Ready) StationsHead(state, problem, actions)
        PhasePane(state.phase, phaseWords("history_player_stations"), onRetry = onRetry) {
            LazyColumn {
                item { StationsHead(state, problem, actions) }
                items(state.stations, { it.station }) { StationRow(it, actions) }
            }
        }
    }
}

@Composable
private fun StationsHead(
    state: StationsState,
    problem: Shown?,
    actions: StationsActions,
) = Column(Modifier.padding(horizontal = screenPadding), verticalArrangement = Arrangement.spacedBy(8.dp)) {
    var name by rememberSaveable { mutableStateOf("") }
    var address by rememberSaveable { mutableStateOf("") }
    TextLine(name, { name = it }, word("history_player_station_name"))
    TextLine(address, { address = it }, word("history_player_station_address"), keyboard = KeyboardType.Uri)
    val add = {
        actions.add(name, address) {
            name = ""
            address = ""
        }
    }
    MainButton(word("history_player_station_add"), add, enabled = address.isNotBlank())
    (state.failure ?: problem)?.let {
        // The words of the core offer to allow it, which Android does not.
        ErrorLine(if (it.name == "insecure_stream") word("history_player_station_insecure") else errorText(it))
    }
}

@Composable
private fun StationRow(
    station: Station,
    actions: StationsActions,
) {
    var asking by rememberSaveable { mutableStateOf(false) }
    val below = if (station.insecure) word("history_player_station_insecure") else station.address
    val play = actions.play?.takeUnless { station.insecure }
    ListRow(station.name, below = below, icon = Icons.Radio, onClick = play?.let { { it(station.station) } }) {
        IconAction(Icons.Delete, word("history_player_station_remove_a11y", station.name)) { asking = true }
    }
    if (asking) {
        AlertDialog(
            onDismissRequest = { asking = false },
            title = { Text(station.name) },
            text = { Text(word("history_player_station_remove_sure")) },
            confirmButton = {
                TextButton({
                    asking = false
                    actions.remove(station.station)
                }, Modifier.touchable()) { Text(word("history_player_station_remove")) }
            },
            dismissButton = { TextButton({ asking = false }, Modifier.touchable()) { Text(word("common_cancel")) } },
        )
    }
}
