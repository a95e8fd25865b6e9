//! Reading a backup: finding its segments, whatever is damaged in between, and putting a state together from them.
//! What is found is only believed after it was opened with the vault key.

mod assemble;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, SeekFrom};

use tekram_primitives::secret::Secret32;

pub(super) use super::format::FirstBlock;
use super::format::{
    BLOCK_BYTES, CONTENT_BYTES, Chain, End, FILE, Kind, PAGES_IN_BLOCK, PREFIX_BYTES, Preamble, Prefix, SegmentKey,
    state_sha256,
};
use super::place::ReadSeek;
use super::segment::{INDEX_ENTRIES_IN_BLOCK, INDEX_ENTRY_BYTES, PageTag};
use super::{BackupDamage, BackupEntry, BackupState};
use crate::error::VaultError;
use crate::way_in::WrappedKey;
#[cfg(fuzzing)]
pub(super) use assemble::WriteSeek;
pub(crate) use assemble::{Assembled, Target};

const TAG_BYTES: usize = 16;

/// A backup's file, and where its segments lie.
pub(crate) struct BackupFile {
    file: Box<dyn ReadSeek>,
    first: FirstBlock,
    first_is_damaged: bool,
    segments: Vec<SegmentPlace>,
    /// Blocks up to the end of the last whole segment.
    whole_blocks: u64,
    cut: bool,
    bytes: u64,
}

/// Where a segment lies, as the blocks' prefixes say.
#[derive(Clone, Copy, Debug)]
struct SegmentPlace {
    /// Of its first block.
    prefix: Prefix,
    start: u64,
    blocks: u32,
}

/// Where a backup stands, for the segment that is added next.
pub(super) struct EndState {
    pub(super) first_block: [u8; 32],
    pub(super) next_segment: u32,
    /// The chain value of the last segment.
    pub(super) chain: [u8; 32],
    /// Where the next segment begins.
    pub(super) at_bytes: u64,
    /// The tags of the pages of the last state, in order.
    pub(super) tags: Vec<PageTag>,
    /// Pages in all segments together.
    pub(super) pages_in_file: usize,
}

impl EndState {
    /// For a file that has no segment yet.
    pub(super) fn nothing(first_block: [u8; 32]) -> Self {
        Self {
            first_block,
            next_segment: 0,
            chain: [0; 32],
            at_bytes: as_u64(BLOCK_BYTES),
            tags: Vec::new(),
            pages_in_file: 0,
        }
    }
}

impl BackupFile {
    /// Finds the parts of a backup. Fails with `not_a_backup`, `truncated`, `newer_schema`, or `backup_damaged` when neither
    /// of its beginnings can be read.
    pub(crate) fn open(mut file: Box<dyn ReadSeek>) -> Result<Self, VaultError> {
        let bytes = file.seek(SeekFrom::End(0)).map_err(reading)?;
        let blocks = bytes / as_u64(BLOCK_BYTES);
        let mut first = read_first(&mut file, 0, bytes);
        let first_is_damaged = matches!(first, Err(VaultError::BackupDamaged { .. } | VaultError::NotABackup));
        // By where a segment must begin, as any of its blocks says.
        let mut begun: BTreeMap<u64, SegmentPlace> = BTreeMap::new();
        let mut copies = BTreeSet::new();
        let mut unknown = BTreeSet::new();
        for at in 1..blocks {
            let mut head = [0; PREFIX_BYTES];
            file.seek(SeekFrom::Start(at * as_u64(BLOCK_BYTES))).map_err(reading)?;
            file.read_exact(&mut head).map_err(reading)?;
            if let Some(prefix) = Prefix::parse(&head) {
                let Some(start) = at.checked_sub(prefix.counter.into()) else {
                    continue;
                };
                let place = begun.entry(start).or_insert(SegmentPlace {
                    prefix: Prefix {
                        counter: 0,
                        last: false,
                        ..prefix
                    },
                    start,
                    blocks: 0,
                });
                if prefix.last {
                    place.blocks = prefix.counter.saturating_add(1);
                }
            } else if let Ok(copy) = read_first(&mut file, at, bytes) {
                copies.insert(at);
                if first_is_damaged {
                    first = Ok(copy);
                }
            } else if head.iter().any(|byte| *byte != 0) {
                unknown.insert(at);
            }
        }
        let first = first?;
        let mut places: Vec<SegmentPlace> = begun.into_values().collect();
        let starts: Vec<u64> = places.iter().skip(1).map(|place| place.start).collect();
        for (place, next) in places.iter_mut().zip(&starts) {
            // Its last block is damaged, and another segment follows: then it ends there.
            if place.blocks == 0 {
                let copy = u64::from(copies.contains(&next.saturating_sub(1)));
                place.blocks = u32::try_from(next - place.start - copy).unwrap_or(u32::MAX);
            }
        }
        let mut cut = bytes % as_u64(BLOCK_BYTES) != 0;
        if let Some(last) = places.pop_if(|last| last.blocks == 0) {
            // A segment without an end, and nothing behind it: its writing was cut. Unless something is there that nobody
            // wrote so: then its end is damaged.
            match unknown.last() {
                Some(damaged) if *damaged + 1 == blocks => places.push(SegmentPlace {
                    blocks: u32::try_from(blocks - last.start).unwrap_or(u32::MAX),
                    ..last
                }),
                _ => cut = true,
            }
        } else if let (Some(last), Some(damaged)) = (places.last().copied(), unknown.last())
            && *damaged >= last.end()
        {
            // Nothing is known of it but that it is there.
            places.push(SegmentPlace {
                prefix: Prefix {
                    segment: last.prefix.segment.saturating_add(1),
                    ..last.prefix
                },
                start: last.end() + u64::from(copies.contains(&last.end())),
                blocks: 1,
            });
        }
        let end = places.last().map(SegmentPlace::end);
        let Some(end) = end else {
            return Err(VaultError::Truncated { file: FILE });
        };
        Ok(Self {
            file,
            first,
            first_is_damaged,
            segments: places,
            whole_blocks: end + u64::from(copies.contains(&end)),
            cut,
            bytes,
        })
    }

    /// What its first block says.
    pub(crate) fn preamble(&self) -> &Preamble {
        &self.first.says
    }

    /// What is seen without a key.
    pub(super) fn entry(self, name: String) -> BackupEntry {
        BackupEntry {
            name,
            vault_id: self.first.says.vault_id.clone(),
            ways_in: self.first.says.ways_in.iter().map(WrappedKey::entry).collect(),
            states: self.segments.iter().map(SegmentPlace::state).collect(),
            cut: self.cut,
            bytes: self.bytes,
        }
    }

    /// The states, oldest first.
    pub(crate) fn states(&self) -> Vec<BackupState> {
        self.segments.iter().map(SegmentPlace::state).collect()
    }

    /// Whether a segment at the end was cut.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Whether any end of a segment opens with this key; if none does, it is another key, or all are damaged.
    pub(super) fn opens_with(&mut self, vault_key: &Secret32) -> Result<bool, VaultError> {
        for at in (0..self.segments.len()).rev() {
            if self.end(at, vault_key)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where the file stands; `None` when something that the next segment needs is damaged.
    pub(super) fn end_state(&mut self, vault_key: &Secret32) -> Result<Option<EndState>, VaultError> {
        let mut state = EndState {
            at_bytes: self.whole_blocks * as_u64(BLOCK_BYTES),
            ..EndState::nothing(self.first.hash)
        };
        if self.first_is_damaged {
            return Ok(None);
        }
        for at in 0..self.segments.len() {
            let (Some(place), Some(end)) = (self.segments.get(at).copied(), self.end(at, vault_key)?) else {
                return Ok(None);
            };
            let Some(index) = self.index(at, &end, vault_key)? else {
                return Ok(None);
            };
            if place.prefix.segment != state.next_segment || place.prefix.previous != state.chain {
                return Ok(None);
            }
            // A page that was not there before is in the index.
            if to_usize(end.pages) > state.tags.len().saturating_add(index.len()) {
                return Ok(None);
            }
            state.tags.resize(to_usize(end.pages), [0; 16]);
            for (number, tag) in &index {
                if let Some(known) = state.tags.get_mut(to_usize(number.saturating_sub(1))) {
                    *known = *tag;
                }
            }
            if state_sha256(state.tags.iter()) != end.state_sha256 {
                return Ok(None);
            }
            state.pages_in_file += index.len();
            state.chain = self.chain(&place)?;
            state.next_segment += 1;
        }
        Ok(Some(state))
    }

    fn read_block(&mut self, place: &SegmentPlace, counter: u32, block: &mut [u8]) -> Result<bool, VaultError> {
        let at = (place.start + u64::from(counter)) * as_u64(BLOCK_BYTES);
        if at + as_u64(BLOCK_BYTES) > self.bytes {
            return Ok(false);
        }
        self.file.seek(SeekFrom::Start(at)).map_err(reading)?;
        self.file.read_exact(block).map_err(reading)?;
        Ok(true)
    }

    fn block(
        &mut self,
        at: usize,
        counter: u32,
        vault_key: &Secret32,
        kind: Kind,
    ) -> Result<Option<Vec<u8>>, VaultError> {
        let Some(place) = self.segments.get(at).copied() else {
            return Ok(None);
        };
        let mut block = vec![0; BLOCK_BYTES];
        if !self.read_block(&place, counter, &mut block)? {
            return Ok(None);
        }
        let key = SegmentKey::new(vault_key, &place.prefix.salt, &self.first.hash)?;
        let opened = key.open(&place.prefix_of(counter), &mut block);
        Ok(opened
            .filter(|(found, _)| *found == kind)
            .map(|(_, content)| content.to_vec()))
    }

    fn end(&mut self, at: usize, vault_key: &Secret32) -> Result<Option<End>, VaultError> {
        let last = self.segments.get(at).and_then(|place| place.blocks.checked_sub(1));
        let Some(last) = last else {
            return Ok(None);
        };
        let content = self.block(at, last, vault_key, Kind::End)?;
        Ok(content.and_then(|content| serde_json::from_slice(&content).ok()))
    }

    /// The numbers and tags of the pages in a segment, in their order.
    fn index(&mut self, at: usize, end: &End, vault_key: &Secret32) -> Result<Option<Vec<(u32, PageTag)>>, VaultError> {
        let layout = Layout::of(end);
        let mut entries = Vec::new();
        for part in 0..layout.index {
            let counter = layout.inbox.saturating_add(layout.pages).saturating_add(part);
            let Some(content) = self.block(at, counter, vault_key, Kind::Index)? else {
                return Ok(None);
            };
            for entry in content.chunks_exact(INDEX_ENTRY_BYTES) {
                let parts = entry.split_first_chunk::<4>();
                let Some((number, tag)) = parts.and_then(|(number, tag)| Some((number, tag.first_chunk()?))) else {
                    return Ok(None);
                };
                let number = u32::from_be_bytes(*number);
                if number == 0 || number > end.pages {
                    return Ok(None);
                }
                entries.push((number, *tag));
            }
        }
        let complete = entries.len() == to_usize(end.pages_here);
        Ok(complete.then_some(entries))
    }

    fn chain(&mut self, place: &SegmentPlace) -> Result<[u8; 32], VaultError> {
        let mut chain = Chain::after(&place.prefix.previous);
        let mut tag = [0; TAG_BYTES];
        for counter in 0..u64::from(place.blocks) {
            let end = (place.start + counter + 1) * as_u64(BLOCK_BYTES);
            self.file
                .seek(SeekFrom::Start(end - as_u64(TAG_BYTES)))
                .and_then(|_| self.file.read_exact(&mut tag))
                .map_err(reading)?;
            chain.take(&tag);
        }
        Ok(chain.value())
    }
}

impl SegmentPlace {
    fn end(&self) -> u64 {
        self.start + u64::from(self.blocks)
    }

    fn state(&self) -> BackupState {
        BackupState {
            number: self.prefix.segment,
            made_ms: self.prefix.made_ms,
        }
    }

    fn prefix_of(&self, counter: u32) -> Prefix {
        Prefix {
            counter,
            last: counter + 1 == self.blocks,
            ..self.prefix
        }
    }
}

/// How many blocks of each kind a segment has, in their order; the end is one more.
struct Layout {
    inbox: u32,
    pages: u32,
    index: u32,
}

impl Layout {
    fn of(end: &End) -> Self {
        let inbox = end.inbox_bytes.div_ceil(as_u64(CONTENT_BYTES));
        let here = to_usize(end.pages_here);
        let blocks = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            inbox: u32::try_from(inbox).unwrap_or(u32::MAX),
            pages: blocks(here.div_ceil(PAGES_IN_BLOCK)),
            index: blocks(here.div_ceil(INDEX_ENTRIES_IN_BLOCK)),
        }
    }

    /// What a damaged block was, and which pages it had; `None` when that is not known.
    fn lost(&self, counter: u32, index: Option<&[(u32, PageTag)]>) -> (&'static str, Option<Vec<u32>>) {
        if counter < self.inbox {
            return ("inbox", Some(Vec::new()));
        }
        let page_block = counter - self.inbox;
        if page_block >= self.pages {
            return ("index", Some(Vec::new()));
        }
        let numbers = index.and_then(|index| index.chunks(PAGES_IN_BLOCK).nth(to_usize(page_block)));
        (
            "pages",
            numbers.map(|entries| entries.iter().map(|(number, _)| *number).collect()),
        )
    }
}

fn read_first(file: &mut Box<dyn ReadSeek>, at: u64, bytes: u64) -> Result<FirstBlock, VaultError> {
    let start = at * as_u64(BLOCK_BYTES);
    let length = as_u64(BLOCK_BYTES).min(bytes.saturating_sub(start));
    let mut block = Vec::new();
    file.seek(SeekFrom::Start(start)).map_err(reading)?;
    file.by_ref().take(length).read_to_end(&mut block).map_err(reading)?;
    FirstBlock::parse(&block)
}

fn damage(place: Option<&SegmentPlace>, part: &'static str, pages: Vec<(u32, u32)>) -> BackupDamage {
    BackupDamage {
        segment: place.map_or(0, |place| place.prefix.segment),
        part,
        pages,
    }
}

fn reading(source: std::io::Error) -> VaultError {
    VaultError::Io {
        action: "reading a backup",
        source,
    }
}

fn as_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn to_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]

    use std::io::Cursor;
    use std::ops::ControlFlow;

    use super::super::format::PAGE_RECORD_BYTES;
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    /// A backup of one segment, by somebody who has the vault key: these pages, this index, and what its end says.
    fn backup(pages: &[u32], index: &[u32], end: End) -> BackupFile {
        let first = Preamble::new("b".repeat(32), "a".repeat(32), None, Vec::new())
            .block()
            .unwrap();
        let hash = FirstBlock::parse(&first).unwrap().hash;
        let records: Vec<u8> = pages
            .iter()
            .flat_map(|number| [&number.to_be_bytes()[..], &[1; PAGE_RECORD_BYTES - 4]].concat())
            .collect();
        let entries: Vec<u8> = index
            .iter()
            .flat_map(|number| [&number.to_be_bytes()[..], &[1; 16]].concat())
            .collect();
        let end = serde_json::to_vec(&end).unwrap();
        let mut file = first;
        for (counter, (kind, content)) in [(Kind::Pages, records), (Kind::Index, entries), (Kind::End, end)]
            .into_iter()
            .enumerate()
        {
            let prefix = Prefix {
                segment: 0,
                counter: u32::try_from(counter).unwrap(),
                last: kind == Kind::End,
                made_ms: 0,
                salt: [3; 32],
                previous: [0; 32],
            };
            let key = SegmentKey::new(&Secret32::new(KEY), &prefix.salt, &hash).unwrap();
            file.extend(key.seal(&prefix, kind, &content).unwrap());
        }
        BackupFile::open(Box::new(Cursor::new(file))).unwrap()
    }

    fn end(pages: u32, pages_here: u32) -> End {
        End {
            label: "Home".to_owned(),
            epoch: 0,
            pages,
            pages_here,
            inbox_bytes: 0,
            state_sha256: state_sha256(vec![[1; 16]; to_usize(pages.min(9))].iter()),
        }
    }

    fn check(backup: &mut BackupFile) -> Vec<BackupDamage> {
        let key = Secret32::new(KEY);
        backup.check(&key, &mut |_| ControlFlow::Continue(())).unwrap()
    }

    #[test]
    fn a_backup_made_by_hand_is_whole() {
        let mut whole = backup(&[1, 2], &[1, 2], end(2, 2));
        assert_eq!(check(&mut whole), []);
        assert_eq!(whole.end_state(&Secret32::new(KEY)).unwrap().unwrap().tags.len(), 2);
    }

    /// Each of these made reading ask for gigabytes, or end the program.
    #[test]
    fn numbers_that_no_backup_has_are_damage_and_cost_nothing() {
        let far = 0xf000_0000;
        let endless = End {
            inbox_bytes: u64::MAX,
            ..end(2, 2)
        };
        for (what, pages, index, end) in [
            ("a page far behind the end", vec![1, far], vec![1, 2], end(2, 2)),
            (
                "a page that the index has there too",
                vec![1, far],
                vec![1, far],
                end(2, 2),
            ),
            ("a state of far more pages", vec![1, 2], vec![1, 2], end(far, 2)),
            ("page 0", vec![0, 1], vec![0, 1], end(2, 2)),
            ("an endless inbox", vec![1, 2], vec![1, 2], endless),
        ] {
            let mut backup = backup(&pages, &index, end);
            assert_eq!(check(&mut backup).is_empty(), what == "an endless inbox", "{what}");
            // Where it stands is asked of its index alone.
            let stands = backup.end_state(&Secret32::new(KEY)).unwrap().is_some();
            assert_eq!(stands, what == "a page far behind the end", "{what}");
        }
    }
}
