//! Relations: the terms a person deals on, and agreements that both sides sign.
//!
//! This room holds the roster of agreements (IEEE 7012, named as in W3C DPV's `p7012` extension) and the bilateral
//! agreement itself: the first party proposes terms, the second accepts by adding its signature, answers once with an
//! alternative, or refuses, and both keep identical bytes. The same functions serve both sides, the person's and the
//! desk's: [`propose`] and [`conclude`] for the first party, [`receive`], [`accept`], [`counter`] and [`refuse`] for the
//! second.
//!
//! ```
//! let terms = tekram_relate::terms("PDC-INTENT")?;
//! assert!(terms.summary.contains("No tracking"));
//! assert_eq!(terms.reference().sha256, terms.sha256);
//! # Ok::<(), tekram_relate::RelateError>(())
//! ```

mod agreement;
mod answer;
mod check;
mod clause_words;
mod error;
mod halves;
mod roster;
mod schema;
mod status;
mod store;

pub use agreement::{accept, adopt, conclude, counter, expire, hear, propose, receive, refuse, terminate};
pub use answer::{AgreementAnswer, Answer};
pub use check::{check_agreed, check_proposal, check_same};
pub use clause_words::{Side, difference};
pub use error::RelateError;
pub use halves::{Half, Halves, halves, halves_of};
pub use roster::{Clause, Clauses, Roster, Rule, Terms, TextStatus, roster, terms};
pub use schema::SCHEMA;
pub use status::{NegotiationStatus, Party};
pub use store::{KeptAgreement, get, list};

pub use tekram_primitives::wire::TermsRef;
