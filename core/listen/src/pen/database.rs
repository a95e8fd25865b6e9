//! Importing from a player's database: its feeds as subscriptions, its episodes as plays. It is a file of pages in no order
//! of reading, so it is opened where it lies; a stream of it cannot be read.

use std::path::Path;

use super::import::{Run, open_batch};
use super::step::Step;
use super::writer::Writer;
use super::{BatchState, PEN};
use crate::format::antennapod::AntennaPod;
use crate::format::plays::Context;
use crate::input::database::{Database, LARGEST_BYTES};
use crate::{Format, ListenError, Reason};

/// Rows in one transaction.
const AT_ONCE: usize = 8192;

/// Where reading stands: the last number of each table, feeds first.
#[derive(Clone, Copy)]
enum Place {
    Feeds(i64),
    Episodes(i64),
    End,
}

impl Run<'_, '_> {
    /// Reads a database to its end.
    pub(super) fn database(&mut self, path: &Path, bytes: u64) -> Result<(), ListenError> {
        let asked = self.options.format.is_none_or(|format| format == Format::AntennaPod);
        if !asked || self.options.mapping.is_some() {
            return Err(ListenError::UnknownFormat);
        }
        if bytes > LARGEST_BYTES {
            return Err(ListenError::FileTooLarge {
                limit_bytes: LARGEST_BYTES,
            });
        }
        let Some(mut found) = AntennaPod::open(Database::open(path)?)? else {
            return Err(ListenError::UnknownFormat);
        };
        let context = Context::new(Format::AntennaPod, self.times.clone(), "");
        self.memory.begin_file("");
        let mut place = Place::Feeds(0);
        while !matches!(place, Place::End) {
            self.check_cancelled()?;
            let (open, file_name, now_ms) = (self.batch, &self.file_name, self.times.now_ms);
            let (memory, context, found) = (&mut self.memory, &context, &mut found);
            let (batch_id, next) = self.vault.write(PEN, |transaction| {
                let batch_id = match open {
                    Some((batch_id, _)) => batch_id,
                    None => open_batch(transaction, Format::AntennaPod, file_name, now_ms)?,
                };
                let mut writer = Writer::new(transaction, batch_id, Format::AntennaPod)?;
                let mut step = Step {
                    writer: &mut writer,
                    memory,
                    context,
                };
                let next = match place {
                    Place::Feeds(after) => step.feeds(found, after)?,
                    Place::Episodes(after) => step.episodes(found, after)?,
                    Place::End => Place::End,
                };
                writer.close(memory, BatchState::Importing.name())?;
                Ok::<_, ListenError>((batch_id, next))
            })?;
            self.batch.get_or_insert((batch_id, Format::AntennaPod));
            place = next;
            self.tell();
        }
        Ok(())
    }
}

impl Step<'_, '_> {
    fn feeds(&mut self, found: &AntennaPod, after: i64) -> Result<Place, ListenError> {
        let page = found.feeds(after, AT_ONCE);
        let next = match page.rows.last() {
            Some((last, _)) if page.rows.len() == AT_ONCE && !page.damaged => Place::Feeds(*last),
            _ => Place::Episodes(0),
        };
        for (number, feed) in page.rows {
            match feed {
                Ok(feed) => {
                    self.count();
                    self.writer.subscription(self.memory, &feed)?;
                }
                Err(reason) => self.refused(reason, 0, format!("Feeds {number}").as_bytes())?,
            }
        }
        self.damaged(page.damaged, "Feeds")?;
        Ok(next)
    }

    fn episodes(&mut self, found: &mut AntennaPod, after: i64) -> Result<Place, ListenError> {
        let page = found.episodes(after, AT_ONCE, self.context.times.now_ms, &mut self.memory.scratch);
        let next = match page.rows.last() {
            Some((last, _)) if page.rows.len() == AT_ONCE && !page.damaged => Place::Episodes(*last),
            _ => Place::End,
        };
        for (number, episode) in page.rows {
            match episode {
                Ok(Some(episode)) => {
                    self.count();
                    self.writer.episode(self.memory, episode)?;
                }
                Ok(None) => {}
                Err(reason) => self.refused(reason, 0, format!("FeedMedia {number}").as_bytes())?,
            }
        }
        self.damaged(page.damaged, "FeedMedia")?;
        Ok(next)
    }

    fn damaged(&mut self, damaged: bool, table: &str) -> Result<(), ListenError> {
        if damaged {
            self.refused(Reason::DatabaseDamaged, 0, table.as_bytes())?;
        }
        Ok(())
    }
}
