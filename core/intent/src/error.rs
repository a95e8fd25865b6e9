//! What can go wrong with intents, places, offers and acceptances. No variant carries a position, a key or what was wanted.

use tekram_net::BusError;
use tekram_primitives::did::DidError;
use tekram_primitives::record::RecordError;
use tekram_primitives::secret::SecretError;
use tekram_vault::VaultError;

use crate::refused::Refused;

/// Errors of this room.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntentError {
    /// Latitude or longitude is not on the globe.
    #[error("a position has a latitude of −90 to 90 and a longitude of −180 to 180 degrees")]
    BadPosition,
    /// A precision outside 3 to 7.
    #[error("a precision is 3 to 7 geohash characters")]
    BadPrecision,
    /// Not a geohash.
    #[error("a cell is a geohash of 1 to 12 characters")]
    BadCell,
    /// The name of a place is empty or too long.
    #[error("a place's name has 1 to 80 characters")]
    BadPlaceName,
    /// No such place.
    #[error("no place with this name is kept in this vault")]
    NoSuchPlace,
    /// A field of the request is missing or out of its bounds.
    #[error("the request's {field} is missing or out of bounds")]
    BadDemand {
        /// Which field, as on the wire.
        field: &'static str,
    },
    /// Not the number of a barcode.
    #[error("a barcode has 8, 12, 13 or 14 digits, the last one a check digit ({reason})")]
    BadGtin {
        /// What is wrong: `not_digits`, `wrong_length` or `check_digit`.
        reason: &'static str,
    },
    /// Not a pick-up code, or mistyped.
    #[error("a pick-up code has two groups of four letters and digits; a character is wrong")]
    BadPickupCode,
    /// No such intent.
    #[error("no intent with this id in this vault")]
    NoSuchIntent,
    /// The intent's time is over.
    #[error("the intent expired")]
    IntentExpired,
    /// The step does not fit the intent's state.
    #[error("this is not possible while the intent is {state}")]
    WrongState {
        /// The state it is in.
        state: &'static str,
    },
    /// The connection was opened for another intent.
    #[error("this connection belongs to another intent; each has its own")]
    ForeignLine,
    /// No such offer among the live ones.
    #[error("no live offer with this id")]
    NoSuchOffer,
    /// The offer's time is over.
    #[error("the offer expired")]
    OfferExpired,
    /// An offer was accepted before.
    #[error("an offer was already accepted for this intent")]
    AlreadyAccepted,
    /// Nothing was accepted.
    #[error("no offer was accepted for this intent")]
    NothingAccepted,
    /// What came in does not hold.
    #[error("refused: {0}")]
    Refused(#[from] Refused),
    /// A Nostr event could not be made or kept.
    #[error("a Nostr event could not be {action}")]
    Event {
        /// What was being done.
        action: &'static str,
    },
    /// A kept value cannot be read back.
    #[error("a kept {what} is damaged")]
    Damaged {
        /// What.
        what: &'static str,
    },
    /// A signed record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A key.
    #[error(transparent)]
    Did(#[from] DidError),
    /// Randomness.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The relays.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl IntentError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadPosition => "bad_position",
            Self::BadPrecision => "bad_precision",
            Self::BadCell => "bad_cell",
            Self::BadPlaceName => "bad_place_name",
            Self::NoSuchPlace => "no_such_place",
            Self::BadDemand { .. } => "bad_demand",
            Self::BadGtin { .. } => "bad_gtin",
            Self::BadPickupCode => "bad_pickup_code",
            Self::NoSuchIntent => "no_such_intent",
            Self::IntentExpired => "intent_expired",
            Self::WrongState { .. } => "wrong_state",
            Self::ForeignLine => "foreign_line",
            Self::NoSuchOffer => "no_such_offer",
            Self::OfferExpired => "offer_expired",
            Self::AlreadyAccepted => "already_accepted",
            Self::NothingAccepted => "nothing_accepted",
            Self::Refused(reason) => reason.code(),
            Self::Event { .. } => "event",
            Self::Damaged { .. } => "damaged",
            Self::Record(error) => error.code(),
            Self::Did(error) => error.code(),
            Self::Secret(error) => error.code(),
            Self::Bus(error) => error.code(),
            Self::Vault(error) => error.code(),
        }
    }
}

impl From<rusqlite::Error> for IntentError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Vault(VaultError::from(error))
    }
}
