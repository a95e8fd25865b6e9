// What lives as long as the process: the core, the phone around it, and what the system starts without a screen (listening
// along, work in the background). It opens no profile; it only knows whether a screen has one open.
package tekram.app

import android.app.Application
import android.app.PendingIntent
import android.content.Intent
import android.net.Uri
import kotlinx.coroutines.MainScope
import tekram.ffi.Agent
import tekram.ffi.AgentSettings
import tekram.ffi.quietPanics
import tekram.platform.capture.AllowedPlayers
import tekram.platform.capture.CaptureHost
import tekram.platform.capture.CaptureService
import tekram.platform.capture.HeardSink
import tekram.platform.core.CoreConnectivity
import tekram.platform.core.CoreEars
import tekram.platform.core.CoreKeyStore
import tekram.platform.core.CoreLocation
import tekram.platform.diagnose.DiagnosticLog
import tekram.platform.diagnose.UncaughtExceptions
import tekram.platform.keys.AndroidHardwareKeys
import tekram.platform.keys.PhoneKeys
import tekram.platform.keys.PromptWords
import tekram.platform.keys.SystemPrompt
import tekram.platform.net.PhoneNetwork
import tekram.platform.notice.NoticeKind
import tekram.platform.notice.NoticeWords
import tekram.platform.notice.Notices
import tekram.platform.place.PhonePlace
import tekram.platform.work.HistoryHost
import tekram.platform.work.HistoryReminder
import tekram.platform.work.MonthReminder
import tekram.platform.work.PoliteWork
import tekram.platform.work.ReminderHost
import tekram.platform.work.WorkHost
import tekram.platform.work.WorkKind
import tekram.platform.work.WorkService
import tekram.ui.common.attempt
import tekram.ui.history.feed.PlayerModel
import tekram.ui.start.Session
import java.io.File
import java.util.TimeZone

/** The process. */
class TekramApplication :
    Application(),
    CaptureHost,
    WorkHost,
    ReminderHost,
    HistoryHost {
    override val diagnostics by lazy { DiagnosticLog(File(noBackupFilesDir, "diagnostics")) }
    override val allowedPlayers by lazy { AllowedPlayers(this) }

    /** Which players may be noticed. */
    val listening by lazy {
        Listening(allowedPlayers, { CaptureService.installedPlayers(packageManager) }, { CaptureService.playerName(packageManager, it) }) { openSession() }
    }
    private val questions = Questions()
    private val permissions by lazy { Permissions(this) { questions.activity } }
    private val prompt by lazy { SystemPrompt(this) { questions.activity } }
    private val keys by lazy { PhoneKeys(AndroidHardwareKeys(this), { prompt.guard }) }

    /** The phone around the screens. */
    val device by lazy {
        val presence = HardwarePresence(keys, prompt, diagnostics) { PromptWords(getString(R.string.start_presence_title), getString(R.string.common_cancel)) }
        PhoneDevice(this, presence, questions, permissions, ownEdition, ::forget, listening::decided, endpoint = endpoint)
    }

    private val ownEdition = lazy { PhoneEdition(PhoneEdition.railsOff(resources), PhoneSettings(this).proxy, diagnostics) }

    /** What this app was built and started with. A proxy that is kept later holds from the next start on. */
    val edition: PhoneEdition by ownEdition

    /** The core. Its folder is left out of every backup by the system itself, and by the rules of the manifest. */
    val agent: Agent by lazy {
        Agent.open(
            AgentSettings(vaults(this).path, allow = emptyList(), proxy = edition.proxy, railsOff = edition.railsOff.toList(), zone = TimeZone.getDefault().id),
            CoreKeyStore(keys, diagnostics),
            CoreLocation(PhonePlace(this, device::takeExactPlace), permissions::place),
            CoreConnectivity(PhoneNetwork(this)),
        )
    }

    /** What the built-in player shows outside the app. */
    val playerOutside by lazy { PlayerOutside(this) }
    private val madePlayback = lazy { PlayerModel(agent, SoundPlayer(this, playerOutside::show), MainScope(), proxied = edition.proxy != null) }

    /** The built-in player. */
    val playback: PlayerModel by madePlayback

    /** Who asks what of a screen. */
    val asking: Questions get() = questions

    /** The profile that a screen has open; none while everything is locked, or due to be. */
    var openSession: () -> Session? = { null }

    /** What may be said and done while nobody looks. */
    val work by lazy { PoliteWork(this, WorkService::class.java) }
    private val background by lazy { BackgroundWork(agent, { openSession()?.persona }) { tell(NoticeKind.OfferArrived) } }

    /** Speaks up about what came in, when the person wants to hear of it. */
    val notices by lazy { Notices(this, R.drawable.ic_mark, PhoneSettings(this)::wants, ::words) }

    override val reminder by lazy { MonthReminder(this) }

    override val historyReminder by lazy { HistoryReminder(this) }

    private val landing by lazy { Landing { openSession()?.persona } }

    override val heardSink by lazy {
        val ears = CoreEars({ agent }, diagnostics)
        HeardSink { profile, events ->
            ears.heard(profile, events)
            landing.land()
        }
    }

    /** The endpoint by which other apps tell what they played. */
    val endpoint by lazy { AppsEndpoint(this, { agent }, diagnostics, { permissions.notices() }, landing::land) }

    override fun onCreate() {
        super.onCreate()
        UncaughtExceptions.install(diagnostics)
        diagnostics.note(DiagnosticLog.Moment.Started)
        quietPanics()
        notices.makeChannels()
        device.tidy()
    }

    override fun work(kind: WorkKind): (suspend () -> Unit)? = background.of(kind)

    /** The app came to the screen, or left it with a profile open or locked. */
    fun front(isInFront: Boolean) {
        background.front(isInFront)
        work.cancelAll()
        if (isInFront) openSession()?.let(::askAboutNotices)
        if (isInFront) landing.land()
        if (isInFront) endpoint.goOn()
        if (!isInFront && openSession() != null) WorkKind.entries.forEach(work::schedule)
        if (isInFront) NoticeKind.entries.forEach(notices::clear)
    }

    private fun askAboutNotices(session: Session) {
        // A failure is shown by the screen that lists the requests.
        val isOut = runCatching { session.persona.intents().any { it.state == BackgroundWork.OUT } }.getOrDefault(false)
        if (isOut || reminder.isWanted || historyReminder.isWanted) permissions.notices()
    }

    override fun monthIsOver() = tell(NoticeKind.StatementReady)

    override fun historyIsReady() = tell(NoticeKind.HistoryReady)

    /** A profile was opened, or with null everything was locked: of what plays, the outside sees only what it may. */
    fun playsFor(session: Session?) {
        if (madePlayback.isInitialized()) session?.persona?.let(playback::opened) ?: playback.locked()
    }

    /** What the open profile asked for elsewhere may have changed. */
    suspend fun requestsChanged(session: Session) {
        attempt { session.persona.run { id() to historyRequests().filter { it.cameMs == null }.map { it.readyMs } } }
            .onSuccess { (profile, readyMs) -> historyReminder.of(profile, readyMs) }
    }

    /** The split of the open profile may have changed: the widget and the month's reminder go by it. */
    suspend fun splitChanged(session: Session) {
        SplitWidget.refresh(this, session)
        attempt { session.persona.run { id() to (rules() != null && holdings().listens > 0uL) } }
            .onSuccess { (profile, hasSplit) -> reminder.of(profile, hasSplit) }
    }

    /** A profile was deleted: nothing may be sealed for it any more, and nothing on the phone names it. */
    private fun forget(profile: String) {
        allowedPlayers.forget(profile)
        if (madePlayback.isInitialized()) playback.forget(profile)
        endpoint.answer(profile, wanted = false)
        reminder.forget(profile)
        historyReminder.forget(profile)
        if (openSession() == null) SplitWidget.forget(this)
    }

    private fun tell(kind: NoticeKind) {
        val room =
            when (kind) {
                NoticeKind.OfferArrived -> "want"
                NoticeKind.StatementReady -> "pay"
                NoticeKind.HistoryReady -> "history"
            }
        val opening = Intent(Intent.ACTION_VIEW, Uri.parse("tekram:$room"), this, MainActivity::class.java)
        notices.show(kind, PendingIntent.getActivity(this, kind.id, opening, PendingIntent.FLAG_IMMUTABLE))
    }

    private fun words(kind: NoticeKind): NoticeWords {
        val locked = getString(R.string.common_notify_locked)
        return when (kind) {
            NoticeKind.OfferArrived -> {
                NoticeWords(
                    getString(R.string.common_channel_offers),
                    getString(R.string.common_notify_offer_title),
                    getString(R.string.common_notify_offer_text),
                    locked,
                )
            }

            NoticeKind.StatementReady -> {
                NoticeWords(
                    getString(R.string.common_channel_statements),
                    getString(R.string.common_notify_statement_title),
                    getString(R.string.common_notify_statement_text),
                    locked,
                )
            }

            NoticeKind.HistoryReady -> {
                NoticeWords(
                    getString(R.string.common_channel_histories),
                    getString(R.string.common_notify_history_title),
                    getString(R.string.common_notify_history_text),
                    locked,
                )
            }
        }
    }

    companion object {
        /** Folder of all profiles. */
        fun vaults(application: Application): File = File(application.noBackupFilesDir, "vaults")
    }
}
