//! The second party's signed answer when it does not accept: a refusal, or one alternative from the roster.
//!
//! An acceptance needs no answer record: it is the second signature on the agreement itself. Refusals and alternatives
//! are signed so that the first party can keep and show them.

use serde::{Deserialize, Serialize};
use tekram_primitives::did::DidKey;
use tekram_primitives::record::{RecordId, WireRecord};
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::TermsRef;

use crate::error::RelateError;

/// What the second party says instead of yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "camelCase")]
pub enum Answer {
    /// No.
    #[serde(rename_all = "camelCase")]
    Refused {
        /// Stable snake_case reason code.
        reason: String,
    },
    /// Not these, but those.
    #[serde(rename_all = "camelCase")]
    Alternative {
        /// The agreement that the second party would sign.
        terms: TermsRef,
    },
}

/// A signed answer to a proposed agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementAnswer {
    /// Always [`WireRecord::TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// Always [`WireRecord::VERSION`].
    pub version: u32,
    /// Record id of the proposal.
    pub proposal: RecordId,
    /// Who answers.
    pub second_party: DidKey,
    /// What it says.
    pub answer: Answer,
    /// When.
    pub answered: Timestamp,
}

impl WireRecord for AgreementAnswer {
    const TYPE: &'static str = "TekramAgreementAnswer";
    const VERSION: u32 = 1;
}

/// A reason travels to the other side and onto a screen: a short code, never free text.
pub(crate) fn check_reason(reason: &str) -> Result<(), RelateError> {
    let fits = (1..=64).contains(&reason.len())
        && reason
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fits { Ok(()) } else { Err(RelateError::BadReason) }
}
