// What a player says of its playing: whether, where it was at a moment of the monotonic clock, and how fast.
package tekram.platform.capture

import android.media.MediaMetadata
import android.media.session.PlaybackState

/** What a player says of its medium, empty where it does not say. */
data class MediumFacts(
    val title: String = "",
    val creators: List<String> = emptyList(),
    val show: String = "",
    val url: String = "",
    val lengthMs: Long? = null,
    /** The player says that it is an advert. */
    val isAdvert: Boolean = false,
) {
    val isEmpty: Boolean get() = this == MediumFacts()

    /** A name of a programme, of nothing in it, and without an end: a station between two songs. */
    val isStation: Boolean get() = title.isEmpty() && creators.isEmpty() && show.isNotEmpty() && lengthMs == null

    companion object {
        private const val LONGEST = 500

        /** As androidx.media names it; the framework has no name of its own for it. */
        private const val ADVERT = "android.media.metadata.ADVERTISEMENT"

        /** Takes only what a listen needs; pictures, ratings and everything else stay with the player. */
        fun of(metadata: MediaMetadata?): MediumFacts {
            if (metadata == null) return MediumFacts()

            fun first(vararg keys: String): String =
                keys.firstNotNullOfOrNull { metadata.getString(it)?.trim()?.takeIf(String::isNotEmpty) }.orEmpty().take(LONGEST)

            val creator = first(MediaMetadata.METADATA_KEY_ARTIST, MediaMetadata.METADATA_KEY_AUTHOR, MediaMetadata.METADATA_KEY_ALBUM_ARTIST)
            return MediumFacts(
                title = first(MediaMetadata.METADATA_KEY_TITLE, MediaMetadata.METADATA_KEY_DISPLAY_TITLE),
                creators = listOf(creator).filter(String::isNotEmpty),
                show = first(MediaMetadata.METADATA_KEY_ALBUM),
                url = first(MediaMetadata.METADATA_KEY_MEDIA_URI).takeIf { it.startsWith("http") }.orEmpty(),
                lengthMs = metadata.getLong(MediaMetadata.METADATA_KEY_DURATION).takeIf { it > 0 },
                isAdvert = metadata.getLong(ADVERT) != 0L,
            )
        }
    }
}

data class PlayingFacts(
    val playing: Boolean,
    val over: Boolean,
    val positionMs: Long?,
    val atMonotonicMs: Long,
    val speedPermille: Long,
    /** Whether the player said when it was there; else it is the moment at which it was heard. */
    val isStamped: Boolean = true,
) {
    /** Where the player must be at [monotonicMs] if nothing happened since. */
    fun positionAt(monotonicMs: Long): Long? {
        val moved = if (playing) (monotonicMs - atMonotonicMs).coerceAtLeast(0) * speedPermille / PERMILLE else 0
        return positionMs?.plus(moved)
    }

    companion object {
        private const val PERMILLE = 1000
        private val OVER = setOf(PlaybackState.STATE_NONE, PlaybackState.STATE_STOPPED, PlaybackState.STATE_ERROR)

        /** What [state] says, heard at [monotonicMs]. */
        fun of(
            state: PlaybackState?,
            monotonicMs: Long,
        ): PlayingFacts? {
            if (state == null) return null
            val stampMs = state.lastPositionUpdateTime.takeIf { it > 0 }
            return PlayingFacts(
                playing = state.state == PlaybackState.STATE_PLAYING,
                over = state.state in OVER,
                positionMs = state.position.takeIf { it >= 0 },
                atMonotonicMs = stampMs ?: monotonicMs,
                speedPermille = (state.playbackSpeed * PERMILLE).toLong().takeIf { it > 0 } ?: PERMILLE.toLong(),
                isStamped = stampMs != null,
            )
        }
    }
}
