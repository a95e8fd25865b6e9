//! Adding to a batch that is there already: what comes in pieces – pulled from an account, or told by another app – is in one
//! batch, on which the person decides once.

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::take_from_held;
use super::writer::{Counts, Memory, Writer};
use crate::format::draft::Draft;
use crate::format::opml::Feed;
use crate::format::sitting::Sitting;
use crate::same_play::step::moment_is_due;
use crate::{Format, ListenError, Reason};

/// A batch that is being added to, in one transaction. [`Append::end`] is last.
pub(crate) struct Append<'t> {
    transaction: &'t Transaction<'t>,
    batch_id: i64,
    accepted: bool,
    before: Counts,
    pub(crate) memory: Memory,
    writer: Writer<'t>,
}

impl<'t> Append<'t> {
    /// The batch, if it is held or accepted.
    pub(crate) fn to(
        transaction: &'t Transaction<'t>,
        batch_id: i64,
        format: Format,
    ) -> Result<Option<Self>, ListenError> {
        let Some(accepted) = standing(transaction, batch_id)? else {
            return Ok(None);
        };
        let memory = Memory::of_batch(transaction, batch_id)?;
        Ok(Some(Self {
            transaction,
            batch_id,
            accepted,
            before: memory.counts,
            memory,
            writer: Writer::new(transaction, batch_id, format)?,
        }))
    }

    /// The next record is being read.
    pub(crate) fn count(&mut self) {
        self.memory.counts.read += 1;
        self.memory.record += 1;
    }

    /// Stores a play, or notes that it is known.
    pub(crate) fn play(&mut self, draft: &Draft<'_>) -> Result<(), ListenError> {
        self.writer.play(&mut self.memory, draft)?;
        self.changed(draft.start_ms)
    }

    /// Stores the new part of a sitting.
    pub(crate) fn sitting(&mut self, sitting: &Sitting) -> Result<(), ListenError> {
        self.writer.sitting(&mut self.memory, sitting)?;
        self.changed(sitting.from_ms)
    }

    /// Stores a feed that is subscribed to, or notes that it is known.
    pub(crate) fn subscription(&mut self, feed: &Feed) -> Result<(), ListenError> {
        self.writer.subscription(&mut self.memory, feed)
    }

    /// Notes that a play that starts at this moment was stored.
    fn changed(&self, start_ms: i64) -> Result<(), ListenError> {
        if self.accepted {
            moment_is_due(self.transaction, start_ms)?;
        }
        Ok(())
    }

    /// Keeps a refused record, with its beginning.
    pub(crate) fn refuse(&mut self, reason: Reason, raw: &[u8]) -> Result<(), ListenError> {
        let excerpt = crate::input::excerpt(raw);
        self.writer.refuse(&mut self.memory, reason, 0, &excerpt)
    }

    /// Writes the batch's counts, and says what came to them.
    pub(crate) fn end(self) -> Result<Counts, ListenError> {
        let state = if self.accepted { "accepted" } else { "held" };
        self.writer.close(&self.memory, state)?;
        if self.accepted {
            take_from_held(self.transaction, self.batch_id)?;
        }
        let (now, before) = (self.memory.counts, self.before);
        Ok(Counts {
            read: now.read - before.read,
            new: now.new - before.new,
            duplicates: now.duplicates - before.duplicates,
            refused: now.refused - before.refused,
            listens: now.listens - before.listens,
        })
    }
}

/// Whether a batch stands: `Some(true)` when it is accepted, `Some(false)` when it is held.
pub(crate) fn standing(connection: &Connection, batch_id: i64) -> Result<Option<bool>, ListenError> {
    Ok(connection
        .prepare_cached(
            "SELECT state = 'accepted' FROM listen_batch WHERE batch_id = ?1 AND state IN ('held', 'accepted')",
        )?
        .query_row([batch_id], |row| row.get(0))
        .optional()?)
}
