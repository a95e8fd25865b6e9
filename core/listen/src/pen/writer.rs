//! Storing what an import reads: one row for each play, its texts once, duplicates by the index alone.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use rusqlite::{CachedStatement, OptionalExtension, Transaction, params};
use tekram_primitives::ranges::Ranges;

use crate::edit::shown::leave_gone_out;
use crate::format::antennapod::Episode;
use crate::format::draft::{Credit, Draft, Via, Work, feed_key};
use crate::format::opml::Feed;
use crate::format::sitting::Sitting;
use crate::listen::{Kind, MARK_OFFLINE, MARK_PRIVATE, MARK_SKIPPED, MARK_TOO_SHORT, MARK_ZONELESS, Played, Thumb};
use crate::log::counting::Rules;
use crate::{Format, ListenError, Reason};

/// Works whose number is remembered; when there are more, remembering starts anew.
const WORKS_REMEMBERED: usize = 1 << 18;
const CREDITS_REMEMBERED: usize = 1 << 14;
const VIAS_REMEMBERED: usize = 1 << 10;
/// Refusals that are kept one by one; beyond it the file is junk, and they are only counted.
pub(crate) const REFUSALS_KEPT: u64 = 100_000;

/// What an import has come to so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) read: u64,
    pub(crate) new: u64,
    pub(crate) duplicates: u64,
    pub(crate) refused: u64,
    pub(crate) listens: u64,
}

/// What an import remembers from one transaction to the next.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) counts: Counts,
    /// Number of the record being read, from 1.
    pub(crate) record: i64,
    /// Name of the file inside an archive.
    pub(crate) file: String,
    pub(crate) scratch: Vec<u8>,
    works: HashMap<u128, i64, BuildHasherDefault<LowBits>>,
    credits: HashMap<String, i64>,
    vias: HashMap<Via<'static>, i64>,
    /// Nearly every play came the same way as the one before.
    last_via: Option<(Via<'static>, i64)>,
    first_play_id: i64,
    /// Records whose time was taken for UTC.
    pub(crate) assumed_utc: u64,
}

impl Memory {
    /// Goes on to another file of an archive: it may have another source.
    pub(crate) fn begin_file(&mut self, name: &str) {
        name.clone_into(&mut self.file);
        self.vias.clear();
        self.last_via = None;
    }
}

impl Memory {
    /// What an import that goes on in a batch must know of it.
    pub(crate) fn of_batch(transaction: &Transaction<'_>, batch_id: i64) -> Result<Self, ListenError> {
        let mut memory = Self::default();
        transaction
            .prepare_cached(
                "SELECT read_count, new_count, duplicate_count, refused_count, listen_count, first_play_id
                 FROM listen_batch WHERE batch_id = ?1",
            )?
            .query_row([batch_id], |row| {
                let count = |column| row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or(0));
                memory.counts = Counts {
                    read: count(0)?,
                    new: count(1)?,
                    duplicates: count(2)?,
                    refused: count(3)?,
                    listens: count(4)?,
                };
                memory.record = row.get(0)?;
                memory.first_play_id = row.get(5)?;
                Ok(())
            })?;
        Ok(memory)
    }
}

/// Hashes what is a hash already.
#[derive(Default)]
struct LowBits(u64);

impl Hasher for LowBits {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.first_chunk().map_or(0, |first| u64::from_le_bytes(*first));
    }

    fn write_u128(&mut self, number: u128) {
        self.write(&number.to_le_bytes());
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What was stored just now for a record and must go again if the record turns out to be a duplicate.
#[derive(Default)]
struct JustAdded {
    work: Option<i64>,
    credit: Option<i64>,
}

/// The statements of one transaction of an import.
pub(crate) struct Writer<'t> {
    transaction: &'t Transaction<'t>,
    batch_id: i64,
    format: Format,
    next_play_id: i64,
    rules: Rules,
    add_play: CachedStatement<'t>,
    add_work: CachedStatement<'t>,
    find_work: CachedStatement<'t>,
    add_evidence: CachedStatement<'t>,
}

/// Two zones are at most so far apart (UTC−12 and UTC+14).
const ZONES_APART_MS: i64 = 26 * 60 * 60 * 1000;

impl<'t> Writer<'t> {
    pub(crate) fn new(transaction: &'t Transaction<'t>, batch_id: i64, format: Format) -> Result<Self, ListenError> {
        // Others may have added plays since the last transaction; a batch's last id outlives its plays.
        let last: i64 = transaction
            .prepare_cached(
                "SELECT max(coalesce((SELECT max(play_id) FROM listen_play), 0),
                            coalesce((SELECT max(last_play_id) FROM listen_batch), 0))",
            )?
            .query_row([], |row| row.get(0))?;
        Ok(Self {
            transaction,
            batch_id,
            format,
            next_play_id: last + 1,
            rules: Rules::read(transaction)?,
            add_play: transaction.prepare_cached(
                "INSERT INTO listen_play (play_id, start_ms, fingerprint, batch_id, work_id, via_id, record, played_how,
                    played_ms, media_ms, marks, ranges, offset_min)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING",
            )?,
            add_work: transaction.prepare_cached(
                "INSERT INTO listen_work (work_hash, credit_id, kind, title, creators, show, publisher, url, feed_url,
                    item_guid, isrc, recording_mbid, release_mbid, artist_mbids, spotify_uri)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
                 ON CONFLICT DO NOTHING",
            )?,
            find_work: transaction.prepare_cached("SELECT work_id FROM listen_work WHERE work_hash = ?1")?,
            add_evidence: transaction.prepare_cached(
                "INSERT OR IGNORE INTO listen_evidence (batch_id, play_id)
                 SELECT ?1, play_id FROM listen_play WHERE start_ms = ?2 AND fingerprint = ?3 AND batch_id <> ?1",
            )?,
        })
    }

    /// Stores a play, or notes that it is known.
    pub(crate) fn play(&mut self, memory: &mut Memory, draft: &Draft<'_>) -> Result<(), ListenError> {
        let zoneless = draft.marks & MARK_ZONELESS != 0;
        if zoneless && draft.offset_min.is_none() {
            memory.assumed_utc += 1;
        }
        if (zoneless && self.known_in_another_zone(draft)?) || self.add(memory, draft)?.is_none() {
            memory.counts.duplicates += 1;
        } else {
            memory.counts.new += 1;
        }
        Ok(())
    }

    /// Whether the same record was imported when another zone was named for it: its fingerprint is the same, its start
    /// is not.
    fn known_in_another_zone(&self, draft: &Draft<'_>) -> Result<bool, ListenError> {
        let known = self
            .transaction
            .prepare_cached(
                "SELECT play_id, batch_id FROM listen_play
                 WHERE start_ms BETWEEN ?1 - ?3 AND ?1 + ?3 AND start_ms <> ?1 AND fingerprint = ?2",
            )?
            .query_row(params![draft.start_ms, draft.fingerprint, ZONES_APART_MS], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })
            .optional()?;
        let Some((play_id, batch_id)) = known else {
            return Ok(false);
        };
        if batch_id != self.batch_id {
            self.transaction
                .prepare_cached("INSERT OR IGNORE INTO listen_evidence (batch_id, play_id) VALUES (?1, ?2)")?
                .execute([self.batch_id, play_id])?;
        }
        Ok(true)
    }

    /// Stores a play with what the person thought of it, or notes that it is known; then what they think of it here stays.
    pub(crate) fn own(
        &mut self,
        memory: &mut Memory,
        draft: &Draft<'_>,
        thumb: Option<Thumb>,
        now_ms: i64,
    ) -> Result<(), ListenError> {
        let zoneless = draft.marks & MARK_ZONELESS != 0;
        if (zoneless && self.known_in_another_zone(draft)?) || self.add(memory, draft)?.is_none() {
            memory.counts.duplicates += 1;
            return Ok(());
        }
        memory.counts.new += 1;
        if let Some(thumb) = thumb {
            self.transaction
                .prepare_cached(
                    "INSERT INTO listen_thumb (fingerprint, thumb, rated_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                )?
                .execute(params![draft.fingerprint, thumb.number(), now_ms])?;
        }
        Ok(())
    }

    /// Stores a play that may still go on, or brings what is stored of it up to date. Says whether it is new.
    pub(crate) fn keep(&mut self, memory: &mut Memory, draft: &Draft<'_>) -> Result<bool, ListenError> {
        if self.add(memory, draft)?.is_some() {
            return Ok(true);
        }
        let hash = draft.work.hash(&mut memory.scratch);
        let work_id = self.work_id(memory, &hash, &draft.work, &draft.credit, &mut JustAdded::default())?;
        self.transaction
            .prepare_cached(
                // What the person and other sources said of it stays.
                "UPDATE listen_play SET work_id = CASE WHEN EXISTS
                        (SELECT 1 FROM listen_correction c WHERE c.fingerprint = ?2) THEN work_id ELSE ?3 END,
                    played_how = ?4, played_ms = ?5, media_ms = ?6,
                    marks = (marks & ~?9) | ?7, ranges = ?8 WHERE start_ms = ?1 AND fingerprint = ?2",
            )?
            .execute(params![
                draft.start_ms,
                draft.fingerprint,
                work_id,
                draft.played.how(),
                draft.played.ms(),
                draft.media_ms,
                self.marks(draft),
                draft.played.ranges_column(),
                MARK_SKIPPED | MARK_PRIVATE | MARK_OFFLINE | MARK_TOO_SHORT,
            ])?;
        Ok(false)
    }

    /// What the source says of it, and whether it is too short to count.
    fn marks(&self, draft: &Draft<'_>) -> i64 {
        let (kind, played) = (draft.work.kind(), &draft.played);
        draft.marks | self.rules.mark(kind, played.how(), played.ms(), draft.media_ms)
    }

    /// The number of the play if it is new.
    fn add(&mut self, memory: &mut Memory, draft: &Draft<'_>) -> Result<Option<i64>, ListenError> {
        let mut just = JustAdded::default();
        let hash = draft.work.hash(&mut memory.scratch);
        let work_id = self.work_id(memory, &hash, &draft.work, &draft.credit, &mut just)?;
        let via_id = self.via_id(memory, &draft.via)?;
        let play_id = self.next_play_id;
        let marks = self.marks(draft);
        let added = self.add_play.execute(params![
            play_id,
            draft.start_ms,
            draft.fingerprint,
            self.batch_id,
            work_id,
            via_id,
            memory.record,
            draft.played.how(),
            draft.played.ms(),
            draft.media_ms,
            marks,
            draft.played.ranges_column(),
            draft.offset_min,
        ])?;
        if added == 1 {
            self.next_play_id += 1;
            memory.counts.listens += 1;
            if memory.first_play_id == 0 {
                memory.first_play_id = play_id;
            }
            return Ok(Some(play_id));
        }
        self.add_evidence
            .execute(params![self.batch_id, draft.start_ms, draft.fingerprint])?;
        if let Some(work_id) = just.work {
            memory.works.remove(&u128::from_be_bytes(hash));
            self.transaction
                .prepare_cached("DELETE FROM listen_work WHERE work_id = ?1")?
                .execute([work_id])?;
        }
        if let Some(credit_id) = just.credit {
            memory.credits.clear();
            self.transaction
                .prepare_cached("DELETE FROM listen_credit WHERE credit_id = ?1")?
                .execute([credit_id])?;
        }
        Ok(None)
    }

    fn work_id(
        &mut self,
        memory: &mut Memory,
        hash: &[u8; 16],
        work: &Work<'_>,
        credit: &Credit<'_>,
        just: &mut JustAdded,
    ) -> Result<i64, ListenError> {
        if let Some(work_id) = memory.works.get(&u128::from_be_bytes(*hash)) {
            return Ok(*work_id);
        }
        let credit_id = self.credit_id(memory, credit, work.kind(), just)?;
        let added = self.add_work.execute(params![
            hash,
            credit_id,
            work.kind().name(),
            work.title,
            json_list(&work.creators),
            work.show,
            work.publisher,
            work.url,
            work.feed_url,
            work.item_guid,
            work.isrc,
            work.recording_mbid,
            work.release_mbid,
            json_list(&work.artist_mbids),
            work.spotify_uri,
        ])?;
        let work_id = if added == 1 {
            let work_id = self.transaction.last_insert_rowid();
            just.work = Some(work_id);
            work_id
        } else {
            self.find_work.query_row([hash], |row| row.get(0))?
        };
        if memory.works.len() >= WORKS_REMEMBERED {
            memory.works.clear();
        }
        memory.works.insert(u128::from_be_bytes(*hash), work_id);
        Ok(work_id)
    }

    fn credit_id(
        &self,
        memory: &mut Memory,
        credit: &Credit<'_>,
        kind: Kind,
        just: &mut JustAdded,
    ) -> Result<i64, ListenError> {
        let key = credit.key();
        if let Some(credit_id) = memory.credits.get(&key) {
            return Ok(*credit_id);
        }
        let known = self
            .transaction
            .prepare_cached("SELECT credit_id FROM listen_credit WHERE credit_key = ?1")?
            .query_row([&key], |row| row.get(0))
            .optional()?;
        let credit_id = match known {
            Some(credit_id) => credit_id,
            None => {
                self.transaction
                    .prepare_cached(
                        "INSERT INTO listen_credit (credit_key, kind, name, feed_url) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![key, kind.name(), credit.name(), credit.feed_url()])?;
                let credit_id = self.transaction.last_insert_rowid();
                just.credit = Some(credit_id);
                credit_id
            }
        };
        if memory.credits.len() >= CREDITS_REMEMBERED {
            memory.credits.clear();
        }
        memory.credits.insert(key, credit_id);
        Ok(credit_id)
    }

    fn via_id(&self, memory: &mut Memory, via: &Via<'_>) -> Result<i64, ListenError> {
        if let Some((last, via_id)) = &memory.last_via
            && last == via
        {
            return Ok(*via_id);
        }
        // Shared borrowing lets the longer-lived keys be looked up by a shorter-lived one.
        let vias: &HashMap<Via<'_>, i64> = &memory.vias;
        if let Some(via_id) = vias.get(via).copied() {
            memory.last_via = Some((via.to_owned(), via_id));
            return Ok(via_id);
        }
        let source = match via.source.as_ref() {
            "" => self.format.source(),
            source => source,
        };
        let texts = params![source, via.service, via.player, via.device, via.client];
        self.transaction
            .prepare_cached(
                "INSERT INTO listen_via (source, service, player, device, client) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(texts)?;
        let via_id = self
            .transaction
            .prepare_cached(
                "SELECT via_id FROM listen_via
                 WHERE source = ?1 AND service = ?2 AND player = ?3 AND device = ?4 AND client = ?5",
            )?
            .query_row(texts, |row| row.get(0))?;
        if memory.vias.len() >= VIAS_REMEMBERED {
            memory.vias.clear();
        }
        memory.last_via = Some((via.to_owned(), via_id));
        memory.vias.insert(via.to_owned(), via_id);
        Ok(via_id)
    }

    /// Stores the new part of a sitting. Stretches that an earlier import or sitting told of already are taken off, so
    /// that an overlapping export adds only what it knows more.
    pub(crate) fn sitting(&mut self, memory: &mut Memory, sitting: &Sitting) -> Result<(), ListenError> {
        let play_id = self.next_play_id;
        let (mut fresh, mut known) = (Ranges::new(), Ranges::new());
        let mut new_actions = Vec::new();
        let mut seen = HashSet::new();
        {
            let mut add = self.transaction.prepare_cached(
                "INSERT INTO listen_action (fingerprint, batch_id, play_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?;
            let mut evidence = self.transaction.prepare_cached(
                "INSERT OR IGNORE INTO listen_evidence (batch_id, play_id)
                 SELECT ?1, play_id FROM listen_action WHERE fingerprint = ?2 AND batch_id <> ?1 AND play_id > 0",
            )?;
            for (mark, stretch) in &sitting.stretches {
                if !seen.insert(mark) {
                    memory.counts.duplicates += 1;
                    continue;
                }
                let into = if add.execute(params![mark, self.batch_id, play_id])? == 1 {
                    new_actions.push(mark);
                    &mut fresh
                } else {
                    memory.counts.duplicates += 1;
                    evidence.execute(params![self.batch_id, mark])?;
                    &mut known
                };
                if let Some((start, end)) = stretch {
                    // Checked when it was read.
                    let _ = into.insert(*start, *end);
                }
            }
        }
        memory.counts.new += u64::try_from(new_actions.len()).unwrap_or(0);
        let fresh_only = without(&fresh, &known);
        // A player that gives no positions still tells of a play; a rewind over what is known tells of nothing new.
        let unknown = fresh.is_empty() && known.is_empty();
        let added = match new_actions.first() {
            Some(mark) if unknown || !fresh_only.is_empty() => {
                let played = if unknown {
                    Played::Unknown
                } else {
                    Played::Ranges { ranges: fresh_only }
                };
                let record = std::mem::replace(&mut memory.record, sitting.record);
                let added = self.add(memory, &draft(sitting, played, **mark));
                memory.record = record;
                added?
            }
            _ => None,
        };
        if added.is_none() {
            let mut none = self
                .transaction
                .prepare_cached("UPDATE listen_action SET play_id = 0 WHERE fingerprint = ?1")?;
            for mark in new_actions {
                none.execute([mark])?;
            }
        }
        Ok(())
    }

    /// Stores what an episode was played more than the exports before this one told of.
    pub(crate) fn episode(&mut self, memory: &mut Memory, episode: Episode) -> Result<(), ListenError> {
        let Episode {
            mut draft,
            item,
            ended_ms,
            total_ms,
        } = episode;
        let Some(total_ms) = total_ms else {
            return self.play(memory, &draft);
        };
        let known = self
            .transaction
            .prepare_cached(
                "SELECT p.total_ms, p.play_id FROM listen_progress p JOIN listen_batch b ON b.batch_id = p.batch_id
                 WHERE p.item = ?1 AND (b.state IN ('held', 'accepted') OR b.batch_id = ?2)
                 ORDER BY p.total_ms DESC LIMIT 1",
            )?
            .query_row(params![item, self.batch_id], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })
            .optional()?;
        let more_ms = total_ms - known.map_or(0, |(known_ms, _)| known_ms);
        let added = if more_ms > 0 {
            draft.played = Played::Total { ms: more_ms };
            draft.start_ms = ended_ms.saturating_sub(more_ms);
            self.add(memory, &draft)?
        } else {
            None
        };
        if added.is_some() {
            memory.counts.new += 1;
        } else {
            memory.counts.duplicates += 1;
        }
        if known.is_some() {
            // This export tells of all plays of the episode that together come to its total.
            self.transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO listen_evidence (batch_id, play_id)
                     SELECT DISTINCT ?2, p.play_id FROM listen_progress p JOIN listen_play l ON l.play_id = p.play_id
                     WHERE p.item = ?1 AND l.batch_id <> ?2 AND p.total_ms <= ?3",
                )?
                .execute(params![item, self.batch_id, total_ms])?;
        }
        if let Some(play_id) = added.or(known.map(|(_, play_id)| play_id)) {
            self.transaction
                .prepare_cached(
                    "INSERT INTO listen_progress (item, batch_id, total_ms, play_id) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET total_ms = max(total_ms, excluded.total_ms), play_id = excluded.play_id",
                )?
                .execute(params![item, self.batch_id, total_ms, play_id])?;
        }
        Ok(())
    }

    /// Stores a subscription, or notes that it is known from this or another live import.
    pub(crate) fn subscription(&self, memory: &mut Memory, feed: &Feed) -> Result<(), ListenError> {
        let key = feed_key(&feed.feed_url);
        let elsewhere: bool = self
            .transaction
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM listen_batch b CROSS JOIN listen_subscription s
                 ON s.batch_id = b.batch_id AND s.feed_key = ?1
                 WHERE b.state IN ('held', 'accepted') AND b.batch_id <> ?2)",
            )?
            .query_row(params![key, self.batch_id], |row| row.get(0))?;
        let added = self
            .transaction
            .prepare_cached(
                "INSERT INTO listen_subscription (batch_id, feed_key, feed_url, title, site_url, folder, payment_url)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                self.batch_id,
                key,
                feed.feed_url,
                feed.title,
                feed.site_url,
                feed.folder,
                feed.payment_url
            ])?;
        if added == 1 && !elsewhere {
            memory.counts.new += 1;
        } else {
            memory.counts.duplicates += 1;
        }
        Ok(())
    }

    /// Keeps a refused record, with its beginning.
    pub(crate) fn refuse(
        &self,
        memory: &mut Memory,
        reason: Reason,
        line: u64,
        excerpt: &[u8],
    ) -> Result<(), ListenError> {
        memory.counts.refused += 1;
        if memory.counts.refused > REFUSALS_KEPT {
            return Ok(());
        }
        let text: String = String::from_utf8_lossy(excerpt)
            .chars()
            .filter(|letter| *letter != '\0')
            .collect();
        self.transaction
            .prepare_cached(
                "INSERT INTO listen_refused (batch_id, seq, file, line, record, reason, field, excerpt)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                self.batch_id,
                i64::try_from(memory.counts.refused).unwrap_or(i64::MAX),
                memory.file,
                i64::try_from(line).unwrap_or(i64::MAX),
                memory.record,
                reason.code(),
                reason.field(),
                text,
            ])?;
        Ok(())
    }

    /// Takes out what the person deleted for good before. Once, before the batch is held.
    pub(crate) fn leave_gone_out(&self, memory: &mut Memory) -> Result<(), ListenError> {
        let gone = leave_gone_out(self.transaction, self.batch_id)?;
        let counts = &mut memory.counts;
        // It is known, and nothing new.
        let known = gone.min(counts.new);
        counts.new -= known;
        counts.duplicates += known;
        counts.listens = counts.listens.saturating_sub(gone);
        Ok(())
    }

    /// Writes the counts and the bounds of ids into the batch's row. Last in every transaction.
    pub(crate) fn close(self, memory: &Memory, state: &str) -> Result<(), ListenError> {
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let counts = memory.counts;
        self.transaction
            .prepare_cached(
                "UPDATE listen_batch SET state = ?2, read_count = ?3, new_count = ?4, duplicate_count = ?5,
                    refused_count = ?6, listen_count = ?7, first_play_id = ?8, last_play_id = ?9 WHERE batch_id = ?1",
            )?
            .execute(params![
                self.batch_id,
                state,
                count(counts.read),
                count(counts.new),
                count(counts.duplicates),
                count(counts.refused),
                count(counts.listens),
                memory.first_play_id,
                if memory.first_play_id == 0 {
                    0
                } else {
                    self.next_play_id - 1
                },
            ])?;
        Ok(())
    }
}

fn draft<'a>(sitting: &'a Sitting, played: Played, mark: [u8; 16]) -> Draft<'a> {
    let feed = Cow::Borrowed(sitting.podcast.as_str());
    Draft {
        work: Work {
            kind: Some(Kind::Podcast),
            url: Cow::Borrowed(&sitting.episode),
            feed_url: feed.clone(),
            item_guid: Cow::Borrowed(&sitting.guid),
            ..Work::default()
        },
        credit: Credit::Feed(feed),
        start_ms: sitting.from_ms,
        offset_min: None,
        played,
        media_ms: sitting.total_ms,
        via: Via {
            device: Cow::Borrowed(&sitting.device),
            ..Via::default()
        },
        marks: 0,
        fingerprint: mark,
    }
}

/// What is in `all` and not in `off`.
fn without(all: &Ranges, off: &Ranges) -> Ranges {
    let mut left = Vec::new();
    for (mut start, end) in all.iter() {
        for (off_start, off_end) in off.iter() {
            if off_end <= start || off_start >= end {
                continue;
            }
            if off_start > start {
                left.push((start, off_start));
            }
            start = off_end.min(end);
        }
        if start < end {
            left.push((start, end));
        }
    }
    Ranges::from_intervals(left).unwrap_or_default()
}

fn json_list(texts: &[Cow<'_, str>]) -> String {
    serde_json::to_string(texts).unwrap_or_else(|_| "[]".to_owned())
}
