//! The states of a statement's line from draft to its end, and every transition between them, in one table.
//!
//! Nothing else in the room decides which state may follow which: a change goes through [`LineState::after`] or it
//! does not happen. "Handed off" is not "paid", and "unknown" is a state that only evidence leaves.

use serde::{Deserialize, Serialize};

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// Part of a statement that can still be remade.
    Draft,
    /// Promised by a signed commitment; nothing has left.
    Committed,
    /// An effect may have happened: the outbox row says which. In flight until evidence comes.
    Paying,
    /// The payee has it: a signed receipt or the rail's evidence is kept.
    Paid,
    /// The person finishes it in another app. Not paid.
    HandedOff,
    /// The rail cannot say what happened. Never repeated without evidence.
    Unknown,
    /// Ended without money leaving; the amount is carried.
    Failed,
    /// Came back after the locktime; the amount is carried.
    Refunded,
    /// Not payable now (too small, nobody to pay, no rail); carried to the next statement.
    Carried,
}

/// What can happen to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineEvent {
    /// The person confirmed the statement and the commitment was signed.
    Commit,
    /// It cannot be paid now, for a reason kept with the line.
    Carry,
    /// The outbox row was written: from now on an effect may happen.
    Begin,
    /// Evidence that the payee has it.
    Evidence,
    /// The rail cannot say what happened.
    LoseSight,
    /// The rail says what happened again: it is in flight, or certainly was not executed.
    Regain,
    /// A final no; the rail is certain that nothing left.
    Refuse,
    /// Taken back after the locktime.
    TakeBack,
    /// The link or code was given to the person.
    HandOff,
}

impl LineState {
    /// Every state, in the order of a line's life.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::Committed,
        Self::Paying,
        Self::Paid,
        Self::HandedOff,
        Self::Unknown,
        Self::Failed,
        Self::Refunded,
        Self::Carried,
    ];

    /// The state after `event`, or `None` when the event cannot happen in this state.
    #[must_use]
    pub fn after(self, event: LineEvent) -> Option<Self> {
        use LineEvent as E;
        match (self, event) {
            (Self::Draft, E::Commit) => Some(Self::Committed),
            (Self::Draft | Self::Committed, E::Carry) => Some(Self::Carried),
            (Self::Committed, E::Begin) | (Self::Unknown, E::Regain) => Some(Self::Paying),
            (Self::Committed, E::HandOff) => Some(Self::HandedOff),
            (Self::Paying | Self::Unknown, E::Evidence) => Some(Self::Paid),
            (Self::Paying, E::LoseSight) => Some(Self::Unknown),
            (Self::Paying | Self::Unknown, E::Refuse) => Some(Self::Failed),
            (Self::Paying | Self::Unknown, E::TakeBack) => Some(Self::Refunded),
            _ => None,
        }
    }

    /// Whether nothing more will happen to the line by itself.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Paid | Self::HandedOff | Self::Failed | Self::Refunded | Self::Carried
        )
    }

    /// Whether money may be on its way.
    #[must_use]
    pub fn is_in_flight(self) -> bool {
        matches!(self, Self::Paying | Self::Unknown)
    }

    /// Stable snake_case name, as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Committed => "committed",
            Self::Paying => "paying",
            Self::Paid => "paid",
            Self::HandedOff => "handed_off",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
            Self::Refunded => "refunded",
            Self::Carried => "carried",
        }
    }

    /// The state with this stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementState {
    /// Can be made again from new inputs.
    Draft,
    /// Confirmed by the person; never made again.
    Committed,
    /// Every line is at its end.
    Settled,
}

impl StatementState {
    /// Stable name, as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Committed => "committed",
            Self::Settled => "settled",
        }
    }

    /// The state with this stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Draft, Self::Committed, Self::Settled]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

    use super::*;

    const EVENTS: [LineEvent; 9] = [
        LineEvent::Commit,
        LineEvent::Carry,
        LineEvent::Begin,
        LineEvent::Evidence,
        LineEvent::LoseSight,
        LineEvent::Regain,
        LineEvent::Refuse,
        LineEvent::TakeBack,
        LineEvent::HandOff,
    ];

    #[test]
    fn the_whole_table_of_transitions_is_this_and_nothing_else() {
        use LineEvent as E;
        use LineState as S;
        let allowed = [
            (S::Draft, E::Commit, S::Committed),
            (S::Draft, E::Carry, S::Carried),
            (S::Committed, E::Carry, S::Carried),
            (S::Committed, E::Begin, S::Paying),
            (S::Committed, E::HandOff, S::HandedOff),
            (S::Paying, E::Evidence, S::Paid),
            (S::Paying, E::LoseSight, S::Unknown),
            (S::Paying, E::Refuse, S::Failed),
            (S::Paying, E::TakeBack, S::Refunded),
            (S::Unknown, E::Regain, S::Paying),
            (S::Unknown, E::Evidence, S::Paid),
            (S::Unknown, E::Refuse, S::Failed),
            (S::Unknown, E::TakeBack, S::Refunded),
        ];
        for state in S::ALL {
            for event in EVENTS {
                let expected = allowed
                    .iter()
                    .find(|(from, by, _)| *from == state && *by == event)
                    .map(|(_, _, to)| *to);
                assert_eq!(state.after(event), expected, "{state:?} + {event:?}");
            }
        }
    }

    #[test]
    fn a_final_state_is_never_left() {
        for state in LineState::ALL.into_iter().filter(|s| s.is_final()) {
            assert!(EVENTS.into_iter().all(|event| state.after(event).is_none()));
        }
    }

    #[test]
    fn nothing_that_was_paid_handed_off_or_is_unknown_can_begin_again() {
        for state in [
            LineState::Paid,
            LineState::HandedOff,
            LineState::Unknown,
            LineState::Paying,
        ] {
            assert_eq!(state.after(LineEvent::Begin), None);
        }
    }

    #[test]
    fn names_come_back_as_the_states_they_were() {
        for state in LineState::ALL {
            assert_eq!(LineState::from_name(state.name()), Some(state));
        }
    }
}
