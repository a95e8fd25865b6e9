// What belongs to the phone and not to a profile: which players may be noticed, what the widget may say, and the technical
// log. It can be opened while everything is locked, shows nothing of a profile but its name, and is linked from the system's
// page about the app.
package tekram.app

import android.Manifest
import android.content.ComponentName
import android.content.Intent
import android.media.session.MediaSessionManager
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.provider.Settings
import android.view.WindowManager
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.material3.Surface
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.mutableStateOf
import androidx.compose.ui.Modifier
import androidx.core.app.NotificationManagerCompat
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import tekram.ffi.PersonaEntry
import tekram.platform.capture.CaptureService
import tekram.platform.notice.NoticeKind
import tekram.ui.common.LocalWords
import tekram.ui.common.Shown
import tekram.ui.common.TekramTheme
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.me.LogSaved
import tekram.ui.me.Notice
import tekram.ui.me.NoticeSwitch
import tekram.ui.me.PhoneScreen
import tekram.ui.me.PhoneScreenActions
import tekram.ui.me.PhoneScreenState
import tekram.ui.me.Player

/** Settings of this phone. */
class PhoneActivity : ComponentActivity() {
    private val process get() = application as TekramApplication
    private val scope = MainScope()
    private val shown = mutableStateOf(PhoneScreenState())
    private val saving =
        registerForActivityResult(ActivityResultContracts.CreateDocument("text/plain")) { to -> if (to != null) scope.launch { save(to) } }

    private val asking = registerForActivityResult(ActivityResultContracts.RequestPermission()) { scope.launch { refresh() } }

    override fun onCreate(savedInstanceState: Bundle?) {
        enableEdgeToEdge()
        super.onCreate(savedInstanceState)
        // Names of profiles stand here, as on the lock.
        window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        val words = PhoneWords(resources, packageName)
        setContent {
            TekramTheme {
                CompositionLocalProvider(LocalWords provides words) {
                    Surface(Modifier.safeDrawingPadding()) { PhoneScreen(shown.value, actions) }
                }
            }
        }
    }

    override fun onResume() {
        super.onResume()
        scope.launch { refresh() }
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    private suspend fun refresh(failure: Shown? = null) {
        val (profiles, open) = attempt { process.agent.personas() to process.openSession()?.persona?.id() }.getOrDefault(emptyList<PersonaEntry>() to null)
        val granted = packageName in NotificationManagerCompat.getEnabledListenerPackages(this)
        val allowed = process.allowedPlayers.all()
        val playing = if (granted) playing() else emptyList()
        val players =
            (playing + allowed.keys).distinct().map {
                Player(it, CaptureService.playerName(packageManager, it), profileName(profiles, allowed[it]), allowed[it] != null && allowed[it] == open)
            }
        val settings = PhoneSettings(this)
        shown.value =
            PhoneScreenState(
                granted,
                process.openSession() != null,
                players.sortedBy { it.name },
                process.notices.areBlocked,
                NoticeKind.entries.map { NoticeSwitch(it.shown(), settings.wants(it), process.notices.isBlocked(it)) },
                settings.widgetSaysAmounts,
                shown.value.proxy.copy(used = process.edition.proxy, next = settings.proxy),
                shown.value.log,
                failure,
            )
    }

    private fun playing(): List<String> =
        getSystemService(MediaSessionManager::class.java)
            ?.getActiveSessions(ComponentName(this, CaptureService::class.java))
            .orEmpty()
            .map { it.packageName }
            // The built-in player tells the log by itself.
            .filter { it != packageName }

    private fun profileName(
        profiles: List<PersonaEntry>,
        id: String?,
    ): String? = id?.let { profiles.find { profile -> profile.id == it }?.name }

    private val actions =
        object : PhoneScreenActions {
            override fun back() = finish()

            override fun grant() = startActivity(Intent(Settings.ACTION_NOTIFICATION_LISTENER_SETTINGS))

            override fun allow(
                player: Player,
                allowed: Boolean,
            ) {
                scope.launch {
                    val answer = process.listening.allow(player.packageName, player.name, allowed)
                    refresh(answer.exceptionOrNull()?.shown())
                }
            }

            override fun want(
                notice: Notice,
                wanted: Boolean,
            ) {
                val kind = NoticeKind.entries.first { it.shown() == notice }
                PhoneSettings(this@PhoneActivity).want(kind, wanted)
                if (!wanted) process.notices.clear(kind)
                // Only where the system still asks; after a refusal its settings are the way, and the screen leads there.
                if (wanted && process.notices.areBlocked && Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
                    asking.launch(Manifest.permission.POST_NOTIFICATIONS)
                }
                scope.launch { refresh() }
            }

            override fun noticeSettings() =
                startActivity(Intent(Settings.ACTION_APP_NOTIFICATION_SETTINGS).putExtra(Settings.EXTRA_APP_PACKAGE, packageName))

            override fun useProxy(address: String?) {
                val read = address?.let(ProxyAddress::read)
                val wrong = address != null && read == null
                shown.value = shown.value.run { copy(proxy = proxy.copy(wrong = wrong)) }
                if (wrong) return
                PhoneSettings(this@PhoneActivity).proxy = read
                scope.launch { refresh() }
            }

            override fun widgetSaysAmounts(allowed: Boolean) {
                PhoneSettings(this@PhoneActivity).widgetSaysAmounts = allowed
                if (!allowed) SplitWidget.locked(process)
                scope.launch {
                    process.openSession()?.let { SplitWidget.refresh(process, it) }
                    refresh()
                }
            }

            override fun saveLog() = saving.launch("tekram-log.txt")
        }

    private suspend fun save(to: Uri) {
        val log = process.diagnostics
        val saved =
            withContext(Dispatchers.IO) {
                when {
                    log.lines().isEmpty() -> LogSaved.Empty
                    Documents.write(this@PhoneActivity, to, log::export) -> LogSaved.Saved
                    else -> LogSaved.Failed
                }
            }
        shown.value = shown.value.copy(log = saved)
    }
}

private fun NoticeKind.shown(): Notice =
    when (this) {
        NoticeKind.OfferArrived -> Notice.Offer
        NoticeKind.StatementReady -> Notice.Statement
        NoticeKind.HistoryReady -> Notice.History
    }
