// The screen of what belongs to the phone: a list of players with switches, the widget, the technical log.
package tekram.app

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import tekram.ui.common.ListRow
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.word

/** An app that plays, or played when it was allowed. */
data class Player(
    val packageName: String,
    val name: String,
    /** The profile that notices what it plays; none while it is not allowed. */
    val profile: String?,
)

/** What the screen shows. */
data class PhoneScreenState(
    val granted: Boolean = false,
    /** Players are allowed for the profile that is open. */
    val profileOpen: Boolean = false,
    val players: List<Player> = emptyList(),
    val widgetSaysAmounts: Boolean = false,
)

/** What the screen can be asked to do. */
interface PhoneScreenActions {
    fun back()

    fun grant()

    fun allow(
        player: Player,
        allowed: Boolean,
    )

    fun widgetSaysAmounts(allowed: Boolean)

    fun saveLog()
}

/** Settings of this phone. */
@Composable
fun PhoneScreen(
    state: PhoneScreenState,
    actions: PhoneScreenActions,
) = ScreenFrame(word("app_phone_title"), actions::back) {
    ScrollingColumn {
        Section(word("history_capture_title")) {
            Text(word("history_capture_text_android"))
            when {
                !state.profileOpen -> {
                    Text(word("app_listening_locked"))
                }

                !state.granted -> {
                    Text(word("app_listening_grant"))
                    MainButton(word("app_listening_grant_button"), actions::grant)
                }

                state.players.isEmpty() -> {
                    Text(word("app_listening_nobody"))
                }

                else -> {
                    state.players.forEach {
                        Toggle(
                            it.name,
                            it.profile?.let { name -> word("app_listening_profile", name) },
                            it.profile != null,
                        ) { on -> actions.allow(it, on) }
                    }
                }
            }
        }
        Section(word("common_widget_split_title")) {
            Toggle(word("me_notifications_lock_screen"), word("me_notifications_lock_screen_text"), state.widgetSaysAmounts, actions::widgetSaysAmounts)
        }
        Section(word("app_log_title")) {
            Text(word("app_log_text"))
            OtherButton(word("app_log_export"), actions::saveLog)
        }
    }
}

@Composable
private fun Toggle(
    title: String,
    more: String?,
    on: Boolean,
    change: (Boolean) -> Unit,
) = ListRow(
    title,
    Modifier.fillMaxWidth().toggleable(on, role = Role.Switch, onValueChange = change),
    below = more,
    end = { Switch(on, onCheckedChange = null) },
)
