// Seals what was heard to a profile's inbox: no key is needed, so it works while the profile is locked.
package tekram.platform.core

import tekram.ffi.Agent
import tekram.ffi.ListenKind
import tekram.ffi.PlayerAction
import tekram.ffi.PlayerEvent
import tekram.ffi.PlayerMedia
import tekram.ffi.TekramException
import tekram.platform.capture.Did
import tekram.platform.capture.Heard
import tekram.platform.capture.HeardSink
import tekram.platform.diagnose.DiagnosticLog

class CoreEars(
    private val agent: () -> Agent,
    private val diagnostics: DiagnosticLog,
) : HeardSink {
    override fun heard(
        profile: String,
        events: List<Heard>,
    ) {
        try {
            agent().capture(profile, events.map { it.forCore() })
        } catch (failed: TekramException.Failed) {
            diagnostics.note(DiagnosticLog.Moment.CaptureFailed, failed.code.toLong())
        }
    }
}

internal fun Heard.forCore(): PlayerEvent = PlayerEvent(session, app, atMs, offsetMinutes, monotonicMs, did.forCore(), positionMs)

private fun Did.forCore(): PlayerAction =
    when (this) {
        Did.Play -> {
            PlayerAction.Play
        }

        Did.Pause -> {
            PlayerAction.Pause
        }

        is Did.Seek -> {
            PlayerAction.Seek(toMs)
        }

        is Did.Speed -> {
            PlayerAction.Speed(permille)
        }

        // What kind of medium it is players say of adverts alone, and the publisher never.
        is Did.Metadata -> {
            val kind =
                when {
                    medium.isAdvert -> ListenKind.ADVERT
                    medium.isStation -> ListenKind.RADIO
                    else -> null
                }
            PlayerAction.Metadata(PlayerMedia(medium.title, medium.creators, medium.show, publisher = "", medium.url, medium.lengthMs, kind))
        }

        is Did.Position -> {
            PlayerAction.Position(ms)
        }

        Did.End -> {
            PlayerAction.End
        }
    }
