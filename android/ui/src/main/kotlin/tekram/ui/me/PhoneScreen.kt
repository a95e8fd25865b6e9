// What belongs to the phone and not to a profile, and holds while every profile is locked: players that may be noticed, what
// the app speaks up about, the proxy, the widget, the diagnostic log. A device that has such a page opens it by a link.
package tekram.ui.me

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardType
import tekram.ui.common.ErrorLine
import tekram.ui.common.Icons
import tekram.ui.common.MainButton
import tekram.ui.common.OtherButton
import tekram.ui.common.QuietButton
import tekram.ui.common.ScreenFrame
import tekram.ui.common.ScrollingColumn
import tekram.ui.common.Section
import tekram.ui.common.Shown
import tekram.ui.common.TextLine
import tekram.ui.common.ToggleRow
import tekram.ui.common.errorText
import tekram.ui.common.word

/** An app that plays, or played when it was allowed. */
data class Player(
    val packageName: String,
    val name: String,
    /** The profile that notices what it plays; none while it is not allowed. */
    val profile: String?,
    /** That profile is the open one, which alone can switch it off. */
    val isMine: Boolean = profile != null,
)

/** What the app speaks up about by itself. */
enum class Notice(
    val wordKey: String,
) {
    Offer("me_notifications_offer"),
    Statement("me_notifications_statement"),
    History("me_notifications_history"),
}

/** Whether the person wants a kind of notice, and whether the phone's own settings let it through. */
data class NoticeSwitch(
    val notice: Notice,
    val wanted: Boolean,
    val blocked: Boolean = false,
)

/** The proxy: the one in use, and the one that the next start takes. */
data class ProxyState(
    val used: String? = null,
    val next: String? = null,
    /** What was typed is no proxy's address. */
    val wrong: Boolean = false,
)

/** What the screen shows. */
data class PhoneScreenState(
    val granted: Boolean = false,
    /** Players are allowed for the profile that is open. */
    val profileOpen: Boolean = false,
    val players: List<Player> = emptyList(),
    /** The phone lets no notice of this app through. */
    val noticesBlocked: Boolean = false,
    val notices: List<NoticeSwitch> = emptyList(),
    val widgetSaysAmounts: Boolean = false,
    val proxy: ProxyState = ProxyState(),
    /** How saving the log ended. */
    val log: LogSaved? = null,
    /** Why a player could not be allowed, or no longer. */
    val failure: Shown? = null,
)

/** What the screen can be asked to do. */
interface PhoneScreenActions {
    /** Leaves the screen. */
    fun back()

    /** Opens the system's list of apps that may see what is played. */
    fun grant()

    /** Lets the open profile notice what a player plays, or no longer. */
    fun allow(
        player: Player,
        allowed: Boolean,
    )

    /** Whether a kind of notice is wanted. */
    fun want(
        notice: Notice,
        wanted: Boolean,
    )

    /** Opens the system's settings of this app's notices. */
    fun noticeSettings()

    /** Whether the widget may say names and amounts. */
    fun widgetSaysAmounts(allowed: Boolean)

    /** Keeps the proxy for the next start; none for null. */
    fun useProxy(address: String?)

    /** Writes the diagnostic log to where the person says. */
    fun saveLog()
}

/** `me_phone`: settings of this phone. */
@Composable
fun PhoneScreen(
    state: PhoneScreenState,
    actions: PhoneScreenActions,
) = ScreenFrame(word("me_phone_title"), actions::back) {
    ScrollingColumn {
        Text(word("me_phone_text"))
        Listening(state, actions)
        Notices(state, actions)
        Section(word("common_widget_split_title")) {
            ToggleRow(
                word("me_notifications_lock_screen"),
                word("me_notifications_lock_screen_text"),
                state.widgetSaysAmounts,
                onChange = actions::widgetSaysAmounts,
            )
        }
        Proxy(state.proxy, actions)
        LogSection(state.log, actions::saveLog)
    }
}

@Composable
private fun Listening(
    state: PhoneScreenState,
    actions: PhoneScreenActions,
) = Section(word("history_capture_title")) {
    Text(word("history_capture_text_android"))
    state.failure?.let { ErrorLine(errorText(it)) }
    when {
        !state.profileOpen -> {
            Text(word("me_listening_locked_android"))
        }

        !state.granted -> {
            Text(word("me_listening_grant_android"))
            MainButton(word("me_listening_grant_button_android"), actions::grant)
        }

        state.players.isEmpty() -> {
            Text(word("me_listening_nobody_android"))
        }

        else -> {
            state.players.forEach {
                ToggleRow(
                    it.name,
                    it.profile?.let { name -> word("me_listening_profile_android", name) },
                    it.isMine,
                ) { on -> actions.allow(it, on) }
            }
        }
    }
}

@Composable
private fun Notices(
    state: PhoneScreenState,
    actions: PhoneScreenActions,
) = Section(word("me_notifications")) {
    Text(word("me_notifications_text"))
    state.notices.forEach { one ->
        val more = word("me_notifications_blocked_one").takeIf { one.blocked && !state.noticesBlocked }
        ToggleRow(word(one.notice.wordKey), more, one.wanted) { on -> actions.want(one.notice, on) }
    }
    if (state.noticesBlocked) Text(word("me_notifications_blocked"), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
    if (state.noticesBlocked || state.notices.any { it.blocked }) OtherButton(word("common_open_settings"), actions::noticeSettings)
}

@Composable
internal fun Proxy(
    state: ProxyState,
    actions: PhoneScreenActions,
) = Section(word("me_proxy")) {
    var typed by remember(state.next) { mutableStateOf(state.next.orEmpty()) }
    state.used?.let { Text(word("me_proxy_on", it)) }
    TextLine(
        typed,
        { typed = it },
        word("me_proxy_address"),
        Modifier.testTag("me_proxy"),
        below = word(if (state.wrong) "me_proxy_wrong" else "me_proxy_hint"),
        wrong = state.wrong,
        keyboard = KeyboardType.Uri,
        onDone = { actions.useProxy(typed) },
    )
    OtherButton(word("common_apply"), { actions.useProxy(typed) }, enabled = typed.isNotBlank() && typed.trim() != state.next)
    if (state.next != null) QuietButton(word("me_proxy_stop"), { actions.useProxy(null) }, icon = Icons.Close)
    if (state.next != state.used) Text(word("me_proxy_next_start"), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
}
