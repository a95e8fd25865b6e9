//! The edge between a settlement and the way its money moves.
//!
//! A rail is asked for the cost, funded once for a whole plan, told to execute, and asked what became of a payment.
//! Every effect carries an [`IdempotencyKey`] made from the commitment alone: a call repeated with the same key after
//! a crash continues or reports the first one and never pays a second time. [`crate::settle`] writes its outbox row
//! before it calls [`Rail::execute`]; a rail keeps whatever it needs to keep that promise durably in the vault.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::record::RecordId;
use tekram_primitives::time::Timestamp;
use tekram_vault::VaultError;

use crate::method::Method;

/// Stable name of a rail as it stands in the ledger, for example `cashu:https://mint.example`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RailId(pub String);

impl fmt::Display for RailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What makes an effect the same effect when it is asked for again: 64 hex digits, derived from commitments alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key of the one payment that meets `commitment`.
    #[must_use]
    pub fn for_commitment(commitment: &RecordId) -> Self {
        Self(sha256_hex(format!("tekram/pay/v1/{commitment}").as_bytes()))
    }

    /// The key of the top-up for a plan that meets these commitments; their order does not matter.
    #[must_use]
    pub fn for_plan(commitments: &[RecordId]) -> Self {
        let mut ids: Vec<String> = commitments.iter().map(ToString::to_string).collect();
        ids.sort_unstable();
        Self(sha256_hex(format!("tekram/pay/plan/v1/{}", ids.join(",")).as_bytes()))
    }

    /// The key as it was stored.
    #[must_use]
    pub fn from_stored(hex: String) -> Self {
        Self(hex)
    }

    /// 64 hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One payment to make, in the rail's own asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentOrder {
    /// Derived from the commitment alone.
    pub key: IdempotencyKey,
    /// The commitment that this meets.
    pub commitment: RecordId,
    /// The most this payment may take from the wallet, every fee included; in the rail's asset.
    pub amount: Money,
    /// How the payee takes it.
    pub method: Method,
    /// From then on the payer may take back what the payee has not redeemed (NUT-11 `locktime`, the mint's clock).
    pub locktime: Timestamp,
    /// The most that fees may come to, in minor units of the rail's asset. A rail that would need more refuses with
    /// `fees_too_high`, and nothing has moved. `None` in orders stored before there was a ceiling.
    #[serde(default)]
    pub max_fee_minor: Option<i64>,
}

/// What a payment will cost: `net + fees <= amount` of the order; what is left over stays in the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// What the payee can redeem, net of every fee.
    pub net: Money,
    /// Fees of both sides' swaps.
    pub fees: Money,
}

/// The top-up for a whole plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundingOrder {
    /// Derived from the plan's commitments.
    pub key: IdempotencyKey,
    /// The sum of the orders' amounts: what the wallet must be able to spend. A balance that is already there counts.
    pub amount: Money,
}

/// Whether the rail's wallet can pay the plan now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "funding", rename_all = "snake_case")]
pub enum Funding {
    /// Yes. `topped_up` is what this plan's top-up added over all calls with this key (zero when the balance was enough).
    Ready {
        /// Added to the wallet under this key, in total.
        topped_up: Money,
    },
    /// Not yet: the person pays this invoice with a wallet of their own; ask again with the same key.
    TopUpNeeded {
        /// BOLT11 invoice to show as text and QR code.
        invoice: String,
        /// What arrives in the wallet.
        amount: Money,
        /// After this the invoice cannot be paid any more; unknown for some mints.
        expires: Option<Timestamp>,
    },
}

/// What executing an order did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "executed", rename_all = "snake_case")]
pub enum Executed {
    /// Money is tied to the payee, but the payee does not have it yet: deliver the token. In flight, not paid.
    /// The rail has stored token and refund key durably before it says so.
    Locked {
        /// Cashu token, version 4 (`cashuB…`).
        token: String,
        /// What the payee can redeem, net of the fee of redeeming.
        net: Money,
        /// Everything else this took from the wallet. `net + fees <= amount`.
        fees: Money,
    },
    /// The payee has it, and this is the evidence.
    Paid {
        /// What arrived.
        net: Money,
        /// Everything else this took from the wallet.
        fees: Money,
        /// Evidence as the rail has it (a preimage, a witness), kept with the payment.
        evidence: String,
    },
}

/// What became of an order, as the rail's counterpart tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// Nothing has left the wallet under this key.
    NotExecuted,
    /// Tied to the payee and not redeemed; before the locktime.
    InFlight,
    /// Redeemed by the payee (NUT-07 `SPENT` with the payee's signature as witness).
    Paid {
        /// The rail's evidence.
        evidence: String,
    },
    /// The locktime has passed and the payee has not redeemed: [`Rail::refund`] may take it back.
    Refundable,
    /// Taken back.
    Refunded {
        /// What came back into the wallet, net of the fee of taking it back.
        amount: Money,
    },
    /// The counterpart cannot be asked or its answer proves nothing either way.
    Unknown {
        /// Stable snake_case reason.
        reason: String,
    },
}

/// A way money moves.
#[async_trait]
pub trait Rail: Send + Sync + fmt::Debug {
    /// Its name in the ledger.
    fn id(&self) -> RailId;

    /// The assets in which this rail can pay `method`, best first; empty when it cannot. Asks the counterpart if it must.
    async fn assets_for(&self, method: &Method) -> Result<Vec<Asset>, RailError>;

    /// What each order will cost. No effect; a rail-wide problem is the outer error, a problem of one order the inner.
    async fn prepare(&self, orders: &[PaymentOrder]) -> Result<Vec<Result<Cost, RailError>>, RailError>;

    /// Makes the wallet able to spend the plan's sum: at most one top-up for each key, also after a crash.
    async fn fund(&self, order: &FundingOrder) -> Result<Funding, RailError>;

    /// Executes the order, or says what an earlier execution under the same key did. Never twice.
    async fn execute(&self, order: &PaymentOrder) -> Result<Executed, RailError>;

    /// What became of the order.
    async fn check(&self, order: &PaymentOrder) -> Result<Fate, RailError>;

    /// Takes back what the payee has not redeemed after the locktime; says what happened when the payee was faster.
    async fn refund(&self, order: &PaymentOrder) -> Result<Fate, RailError>;

    /// What the wallet holds and could spend, by asset.
    async fn balances(&self) -> Result<Vec<Money>, RailError>;
}

/// Why a rail did not do what it was asked; the variant says whether money may have moved.
#[derive(Debug, thiserror::Error)]
pub enum RailError {
    /// Nothing happened: the counterpart could not be reached. Try again later.
    #[error("{rail} cannot be reached ({reason}); nothing was sent, try again later")]
    Unreachable {
        /// Which rail.
        rail: RailId,
        /// What failed, without personal data.
        reason: String,
    },
    /// Nothing happened and nothing will: a final no for this order.
    #[error("{rail} refuses the payment: {reason} ({code})")]
    Refused {
        /// Which rail.
        rail: RailId,
        /// Stable snake_case code, for example `fees_exceed_amount`, `p2pk_not_supported`, `insufficient_funds`.
        code: &'static str,
        /// For people.
        reason: String,
    },
    /// The effect may or may not have happened. Ask [`Rail::check`]; do not pay again.
    #[error("{rail} did not say whether the payment happened ({reason}); it will be asked, not repeated")]
    Uncertain {
        /// Which rail.
        rail: RailId,
        /// What is missing.
        reason: String,
    },
    /// The counterpart answered against its protocol (a mint that lies). Treated like [`RailError::Uncertain`].
    #[error("{rail} broke its protocol: {reason}")]
    Misbehaved {
        /// Which rail.
        rail: RailId,
        /// What was wrong with the answer.
        reason: String,
    },
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl RailError {
    /// Stable snake_case name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "rail_unreachable",
            Self::Refused { code, .. } => code,
            Self::Uncertain { .. } => "rail_uncertain",
            Self::Misbehaved { .. } => "rail_misbehaved",
            Self::Vault(error) => error.code(),
        }
    }
}
