//! Putting a state together from the segments of a backup: every block is read and proven, and what is damaged is named.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Seek, SeekFrom, Write};

use tekram_primitives::secret::Secret32;

use super::super::format::{
    BLOCK_BYTES, Chain, End, Kind, PAGE_RECORD_BYTES, SegmentKey, page_record, page_tag, state_sha256,
};
use super::super::segment::PageTag;
use super::super::{BackupDamage, ranges};
use super::{BackupFile, Layout, as_u64, damage, to_usize};
use crate::database::PAGE_BYTES;
use crate::error::VaultError;
use crate::progress::{self, Watch};

/// A state put together from its segments.
pub(crate) struct Assembled {
    /// What its last segment says about it; `None` when that is damaged.
    pub(crate) end: Option<End>,
    /// What is damaged in its segments.
    pub(crate) damage: Vec<BackupDamage>,
    /// Pages that could not be read. They were written as bytes that never authenticate.
    pub(crate) missing: BTreeSet<u32>,
    /// The first segment in which it is not known which pages are missing: later than this, an old page may stand for a new
    /// one.
    pub(crate) unsure: Option<u32>,
    /// Whether it is, to the last page and inbox item, the state that was written. Damage in parts that later segments
    /// replaced does not matter to it.
    pub(crate) whole: bool,
}

/// Where a state is put together.
pub(crate) struct Target<'a> {
    /// Gets the database, page by page.
    pub(crate) database: &'a mut (dyn WriteSeek + 'a),
    /// Gets the inbox of the last segment.
    pub(crate) inbox: &'a mut (dyn WriteSeek + 'a),
}

/// A file to write anywhere in it, and to cut.
pub(crate) trait WriteSeek: Write + Seek {
    /// Cuts it, or makes it longer with zeros.
    fn set_length(&mut self, bytes: u64) -> std::io::Result<()>;
}

impl WriteSeek for std::fs::File {
    fn set_length(&mut self, bytes: u64) -> std::io::Result<()> {
        self.set_len(bytes)
    }
}

impl BackupFile {
    /// Reads everything and says what is damaged.
    pub(crate) fn check(
        &mut self,
        vault_key: &Secret32,
        watch: &mut Watch<'_>,
    ) -> Result<Vec<BackupDamage>, VaultError> {
        let last = self.segments.len().saturating_sub(1);
        let mut nowhere = (Nowhere::default(), Nowhere::default());
        let target = Target {
            database: &mut nowhere.0,
            inbox: &mut nowhere.1,
        };
        let mut assembled = self.assemble(vault_key, last, target, watch)?;
        if !assembled.whole && assembled.damage.is_empty() {
            assembled.damage.push(damage(self.segments.last(), "chain", Vec::new()));
        }
        Ok(assembled.damage)
    }

    /// Puts the state number `upto` together. Every block of every segment up to it is read and proven.
    pub(crate) fn assemble(
        &mut self,
        vault_key: &Secret32,
        upto: usize,
        target: Target<'_>,
        watch: &mut Watch<'_>,
    ) -> Result<Assembled, VaultError> {
        let Target { database, inbox } = target;
        let mut all = Assembled {
            end: None,
            damage: Vec::new(),
            missing: BTreeSet::new(),
            unsure: None,
            whole: false,
        };
        if self.first_is_damaged {
            all.damage.push(damage(self.segments.first(), "beginning", Vec::new()));
        }
        // By page, so that a number costs nothing however large it is.
        let mut tags: BTreeMap<u32, PageTag> = BTreeMap::new();
        let mut previous = Some([0; 32]);
        let mut expected = 0;
        let mut inbox_is_whole = true;
        let total = self.segments.iter().take(upto + 1).map(|place| u64::from(place.blocks));
        let total_bytes = total.sum::<u64>() * as_u64(BLOCK_BYTES);
        let mut done_bytes = 0;
        for at in 0..=upto {
            let Some(place) = self.segments.get(at).copied() else {
                return Err(VaultError::NotABackup);
            };
            if place.prefix.segment != expected {
                all.damage.push(damage(Some(&place), "missing", Vec::new()));
                all.unsure.get_or_insert(place.prefix.segment);
            } else if previous.is_some_and(|previous| previous != place.prefix.previous) {
                all.damage.push(damage(Some(&place), "chain", Vec::new()));
            }
            expected = place.prefix.segment.saturating_add(1);
            inbox_is_whole = true;
            all.end = self.end(at, vault_key)?;
            let index = match &all.end {
                Some(end) => self.index(at, end, vault_key)?,
                None => None,
            };
            let layout = all.end.as_ref().map(Layout::of);
            inbox.set_length(0).map_err(writing)?;
            let mut inbox_at = 0;
            let mut chain = Chain::after(&place.prefix.previous);
            let damage_before = all.damage.len();
            let key = SegmentKey::new(vault_key, &place.prefix.salt, &self.first.hash)?;
            let mut block = vec![0; BLOCK_BYTES];
            for counter in 0..place.blocks {
                progress::tell(watch, done_bytes, total_bytes)?;
                done_bytes += as_u64(BLOCK_BYTES);
                let readable = self.read_block(&place, counter, &mut block)?;
                chain.take(&block);
                let opened = if readable {
                    key.open(&place.prefix_of(counter), &mut block)
                } else {
                    None
                };
                match opened {
                    Some((Kind::Pages, records)) => {
                        for record in records.chunks_exact(PAGE_RECORD_BYTES) {
                            let record = page_record(record).filter(|(number, _)| is_page(*number, all.end.as_ref()));
                            if let Some((number, page)) = record {
                                put_page(database, number, page)?;
                                all.missing.remove(&number);
                                tags.extend(page_tag(page).map(|tag| (number, tag)));
                            }
                        }
                    }
                    Some((Kind::Inbox, part)) => {
                        inbox
                            .seek(SeekFrom::Start(inbox_at))
                            .and_then(|_| inbox.write_all(part))
                            .map_err(writing)?;
                        inbox_at += as_u64(part.len());
                    }
                    Some((Kind::Index | Kind::End, _)) => {}
                    None => {
                        let (part, lost) = match (&layout, &index) {
                            (Some(layout), index) => layout.lost(counter, index.as_deref()),
                            (None, _) if counter + 1 == place.blocks => ("end", Some(Vec::new())),
                            (None, _) => ("pages", None),
                        };
                        inbox_is_whole &= part != "inbox";
                        for number in lost.iter().flatten() {
                            put_page(database, *number, &[0xa5; PAGE])?;
                            all.missing.insert(*number);
                        }
                        if lost.is_none() {
                            all.unsure.get_or_insert(place.prefix.segment);
                        }
                        all.damage
                            .push(damage(Some(&place), part, ranges(lost.into_iter().flatten())));
                    }
                }
            }
            // Of a damaged segment it is not known what its sum was.
            previous = (all.damage.len() == damage_before).then(|| chain.value());
        }
        if let Some(end) = &all.end {
            let length = u64::from(end.pages) * PAGE_BYTES;
            database.set_length(length).map_err(writing)?;
            all.missing.retain(|number| *number <= end.pages);
            tags.retain(|number, _| *number <= end.pages);
            all.whole = all.missing.is_empty()
                && inbox_is_whole
                && tags.len() == to_usize(end.pages)
                && state_sha256(tags.values()) == end.state_sha256;
        }
        progress::tell(watch, total_bytes, total_bytes)?;
        Ok(all)
    }
}

/// Takes what is written and keeps nothing.
#[derive(Default)]
struct Nowhere(std::io::Empty);

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Seek for Nowhere {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

impl WriteSeek for Nowhere {
    fn set_length(&mut self, _: u64) -> std::io::Result<()> {
        Ok(())
    }
}

/// Whether a database with this end has a page of this number; they are counted from 1.
fn is_page(number: u32, end: Option<&End>) -> bool {
    number > 0 && end.is_none_or(|end| number <= end.pages)
}

const PAGE: usize = PAGE_RECORD_BYTES - 4;

fn put_page(database: &mut dyn WriteSeek, number: u32, page: &[u8]) -> Result<(), VaultError> {
    let at = u64::from(number.saturating_sub(1)) * PAGE_BYTES;
    database
        .seek(SeekFrom::Start(at))
        .and_then(|_| database.write_all(page))
        .map_err(writing)
}

fn writing(source: std::io::Error) -> VaultError {
    VaultError::Io {
        action: "writing what a backup has",
        source,
    }
}
