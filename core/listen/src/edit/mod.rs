//! What a person changes in their log: thumbs, notes, tags, corrections, hiding, deleting, and which works are one. What the
//! sources told stays beside it until it is deleted for good. Each change is written down with what was before, and the
//! newest one can be taken back, then the one before it, and so on.
//!
//! Changes are kept by the play's fingerprint, so they are there again when an undone import comes back.

pub(crate) mod changed;
pub(crate) mod correction;
pub(crate) mod hidden;
pub(crate) mod history;
pub(crate) mod said;
pub(crate) mod shown;
pub(crate) mod thumb;
pub(crate) mod works;

use rusqlite::{Connection, OptionalExtension};

use crate::ListenError;
use crate::same_play::step::with_evidence;

/// A play, by what does not change when its import comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) start_ms: i64,
    pub(crate) fingerprint: [u8; 16],
}

/// One row of a listen: the leading play or one that is evidence of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    pub(crate) play_id: i64,
    pub(crate) work_id: i64,
    pub(crate) place: Place,
}

/// A listen with all its rows, the leading one first. An edit is one of the listen, whichever row leads tomorrow.
#[derive(Debug, Clone)]
pub(crate) struct Edited {
    pub(crate) lead: Member,
    pub(crate) others: Vec<Member>,
}

impl Edited {
    /// The listen with this number, or which this one is evidence of; in the log, hidden or held.
    pub(crate) fn find(connection: &Connection, id: i64) -> Result<Self, ListenError> {
        let lead: i64 = connection
            .prepare_cached(
                "SELECT coalesce(s.lead_play_id, p.play_id) FROM listen_play p
                 LEFT JOIN listen_same_play s ON s.play_id = p.play_id
                 WHERE p.play_id = ?1
                 AND p.batch_id IN (SELECT batch_id FROM listen_batch WHERE state IN ('accepted', 'held'))",
            )?
            .query_row([id], |row| row.get(0))
            .optional()?
            .ok_or(ListenError::NoSuchListen { play_id: id })?;
        let mut one = connection
            .prepare_cached("SELECT play_id, work_id, start_ms, fingerprint FROM listen_play WHERE play_id = ?1")?;
        let mut members = with_evidence(connection, lead)?.into_iter().map(|play_id| {
            one.query_row([play_id], |row| {
                Ok(Member {
                    play_id: row.get(0)?,
                    work_id: row.get(1)?,
                    place: Place {
                        start_ms: row.get(2)?,
                        fingerprint: row.get(3)?,
                    },
                })
            })
        });
        let lead = members.next().ok_or(ListenError::NoSuchListen { play_id: id })??;
        Ok(Self {
            lead,
            others: members.collect::<Result<_, _>>()?,
        })
    }

    /// The listen that a play belongs to; `None` when the play is not there, because its import was undone.
    pub(crate) fn at(connection: &Connection, place: Place) -> Result<Option<Self>, ListenError> {
        match play_at(connection, place)? {
            Some(play_id) => match Self::find(connection, play_id) {
                Err(ListenError::NoSuchListen { .. }) => Ok(None),
                found => found.map(Some),
            },
            None => Ok(None),
        }
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        std::iter::once(&self.lead).chain(&self.others)
    }
}

/// The number of a play that is there.
pub(crate) fn play_at(connection: &Connection, place: Place) -> Result<Option<i64>, ListenError> {
    Ok(connection
        .prepare_cached("SELECT play_id FROM listen_play WHERE start_ms = ?1 AND fingerprint = ?2")?
        .query_row((place.start_ms, place.fingerprint), |row| row.get(0))
        .optional()?)
}
