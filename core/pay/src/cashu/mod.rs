//! The Cashu rail: ecash inside the vault, locked to the payee (NUT-11), redeemable by nobody else before its locktime.
//!
//! [`CashuWallet`] is one persona's ecash at one mint in one unit. `cdk` brings the protocol's types, its cryptography and
//! the mint's metadata; the exchanges themselves are carried out here, because `cdk`'s sagas cannot get back a locked
//! output after a crash: its secret is random, and only the blinded message is stored. Here everything an exchange needs
//! is in the vault, in one transaction, before the mint is asked:
//!
//! | killed | what happens on the next call for the same subject |
//! |---|---|
//! | before the exchange is written down | nothing had happened; it begins anew |
//! | after that, before or while the mint is asked | the same request is sent again; the mint does it, or says it did |
//! | after the mint did it, before the answer was booked | the signatures are read back (NUT-09) and booked |
//! | after it was booked | the result is in the vault and is returned |
//!
//! | standard | where |
//! |---|---|
//! | NUT-00 (blind signatures, tokens V4, V3 read), NUT-13 (secrets from the seed) | [`CashuWallet`], `store` |
//! | NUT-01, NUT-02 (keys; an id is the hash of its keys; fees rounded up once) | [`plan`], `store` |
//! | NUT-03 (swap), NUT-04, NUT-20, NUT-23 (ecash for a paid, locked BOLT11 quote) | `exchange`, `top_up` |
//! | NUT-06 (a mint without NUT-07, 09, 10, 11 or 12 is refused) | [`CashuWallet::check_mint`] |
//! | NUT-07 (states and witnesses), NUT-09 (signatures read back), NUT-12 (DLEQ, demanded) | `exchange`, `fate`, `redeem` |
//! | NUT-10, NUT-11 (P2PK, locktime, refund key) | `lock`, `redeem` |
//!
//! A mint that is silent, unreadable or caught in a lie leaves the exchange as it is: unknown, its inputs reserved, and
//! asked again later.

mod error;
mod exchange;
mod fate;
mod lock;
pub mod plan;
mod rail;
mod redeem;
mod store;
mod token;
mod top_up;
mod transport;
mod wallet;

pub use error::CashuError;
pub use lock::{LockOrder, LockProgress, Locked};
pub use rail::CashuRail;
pub use redeem::Redeemed;
pub use store::{MIGRATION_1, VaultWalletStore};
pub use token::{MAX_TOKEN_BYTES, MAX_TOKEN_PROOFS, TokenFacts, TokenState, p2pk_public_key, token_facts};
pub use top_up::{QuoteState, TopUpQuote};
pub use transport::MintTransport;
pub use wallet::{CashuWallet, RestoredEpoch, Resumed};
