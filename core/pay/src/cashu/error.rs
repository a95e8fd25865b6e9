//! What can go wrong with ecash, named, and whether money may have moved. Nothing here holds a token, a secret, an
//! invoice or a mint's own free text.

use cdk_common::database;
use tekram_vault::VaultError;

use super::store::StoreError;

/// Why an operation with ecash did not happen, or is not known to have happened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CashuError {
    /// No connection; nothing was sent.
    #[error("the mint {mint} cannot be reached ({reason})")]
    MintUnreachable {
        /// The mint's address.
        mint: String,
        /// Stable code of what failed on the way.
        reason: String,
    },
    /// The mint was asked and its answer did not arrive whole, or it is still at work. Everything needed to ask again
    /// is in the vault; asking again continues and does not repeat.
    #[error("the mint {mint} was asked and its answer is missing ({reason}); asking again continues")]
    OutcomeUnknown {
        /// The mint's address.
        mint: String,
        /// Stable code of what is missing.
        reason: String,
    },
    /// The mint answered with something that is not the protocol's JSON.
    #[error("the mint {mint} sent an answer that cannot be read")]
    MintUnreadable {
        /// The mint's address.
        mint: String,
    },
    /// The mint broke the protocol: a signature that does not verify, another amount, a claim it takes back.
    #[error("the mint {mint} does not keep to the protocol: {what}")]
    MintLied {
        /// The mint's address.
        mint: String,
        /// What was wrong.
        what: &'static str,
    },
    /// The mint said no; the money is where it was.
    #[error("the mint {mint} refused: {reason}")]
    MintRefused {
        /// The mint's address.
        mint: String,
        /// Stable name of the mint's reason.
        reason: &'static str,
    },
    /// The mint does not announce NUT-10 and NUT-11, so a lock would not hold.
    #[error("the mint {mint} does not lock ecash to a key (NUT-10, NUT-11)")]
    MintLacksP2pk {
        /// The mint's address.
        mint: String,
    },
    /// The mint does not announce what recovery and checking need.
    #[error("the mint {mint} does not offer NUT-{nut:02}, without which money could be lost")]
    MintLacksRecovery {
        /// The mint's address.
        mint: String,
        /// The missing NUT: 7, 9 or 12.
        nut: u8,
    },
    /// The mint has no keys for this unit.
    #[error("the mint {mint} has no ecash in {unit}")]
    MintLacksUnit {
        /// The mint's address.
        mint: String,
        /// The unit asked for (NUT-00).
        unit: String,
    },
    /// The mint's address cannot be read.
    #[error("this is not the address of a mint")]
    BadMintUrl,
    /// The unit is not one that amounts are kept in.
    #[error("this unit of ecash is not known")]
    BadUnit,
    /// An amount of zero or less.
    #[error("the amount must be positive")]
    ZeroAmount,
    /// The mint does not know the quote, or this wallet does not.
    #[error("there is no such quote")]
    QuoteUnknown,
    /// The invoice is not paid yet.
    #[error("the invoice is not paid yet")]
    QuoteUnpaid,
    /// The wallet holds too little.
    #[error("the wallet holds {available_minor}, and {needed_minor} are needed (minor units)")]
    InsufficientFunds {
        /// What it holds.
        available_minor: i64,
        /// What is needed.
        needed_minor: i64,
    },
    /// After the mint's fees nothing would be left for the payee.
    #[error("the mint's fees exceed the amount")]
    FeesExceedAmount,
    /// With the ecash that is in the wallet the mint's fees come to more than the person allows.
    #[error("the mint's fees come to {fee_minor}, and at most {max_fee_minor} are allowed (minor units)")]
    FeesTooHigh {
        /// What they come to.
        fee_minor: i64,
        /// What is allowed.
        max_fee_minor: i64,
    },
    /// The commitment has been locked with other terms.
    #[error("this commitment is locked already, on other terms")]
    LockDiffers,
    /// Nothing was locked for this commitment.
    #[error("nothing was locked for this commitment")]
    LockUnknown,
    /// The locktime is over before the lock is made.
    #[error("the locktime is in the past")]
    LocktimePast,
    /// The payer may not take the money back yet.
    #[error("the money can be taken back from {from_s} on (UTC seconds)")]
    LocktimeNotReached {
        /// Unix time, seconds.
        from_s: i64,
    },
    /// A public or secret key that is not one of secp256k1.
    #[error("this is not a key for ecash")]
    BadKey,
    /// A token that cannot be read, or is larger than any honest one.
    #[error("this is not a token")]
    BadToken,
    /// A token of another mint.
    #[error("the token is of another mint")]
    TokenOtherMint,
    /// A token in another unit.
    #[error("the token is in another unit")]
    TokenOtherUnit,
    /// A token that this key alone does not open.
    #[error("the token is not locked to this key alone")]
    TokenNotOurs,
    /// A token whose proofs the mint did not sign (NUT-12).
    #[error("the token's proofs are not signed by the mint")]
    TokenForged,
    /// Part of the token has been spent by somebody.
    #[error("the token has been spent")]
    TokenSpent,
    /// Proofs of this wallet were spent elsewhere (an old backup?). They are put aside; try again with the others.
    #[error("proofs of the wallet were spent elsewhere; they were put aside")]
    InputsSpentElsewhere,
    /// The vault refused.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A row of the wallet's tables cannot be read.
    #[error("a row of {table} is unreadable")]
    RowUnreadable {
        /// The table.
        table: &'static str,
    },
    /// The wallet database's rules were broken, or a computation failed that cannot fail on whole input.
    #[error("the wallet's state does not allow this: {what}")]
    Internal {
        /// What failed.
        what: &'static str,
    },
}

impl CashuError {
    /// The stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MintUnreachable { .. } => "mint_unreachable",
            Self::OutcomeUnknown { .. } => "outcome_unknown",
            Self::MintUnreadable { .. } => "mint_unreadable",
            Self::MintLied { .. } => "mint_lied",
            Self::MintRefused { .. } => "mint_refused",
            Self::MintLacksP2pk { .. } => "mint_lacks_p2pk",
            Self::MintLacksRecovery { .. } => "mint_lacks_recovery",
            Self::MintLacksUnit { .. } => "mint_lacks_unit",
            Self::BadMintUrl => "bad_mint_url",
            Self::BadUnit => "bad_unit",
            Self::ZeroAmount => "zero_amount",
            Self::QuoteUnknown => "quote_unknown",
            Self::QuoteUnpaid => "quote_unpaid",
            Self::InsufficientFunds { .. } => "insufficient_funds",
            Self::FeesExceedAmount => "fees_exceed_amount",
            Self::FeesTooHigh { .. } => "fees_too_high",
            Self::LockDiffers => "lock_differs",
            Self::LockUnknown => "lock_unknown",
            Self::LocktimePast => "locktime_past",
            Self::LocktimeNotReached { .. } => "locktime_not_reached",
            Self::BadKey => "bad_key",
            Self::BadToken => "bad_token",
            Self::TokenOtherMint => "token_other_mint",
            Self::TokenOtherUnit => "token_other_unit",
            Self::TokenNotOurs => "token_not_ours",
            Self::TokenForged => "token_forged",
            Self::TokenSpent => "token_spent",
            Self::InputsSpentElsewhere => "inputs_spent_elsewhere",
            Self::Vault(error) => error.code(),
            Self::RowUnreadable { .. } => "row_unreadable",
            Self::Internal { .. } => "internal",
        }
    }
}

impl From<StoreError> for CashuError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Vault(error) => Self::Vault(error),
            StoreError::Unreadable { table } => Self::RowUnreadable { table },
            StoreError::Rule(database::Error::ProofNotUnspent) => Self::Internal {
                what: "a proof is not unspent",
            },
            StoreError::Rule(database::Error::ConcurrentUpdate) => Self::Internal {
                what: "a concurrent change",
            },
            StoreError::Rule(_) => Self::Internal {
                what: "a rule of the wallet database",
            },
        }
    }
}

impl From<rusqlite::Error> for CashuError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Vault(VaultError::from(error))
    }
}
