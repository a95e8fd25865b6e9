// A player that is turned by hand, with its clock.
package tekram.ui.history.feed

/** What a screen or a test tells it, it does at once, and says so. */
internal class HandPlayer : Player {
    override var whenNews: (PlayerNews) -> Unit = {}
    override var whenAsked: (PlayerCommand) -> Unit = {}
    override var positionMs: Long? = null
        private set
    var face: PlayerFace? = null
        private set
    var loaded: String? = null
        private set
    private var permille = 1000L
    private var sounds = false

    /** Half an hour ago, so that nothing lies in the future. */
    private var atMs = System.currentTimeMillis() - 1_800_000
    private var monotonicMs = 5_000_000L

    override val now: PlayerMoment get() = PlayerMoment(atMs, 60, monotonicMs)

    override fun load(
        address: String,
        fromMs: Long,
        live: Boolean,
    ) {
        loaded = address
        positionMs = fromMs
        sounds = false
    }

    override fun play(permille: Long) {
        this.permille = permille
        if (sounds) return
        sounds = true
        whenNews(PlayerNews.Sounds)
    }

    override fun pause() {
        if (!sounds) return
        sounds = false
        whenNews(PlayerNews.Stopped)
    }

    override fun seek(toMs: Long) {
        positionMs = toMs
    }

    override fun unload() {
        loaded = null
        sounds = false
    }

    override fun show(face: PlayerFace?) {
        this.face = face
    }

    /** Time passes. */
    fun run(seconds: Long) {
        atMs += seconds * 1000
        monotonicMs += seconds * 1000
        if (sounds) positionMs = positionMs?.plus(seconds * permille)
    }

    /** The medium is over. */
    fun end() {
        sounds = false
        whenNews(PlayerNews.Ended)
    }

    /** It waits for the network, and then goes on. */
    fun stall(seconds: Long) {
        whenNews(PlayerNews.Waits)
        sounds = false
        run(seconds)
        sounds = true
        whenNews(PlayerNews.Sounds)
    }
}
