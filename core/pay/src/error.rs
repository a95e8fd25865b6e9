//! Everything that can go wrong in the room, each with a stable code and what a person can do about it.
//!
//! No variant holds a key, a token, a feed's address or a person's name.

use tekram_net::sealed::SealedError;
use tekram_net::{BusError, FetchError};
use tekram_primitives::did::DidError;
use tekram_primitives::money::MoneyError;
use tekram_primitives::record::RecordError;
use tekram_primitives::secret::SecretError;
use tekram_primitives::time::TimeError;
use tekram_vault::VaultError;

use crate::feed::FeedError;
use crate::rail::RailError;
use crate::rates::RateError;

/// An error of the `pay` room.
#[derive(Debug, thiserror::Error)]
pub enum PayError {
    /// A budget of zero divides nothing.
    #[error("a budget of zero cannot be divided; choose an amount")]
    ZeroBudget,
    /// A budget below zero.
    #[error("a budget cannot be negative")]
    NegativeBudget,
    /// A minimum below zero.
    #[error("the smallest payment cannot be negative")]
    NegativeMinimum,
    /// A factor above ten times.
    #[error("a factor is at most 10000 thousandths, which is ten times")]
    FactorTooLarge,
    /// A weight that does not exist.
    #[error("a share is measured by seconds, plays or equal")]
    UnknownWeight,
    /// No rules were set for this budget.
    #[error("no rules are set for this budget; set a budget first")]
    NoRules,
    /// What was heard adds up to more than can be counted.
    #[error("what was heard adds up to more than 2^64 units")]
    ListeningOverflow,
    /// A sum of money does not fit.
    #[error("a sum of money does not fit into 64 bits")]
    AmountOverflow,
    /// Fee percentages of one source add up to more than 100.
    #[error("fees of one source add up to more than 100 percent")]
    FeesOver100,
    /// No statement for this month (and budget).
    #[error("there is no statement for this month; make one first")]
    NoStatement,
    /// The statement has not been committed.
    #[error("the statement is a draft; confirm it before paying")]
    NotCommitted,
    /// What is carried or can be paid has changed since the draft was made.
    #[error("what is carried or can be paid has changed since this draft was made; make it again")]
    DraftOutdated,
    /// A settlement of this vault is running already.
    #[error("a settlement is running already; wait until it ends")]
    SettlementRunning,
    /// No such payee.
    #[error("there is no such payee")]
    NoSuchPayee,
    /// Nothing waits for confirmation there.
    #[error("there is no such change waiting for confirmation")]
    NoSuchChange,
    /// The commitment is not one of this vault's.
    #[error("there is no such commitment in this vault")]
    NoSuchCommitment,
    /// A receipt that does not belong: wrong signer, wrong payee or more than was sent.
    #[error("the receipt proves nothing: {reason}")]
    BadReceipt {
        /// Stable snake_case reason.
        reason: &'static str,
    },
    /// A desk card that cannot be believed.
    #[error("the payee's card cannot be used: {reason}")]
    BadCard {
        /// Stable snake_case reason.
        reason: &'static str,
    },
    /// The server answered with an error.
    #[error("the server answered with status {status}")]
    HttpStatus {
        /// HTTP status.
        status: u16,
    },
    /// The line cannot be in this state now.
    #[error("a line that is {from} cannot do that")]
    WrongState {
        /// The state it is in.
        from: &'static str,
    },
    /// The ledger would not balance; nothing was written.
    #[error("a ledger transaction ({kind}) does not add up to zero; nothing was written")]
    Unbalanced {
        /// Which kind of transaction.
        kind: &'static str,
    },
    /// What the vault holds cannot be read as what it should be.
    #[error("a stored {what} cannot be read")]
    Stored {
        /// Which record.
        what: &'static str,
    },
    /// A text cannot be drawn as a QR code.
    #[error("the text is too long for a QR code")]
    QrTooLong,
    /// A link or text for the hand-off cannot be built.
    #[error("the payee's link cannot be filled in: {reason}")]
    BadLink {
        /// Stable snake_case reason.
        reason: &'static str,
    },
    /// The feed cannot be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// No usable exchange rate.
    #[error(transparent)]
    Rate(#[from] RateError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A rail failed.
    #[error(transparent)]
    Rail(#[from] RailError),
    /// A fetch failed.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A relay failed.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// A letter could not be sealed.
    #[error(transparent)]
    Sealed(#[from] SealedError),
    /// A signed record failed.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Money arithmetic failed.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A month or zone is wrong.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// A key is not a `did:key`.
    #[error(transparent)]
    Did(#[from] DidError),
    /// No randomness.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl PayError {
    /// Stable snake_case name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ZeroBudget => "zero_budget",
            Self::NegativeBudget => "negative_budget",
            Self::NegativeMinimum => "negative_minimum",
            Self::FactorTooLarge => "factor_too_large",
            Self::UnknownWeight => "unknown_weight",
            Self::NoRules => "no_rules",
            Self::ListeningOverflow => "listening_overflow",
            Self::AmountOverflow => "amount_overflow",
            Self::FeesOver100 => "fees_over_100",
            Self::NoStatement => "no_statement",
            Self::NotCommitted => "not_committed",
            Self::DraftOutdated => "draft_outdated",
            Self::SettlementRunning => "settlement_running",
            Self::NoSuchPayee => "no_such_payee",
            Self::NoSuchChange => "no_such_change",
            Self::NoSuchCommitment => "no_such_commitment",
            Self::BadReceipt { .. } => "bad_receipt",
            Self::BadCard { .. } => "bad_card",
            Self::HttpStatus { .. } => "http_status",
            Self::WrongState { .. } => "wrong_state",
            Self::Unbalanced { .. } => "ledger_unbalanced",
            Self::Stored { .. } => "stored_unreadable",
            Self::QrTooLong => "qr_too_long",
            Self::BadLink { .. } => "bad_link",
            Self::Feed(error) => error.code(),
            Self::Rate(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Rail(error) => error.code(),
            Self::Fetch(error) => error.code(),
            Self::Bus(error) => error.code(),
            Self::Sealed(error) => error.code(),
            Self::Record(error) => error.code(),
            Self::Money(error) => error.code(),
            Self::Time(error) => error.code(),
            Self::Did(error) => error.code(),
            Self::Secret(error) => error.code(),
        }
    }
}

impl From<rusqlite::Error> for PayError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Vault(VaultError::from(error))
    }
}
