// The built-in player: one for the process, whatever room is shown. It plays on while the profile is locked, for the profile
// that began it; what it does goes to the core as events at once, and only a neutral word of it is seen outside then.
package tekram.ui.history.feed

import androidx.compose.runtime.staticCompositionLocalOf
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Agent
import tekram.ffi.Persona
import tekram.ffi.Playable
import tekram.ffi.PlayerEvent
import tekram.ffi.PlayerMedia
import tekram.ffi.onAir
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.shown
import java.util.UUID
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** What is in hand, and how it stands with it. */
data class PlayerState(
    /** What is in hand; nothing when the player is closed. */
    val playable: Playable? = null,
    /** Which episode it is; nothing for a station. */
    val episode: Long? = null,
    /** The profile that it plays for. */
    val profile: String? = null,
    /** It was told to play. */
    val on: Boolean = false,
    /** It loads. */
    val waits: Boolean = false,
    /** Where in the medium it is, as it was looked at last. */
    val positionMs: Long = 0,
    /** How long the medium is, if known. */
    val lengthMs: Long? = null,
    /** How fast it plays, in thousandths of the normal speed. */
    val permille: Long = NORMAL,
    /** What sounds; of a station with what it says is on. */
    val media: PlayerMedia? = null,
    /** When it falls silent by itself, by the device's clock. */
    val sleepsAtMs: Long? = null,
    /** Why it does not play. */
    val problem: Shown? = null,
    /** Why what it plays is not kept. */
    val notKept: Shown? = null,
) {
    /** It has no beginning and no end. */
    val live: Boolean get() = playable?.live == true
}

/**
 * The built-in player. It plays with [player]; not at all when everything is [proxied], which the phone's player does not
 * honour. While it sounds it says so every [pulse]: that much is lost at most when the system ends the app. It belongs to
 * the main thread, as [scope] does.
 */
class PlayerModel(
    private val agent: Agent,
    private val player: Player,
    private val scope: CoroutineScope,
    private val proxied: Boolean = false,
    private val pulse: Duration = 15.seconds,
) {
    private val states = MutableStateFlow(PlayerState())

    /** One after the other, in the order in which they happened. */
    @OptIn(ExperimentalCoroutinesApi::class)
    private val sealing = Dispatchers.IO.limitedParallelism(1)
    private var persona: Persona? = null
    private var log: PlayerLog? = null
    private var beating: Job? = null
    private var sleeping: Job? = null
    private var asked = 0

    val state: StateFlow<PlayerState> = states.asStateFlow()

    init {
        player.whenNews = ::hear
        player.whenAsked = ::obey
    }

    /** Plays an episode for the open profile [of]: from [atMs], else from where it was left. */
    fun play(
        episode: Long,
        of: Persona,
        atMs: Long? = null,
    ) {
        val now = states.value
        if (now.episode == episode && now.profile == of.id() && log != null) {
            atMs?.let(::seek)
            return resume()
        }
        take({ of.playableEpisode(episode) }, of, episode, atMs)
    }

    /** Plays a station for the open profile [of]. */
    fun playStation(
        station: Long,
        of: Persona,
    ) = take({ of.playableStation(station) }, of, null, null)

    /** Of two that are asked for at once, the later one plays. */
    private fun take(
        read: suspend () -> Playable,
        persona: Persona,
        episode: Long?,
        atMs: Long?,
    ) {
        asked += 1
        val number = asked
        scope.launch {
            val answer = attempt { read() }
            if (number != asked) return@launch
            answer.fold(
                { start(it, persona, episode, atMs) },
                { failure -> states.update { it.copy(problem = failure.shown()) } },
            )
        }
    }

    private fun start(
        playable: Playable,
        persona: Persona,
        episode: Long?,
        atMs: Long?,
    ) {
        close()
        if (proxied) return states.update { it.copy(problem = PROXIED) }
        this.persona = persona
        states.value = PlayerState(playable, episode, persona.id())
        begin(playable, atMs ?: playable.resumeMs)
        resume()
    }

    /** Goes on; from the beginning after the end. */
    fun resume() {
        val playable = states.value.playable ?: return
        if (log == null) begin(playable, 0)
        states.update { it.copy(on = true) }
        player.play(states.value.permille)
        showOutside()
    }

    /** Stops for the moment. */
    fun pause() = player.pause()

    /** Goes on, or stops for the moment. */
    fun toggle() = if (states.value.on) pause() else resume()

    /** On by [ms]; back when below zero. */
    fun skip(ms: Long) {
        place?.let { seek(it + ms) }
    }

    /** To a place. */
    fun seek(toMs: Long) {
        val now = states.value
        if (now.playable == null || now.live) return
        val target = toMs.coerceIn(0, now.lengthMs?.coerceAtLeast(0) ?: Long.MAX_VALUE)
        // After the end, or what could not be played, it begins anew.
        if (log == null) return begin(now.playable, target)
        // Where it was is asked before it moves.
        log?.moved(player.now, place, target)
        player.seek(target)
        states.update { it.copy(positionMs = target) }
        showOutside()
    }

    /** At another speed, between half and three times the normal one; a station has one speed. */
    fun speed(permille: Long) {
        if (states.value.live) return
        val chosen = permille.coerceIn(SLOWEST, FASTEST)
        states.update { it.copy(permille = chosen) }
        log?.speed(chosen, player.now, place)
        if (states.value.on) player.play(chosen)
        showOutside()
    }

    /** Falls silent after so many [minutes]; with null it plays on. */
    fun sleep(minutes: Int?) {
        sleeping?.cancel()
        states.update { state -> state.copy(sleepsAtMs = minutes?.let { player.now.atMs + it.minutes.inWholeMilliseconds }) }
        if (minutes == null) return
        sleeping =
            scope.launch {
                delay(minutes.minutes)
                pause()
                states.update { it.copy(sleepsAtMs = null) }
            }
    }

    /** Lets go of what is in hand. */
    fun close() {
        if (states.value.playable != null) {
            end()
            player.unload()
            player.show(null)
        }
        sleeping?.cancel()
        persona = null
        states.value = PlayerState()
    }

    /** Looks where it is; a screen that shows it does so again and again. */
    fun look() {
        place?.let { at -> states.update { it.copy(positionMs = at) } }
    }

    /** Everything was locked: it plays on, and nothing outside the app names what. */
    fun locked() {
        persona = null
        showOutside()
    }

    /** A profile was opened. */
    fun opened(persona: Persona) {
        if (states.value.profile != persona.id()) return locked()
        this.persona = persona
        showOutside()
    }

    /** The profile with this id was deleted. */
    fun forget(profile: String) {
        // Whoever deletes does not do so on the main thread.
        scope.launch { if (states.value.profile == profile) close() }
    }

    private val place: Long?
        get() {
            val now = states.value
            return if (now.playable == null || now.live) null else player.positionMs
        }

    private fun begin(
        playable: Playable,
        fromMs: Long,
    ) {
        val profile = states.value.profile ?: return
        val began = PlayerLog(playable, UUID.randomUUID().toString()) { seal(profile, it) }
        log = began
        states.update { it.copy(media = playable.media, lengthMs = playable.media.mediaMs, positionMs = fromMs, problem = null) }
        player.load(playable.url, fromMs, playable.live)
        began.begin(player.now, fromMs.takeUnless { playable.live })
    }

    private fun seal(
        profile: String,
        events: List<PlayerEvent>,
    ) {
        scope.launch(sealing) {
            // A full disk loses these events and nothing else.
            runCatching { agent.capture(profile, events) }.onFailure { failure -> states.update { it.copy(notKept = failure.shown()) } }
        }
    }

    private fun end() {
        beating?.cancel()
        log?.end(player.now, place)
        log = null
        takeIn()
    }

    private fun hear(news: PlayerNews) {
        val playable = states.value.playable ?: return
        when (news) {
            PlayerNews.Sounds -> {
                states.update { it.copy(on = true, waits = false, problem = null) }
                log?.sounding(player.now, place)
                beat()
            }

            PlayerNews.Waits -> {
                states.update { it.copy(waits = true) }
                log?.silent(player.now, place)
            }

            PlayerNews.Stopped -> {
                silent()
            }

            is PlayerNews.Length -> {
                if (news.ms > 0 && !playable.live) states.update { it.copy(lengthMs = news.ms) }
                log?.length(news.ms, player.now, place)
            }

            is PlayerNews.StreamTitle -> {
                if (playable.live) nowOn(onAir(playable.media, news.words))
            }

            PlayerNews.Ended -> {
                silent()
                end()
            }

            PlayerNews.Failed -> {
                silent()
                states.update { it.copy(problem = FAILED) }
            }
        }
        look()
        showOutside()
    }

    private fun nowOn(media: PlayerMedia) {
        states.update { it.copy(media = media) }
        log?.onAir(media, player.now)
    }

    private fun silent() {
        states.update { it.copy(on = false, waits = false) }
        beating?.cancel()
        log?.silent(player.now, place)
        takeIn()
    }

    private fun obey(command: PlayerCommand) =
        when (command) {
            PlayerCommand.Play -> resume()
            PlayerCommand.Pause -> pause()
            is PlayerCommand.Seek -> seek(command.toMs)
            is PlayerCommand.Speed -> speed(command.permille)
            PlayerCommand.Close -> close()
        }

    /** Says again and again that it still sounds. */
    private fun beat() {
        beating?.cancel()
        beating =
            scope.launch {
                while (true) {
                    delay(pulse)
                    log?.goesOn(player.now, place)
                }
            }
    }

    /** What waits goes into the log, after what was sealed before; while it is locked, the next unlocking does it. */
    private fun takeIn() {
        val persona = persona ?: return
        scope.launch(sealing) { attempt { persona.drain() } }
    }

    private fun showOutside() {
        val now = states.value
        val media = now.media ?: return
        val isKnown = persona != null
        val title = media.title.ifEmpty { media.show }
        player.show(PlayerFace(title.takeIf { isKnown }, if (isKnown) media.show else "", now.lengthMs, now.live, now.permille))
    }

    /** What can be chosen. */
    companion object {
        /** The speeds that can be chosen, in thousandths of the normal one. */
        val speeds: List<Long> = listOf(500, 750, 1000, 1250, 1500, 1750, 2000, 2500, 3000)

        /** After how many minutes it can fall silent. */
        val sleeps: List<Int> = listOf(5, 15, 30, 60)

        /** How far a tap skips on. */
        const val ON_MS = 30_000L

        /** How far a tap skips back. */
        const val BACK_MS = 15_000L

        private const val SLOWEST = 500L
        private const val FASTEST = 3000L

        /** Numbers of failures that are the player's own. */
        private val FAILED = Shown(90_996, "player_failed", "device")
        private val PROXIED = Shown(90_997, "player_proxy", "device")
    }
}

private const val NORMAL = 1000L

/** The built-in player, where this device has one. */
val LocalPlayback = staticCompositionLocalOf<PlayerModel?> { null }
