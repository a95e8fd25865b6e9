//! The r-button: where a relation stands, as two halves, mine and theirs, derived from the agreements between the two.
//!
//! Pure functions of negotiation states, so that both sides and every screen say the same.

use serde::{Deserialize, Serialize};

use crate::status::{NegotiationStatus, Party};

/// Where one side of a relation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// This side has said nothing about terms.
    Absent,
    /// This side was asked, or may decide anew; nothing of its own waits for an answer.
    Open,
    /// This side's terms lie on the table and wait for the other.
    Offering,
    /// This side has signed what the other has signed.
    InRelation,
    /// This side said no, took its proposal back, or let it run out.
    Ended,
}

impl Half {
    /// All states, for tables and tests.
    pub const ALL: [Self; 5] = [Self::Absent, Self::Open, Self::Offering, Self::InRelation, Self::Ended];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Open => "open",
            Self::Offering => "offering",
            Self::InRelation => "in_relation",
            Self::Ended => "ended",
        }
    }
}

/// Both halves, as this vault sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halves {
    /// This side.
    pub mine: Half,
    /// The other side.
    pub theirs: Half,
}

impl Halves {
    /// Nothing was ever said about terms.
    pub const ABSENT: Self = Self {
        mine: Half::Absent,
        theirs: Half::Absent,
    };
}

/// The halves of one proposal.
#[must_use]
pub fn halves(me: Party, status: NegotiationStatus) -> Halves {
    let (proposer, answerer) = match status {
        // Arrived or not, the answer is the other's to give.
        NegotiationStatus::PendingResponse | NegotiationStatus::ConfirmationRequired => (Half::Offering, Half::Open),
        NegotiationStatus::CounterOfferMade => (Half::Offering, Half::Offering),
        NegotiationStatus::Accepted => (Half::InRelation, Half::InRelation),
        NegotiationStatus::Refused => (Half::Open, Half::Ended),
        NegotiationStatus::Expired => (Half::Ended, Half::Absent),
        NegotiationStatus::Terminated => (Half::Ended, Half::Open),
    };
    match me {
        Party::First => Halves {
            mine: proposer,
            theirs: answerer,
        },
        Party::Second => Halves {
            mine: answerer,
            theirs: proposer,
        },
    }
}

/// The halves of a relation, from its proposals, newest first. What both signed stands, whatever was proposed after it;
/// without such an agreement the newest proposal decides.
#[must_use]
pub fn halves_of(newest_first: impl IntoIterator<Item = (Party, NegotiationStatus)>) -> Halves {
    let mut newest = None;
    for (me, status) in newest_first {
        let found = halves(me, status);
        if status == NegotiationStatus::Accepted {
            return found;
        }
        newest.get_or_insert(found);
    }
    newest.unwrap_or(Halves::ABSENT)
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

    #[test]
    fn each_state_of_a_negotiation_says_where_both_halves_stand() {
        use Half::{Absent, Ended, InRelation, Offering, Open};
        let expected = [
            (NegotiationStatus::PendingResponse, Offering, Open),
            (NegotiationStatus::ConfirmationRequired, Offering, Open),
            (NegotiationStatus::CounterOfferMade, Offering, Offering),
            (NegotiationStatus::Accepted, InRelation, InRelation),
            (NegotiationStatus::Refused, Open, Ended),
            (NegotiationStatus::Expired, Ended, Absent),
            (NegotiationStatus::Terminated, Ended, Open),
        ];
        assert_eq!(expected.map(|(status, _, _)| status), NegotiationStatus::ALL);
        for (status, proposer, answerer) in expected {
            let first = halves(Party::First, status);
            assert_eq!((first.mine, first.theirs), (proposer, answerer), "{status:?}");
            let second = halves(Party::Second, status);
            assert_eq!((second.mine, second.theirs), (answerer, proposer), "{status:?}");
        }
    }

    #[test]
    fn nothing_said_is_absent_on_both_sides() {
        assert_eq!(halves_of([]), Halves::ABSENT);
    }

    proptest! {
        #[test]
        fn one_agreement_that_both_signed_makes_a_relation_and_nothing_else_does(
            said in proptest::collection::vec((proptest::bool::ANY, 0_usize..7), 0..6)
        ) {
            let said: Vec<(Party, NegotiationStatus)> = said
                .into_iter()
                .map(|(first, status)| (if first { Party::First } else { Party::Second }, NegotiationStatus::ALL[status]))
                .collect();
            let whole = halves_of(said.iter().copied());
            let signed = said.iter().any(|(_, status)| *status == NegotiationStatus::Accepted);
            prop_assert_eq!(whole.mine == Half::InRelation, signed);
            prop_assert_eq!(whole.theirs == Half::InRelation, signed);
            if !signed && let Some((me, status)) = said.first() {
                prop_assert_eq!(whole, halves(*me, *status));
            }
        }
    }
}
