//! What players on this phone did, and which of them may be listened to. Quiet times, recordings, pages that were read and
//! the endpoint for other apps are in the modules below.

mod endpoint;
mod page;
mod quiet;
mod recording;

pub use endpoint::*;
pub use page::*;
pub use quiet::*;
pub use recording::*;

use crate::error::TekramError;
use crate::history::ListenKind;
use crate::persona::Persona;

/// What a player says of the medium it plays. Empty where it does not say.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PlayerMedia {
    /// Title.
    pub title: String,
    /// Who made it, first creator first.
    pub creators: Vec<String>,
    /// Album, podcast, book or station.
    pub show: String,
    /// Publisher or label.
    pub publisher: String,
    /// Where the medium or its page is.
    pub url: String,
    /// Length, if known.
    pub media_ms: Option<i64>,
    /// What kind it is, if anybody knows.
    pub kind: Option<ListenKind>,
    /// The podcast's or publication's feed, if the player knows it.
    #[uniffi(default = "")]
    pub feed_url: String,
    /// The `guid` of the item in that feed.
    #[uniffi(default = "")]
    pub item_guid: String,
}

impl PlayerMedia {
    pub(crate) fn core(self) -> tekram_agent::Media {
        tekram_agent::Media {
            title: self.title,
            creators: self.creators,
            show: self.show,
            publisher: self.publisher,
            url: self.url,
            feed_url: self.feed_url,
            item_guid: self.item_guid,
            media_ms: self.media_ms,
            kind: self.kind.map(Into::into),
        }
    }

    pub(crate) fn from_core(media: tekram_agent::Media) -> Self {
        Self {
            title: media.title,
            creators: media.creators,
            show: media.show,
            publisher: media.publisher,
            url: media.url,
            media_ms: media.media_ms,
            kind: media.kind.map(Into::into),
            feed_url: media.feed_url,
            item_guid: media.item_guid,
        }
    }
}

/// What a player did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum PlayerAction {
    /// It began to play, or went on.
    Play,
    /// It stopped for the moment.
    Pause,
    /// The person moved to another place.
    Seek {
        /// Where to, in milliseconds of the medium.
        to_ms: i64,
    },
    /// It plays at another speed from now on.
    Speed {
        /// Thousandths of the normal speed.
        permille: i64,
    },
    /// It says what it plays.
    Metadata {
        /// What it plays.
        media: PlayerMedia,
    },
    /// It says where it is.
    Position {
        /// Milliseconds of the medium.
        ms: i64,
    },
    /// The session is over.
    End,
}

/// Something a player did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PlayerEvent {
    /// Which of the player's sessions; a new session has a new name.
    pub session: String,
    /// The player's name, as the person knows it.
    pub app: String,
    /// When, by the device's clock.
    pub at_ms: i64,
    /// Minutes east of UTC where the device was, if known.
    pub offset_min: Option<i64>,
    /// When, by a clock that never goes back until the device starts anew, if there is one.
    pub monotonic_ms: Option<i64>,
    /// What it did.
    pub action: PlayerAction,
    /// Where in the medium it was then.
    pub position_ms: Option<i64>,
}

impl PlayerEvent {
    pub(crate) fn core(self) -> tekram_agent::PlayerEvent {
        use tekram_agent::PlayerEventKind as Core;
        tekram_agent::PlayerEvent {
            session: self.session,
            app: self.app,
            at_ms: self.at_ms,
            offset_min: self.offset_min,
            monotonic_ms: self.monotonic_ms,
            kind: match self.action {
                PlayerAction::Play => Core::Play,
                PlayerAction::Pause => Core::Pause,
                PlayerAction::Seek { to_ms } => Core::Seek { to_ms },
                PlayerAction::Speed { permille } => Core::Speed { permille },
                PlayerAction::Metadata { media } => Core::Metadata { media: media.core() },
                PlayerAction::Position { ms } => Core::Position { ms },
                PlayerAction::End => Core::End,
            },
            position_ms: self.position_ms,
        }
    }
}

/// A player that was heard on this device.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaptureApp {
    /// Its name.
    pub app: String,
    /// Whether its listens are kept.
    pub allowed: bool,
    /// When it was heard last; 0 when never.
    pub last_ms: i64,
}

/// What became of the events that waited.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Drained {
    /// Events that went into listens.
    pub events: u64,
    /// Events of players that are not allowed; nothing of them was kept.
    pub not_allowed: u64,
    /// Events and items that nothing could be made of.
    pub unreadable: u64,
    /// Events while the log was paused; nothing of them went into a listen.
    #[uniffi(default = 0)]
    pub paused: u64,
    /// Listens that are new in the log.
    pub new_listens: u64,
    /// Listens that went on.
    pub changed: u64,
}

impl From<tekram_agent::Drained> for Drained {
    fn from(drained: tekram_agent::Drained) -> Self {
        Self {
            events: drained.events,
            not_allowed: drained.not_allowed,
            unreadable: drained.unreadable,
            paused: drained.paused,
            new_listens: drained.new,
            changed: drained.changed,
        }
    }
}

#[uniffi::export]
impl Persona {
    /// The players that were heard on this device or decided about, by name.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn capture_apps(&self) -> Result<Vec<CaptureApp>, TekramError> {
        self.with(|core| {
            let apps = core.capture_apps()?.into_iter().map(|app| CaptureApp {
                app: app.app,
                allowed: app.allowed,
                last_ms: app.last_ms,
            });
            Ok(apps.collect())
        })
    }

    /// Allows a player to be listened to, or no longer.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn set_capture_app(&self, app: String, allowed: bool) -> Result<(), TekramError> {
        self.with(|core| Ok(core.set_capture_app(&app, allowed)?))
    }

    /// Takes what players did since the last time into the log. Unlocking does it too.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub async fn drain(&self) -> Result<Drained, TekramError> {
        self.beside(|core| Ok(core.drain()?.into())).await
    }
}
