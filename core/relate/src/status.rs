//! Where a negotiation stands, named after the negotiation states of W3C DPV's `p7012` extension, and which step may
//! follow which. Pure: no storage, no signatures.

use serde::{Deserialize, Serialize};

use crate::error::RelateError;

/// Which side of the agreement this vault is (IEEE 7012: the person is the first party).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Party {
    /// The person, who proposes.
    First,
    /// The other side, who answers.
    Second,
}

impl Party {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::First, Self::Second]
            .into_iter()
            .find(|party| party.name() == name)
    }
}

/// The state of one proposal. The names are those of the vocabulary (`p7012:AgreementNegotiationStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NegotiationStatus {
    /// Proposed by the first party, no answer yet.
    #[serde(rename = "AgreementNegotiationPendingResponse")]
    PendingResponse,
    /// Arrived at the second party, which has not decided.
    #[serde(rename = "AgreementNegotiationConfirmationRequired")]
    ConfirmationRequired,
    /// Not accepted; the second party named another agreement of the roster. It may do so once.
    #[serde(rename = "AgreementNegotiationCounterOfferMade")]
    CounterOfferMade,
    /// Signed by both.
    #[serde(rename = "AgreementAccepted")]
    Accepted,
    /// The second party refused; its signed refusal is kept.
    #[serde(rename = "AgreementRefused")]
    Refused,
    /// No answer came in time.
    #[serde(rename = "AgreementNegotiationExpired")]
    Expired,
    /// The first party took its proposal back, because the dealing it was part of did not come about.
    #[serde(rename = "AgreementNegotiationTerminated")]
    Terminated,
}

/// What can happen to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Both signatures are on it.
    Countersign,
    /// The second party named an alternative.
    Counter,
    /// The second party refused.
    Refuse,
    /// Time ran out.
    Expire,
    /// The first party took it back.
    Terminate,
}

impl NegotiationStatus {
    /// All states, for tables and tests.
    pub const ALL: [Self; 7] = [
        Self::PendingResponse,
        Self::ConfirmationRequired,
        Self::CounterOfferMade,
        Self::Accepted,
        Self::Refused,
        Self::Expired,
        Self::Terminated,
    ];

    /// Name in the vocabulary.
    pub fn name(self) -> &'static str {
        match self {
            Self::PendingResponse => "AgreementNegotiationPendingResponse",
            Self::ConfirmationRequired => "AgreementNegotiationConfirmationRequired",
            Self::CounterOfferMade => "AgreementNegotiationCounterOfferMade",
            Self::Accepted => "AgreementAccepted",
            Self::Refused => "AgreementRefused",
            Self::Expired => "AgreementNegotiationExpired",
            Self::Terminated => "AgreementNegotiationTerminated",
        }
    }

    /// IRI in the vocabulary.
    pub fn iri(self) -> String {
        format!("https://w3id.org/dpv/standards/p7012#{}", self.name())
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// The state after `step`.
    ///
    /// An agreement that both signed stands: nothing but a new agreement changes it. A proposal that expired can still
    /// become one, because the other side may have signed before the time ran out and its answer be late.
    pub(crate) fn after(self, step: Step) -> Result<Self, RelateError> {
        match (self, step) {
            (Self::PendingResponse | Self::ConfirmationRequired, Step::Refuse) => Ok(Self::Refused),
            (Self::PendingResponse | Self::ConfirmationRequired, Step::Counter) => Ok(Self::CounterOfferMade),
            (Self::PendingResponse | Self::ConfirmationRequired, Step::Expire) => Ok(Self::Expired),
            (Self::PendingResponse, Step::Terminate) => Ok(Self::Terminated),
            (Self::PendingResponse | Self::ConfirmationRequired | Self::Expired, Step::Countersign) => {
                Ok(Self::Accepted)
            }
            _ => Err(RelateError::WrongState { status: self }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        missing_docs
    )]

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_happens_a_negotiation_is_decided_once(steps in proptest::collection::vec(0_usize..5, 0..12), first: bool) {
            let start = if first { NegotiationStatus::PendingResponse } else { NegotiationStatus::ConfirmationRequired };
            let (mut status, mut decided) = (start, None);
            for step in steps {
                let step = [Step::Countersign, Step::Counter, Step::Refuse, Step::Expire, Step::Terminate][step];
                match status.after(step) {
                    Ok(next) => {
                        prop_assert!(decided.is_none(), "{decided:?} became {next:?}");
                        status = next;
                    }
                    Err(error) => prop_assert_eq!(error.code(), "wrong_state"),
                }
                let stands = [NegotiationStatus::Accepted, NegotiationStatus::Refused, NegotiationStatus::CounterOfferMade, NegotiationStatus::Terminated];
                if stands.contains(&status) {
                    decided = Some(status);
                }
            }
        }
    }

    #[test]
    fn every_state_is_one_of_the_vocabulary() {
        let vocabulary = include_str!("../roster/dpv-p7012/p7012.ttl");
        for status in NegotiationStatus::ALL {
            let start = vocabulary
                .find(&format!("\np7012:{} a rdfs:Class", status.name()))
                .unwrap();
            assert!(vocabulary[start..start + 200].contains("p7012:AgreementNegotiationStatus"));
            assert_eq!(NegotiationStatus::from_name(status.name()), Some(status));
            assert_eq!(
                serde_json::to_string(&status).unwrap(),
                format!("\"{}\"", status.name())
            );
        }
    }

    #[test]
    fn what_both_signed_or_one_refused_stands() {
        for status in [
            NegotiationStatus::Accepted,
            NegotiationStatus::Refused,
            NegotiationStatus::CounterOfferMade,
            NegotiationStatus::Terminated,
        ] {
            for step in [
                Step::Countersign,
                Step::Counter,
                Step::Refuse,
                Step::Expire,
                Step::Terminate,
            ] {
                assert_eq!(status.after(step).unwrap_err().code(), "wrong_state");
            }
        }
    }
}
