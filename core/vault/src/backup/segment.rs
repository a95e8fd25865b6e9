//! Writing a segment: the inbox first, then the pages that changed, from one snapshot, then what they are, then the end.
//!
//! The snapshot: while nobody writes, everything is moved from the WAL into the database file, and a reader begins. SQLite lets
//! no checkpoint write into the file while that reader lasts, so the file stands still, and writers go on into the WAL.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::panic::resume_unwind;
use std::sync::mpsc;
use std::thread;

use tekram_primitives::secret::Secret32;

use super::format::{
    BLOCK_BYTES, CONTENT_BYTES, Chain, End, Kind, PAGE_RECORD_BYTES, PAGE_TAG_BYTES, PAGES_IN_BLOCK, Preamble, Prefix,
    SegmentKey, page_tag, state_sha256,
};
use super::place::BackupPlace;
use super::read::{EndState, FirstBlock};
use super::{BACKUP_SUFFIX, BackedUp, FullBackup};
use crate::database::{self, PAGE_BYTES};
use crate::error::VaultError;
use crate::page::PageKey;
use crate::progress::{self, Watch};
use crate::vault::Vault;
use crate::way_in;

/// Pages that are read at once.
const PAGES_AT_ONCE: usize = 64;
/// Blocks that are read ahead of writing: about 2 MB.
const BLOCKS_AHEAD: usize = 32;

/// What is backed up.
pub(super) struct Source<'a> {
    pub(super) vault: &'a Vault,
    pub(super) vault_key: &'a Secret32,
    /// Which of the vault's database files is under this key.
    pub(super) database_number: u32,
    pub(super) label: String,
    pub(super) made_ms: i64,
}

/// Makes a new backup file with one segment.
pub(super) fn begin(
    source: &Source<'_>,
    place: &dyn BackupPlace,
    preamble: Preamble,
    why: FullBackup,
    watch: &mut Watch<'_>,
) -> Result<BackedUp, VaultError> {
    let name = format!("{}{BACKUP_SUFFIX}", preamble.backup_id);
    let block = preamble.block()?;
    let first = FirstBlock::parse(&block)?;
    let mut done = None;
    place.put(&name, &mut |out| {
        out.write_all(&block).map_err(writing)?;
        let before = EndState::nothing(first.hash);
        let (pages, bytes) = Writer::new(source, &before, out)?.write(source, &before, watch)?;
        // Once more, so that a damaged beginning is not the end.
        out.write_all(&block).map_err(writing)?;
        done = Some((pages, bytes));
        Ok(())
    })?;
    finished(name, 0, Some(why), done)
}

/// Adds a segment to a backup file.
pub(super) fn add(
    source: &Source<'_>,
    place: &dyn BackupPlace,
    name: &str,
    before: EndState,
    watch: &mut Watch<'_>,
) -> Result<BackedUp, VaultError> {
    let mut done = None;
    place.append(name, before.at_bytes, &mut |out| {
        done = Some(Writer::new(source, &before, out)?.write(source, &before, watch)?);
        Ok(())
    })?;
    finished(name.to_owned(), before.next_segment, None, done)
}

fn finished(
    name: String,
    state: u32,
    full: Option<FullBackup>,
    done: Option<(u32, u64)>,
) -> Result<BackedUp, VaultError> {
    let (pages, bytes) = done.ok_or(VaultError::Crypto {
        step: "a place that wrote no backup",
    })?;
    Ok(BackedUp {
        name,
        state,
        full,
        pages,
        bytes,
    })
}

struct Writer<'a> {
    out: &'a mut dyn Write,
    key: SegmentKey,
    next: Prefix,
    chain: Chain,
    bytes: u64,
}

impl<'a> Writer<'a> {
    fn new(source: &Source<'_>, before: &EndState, out: &'a mut dyn Write) -> Result<Self, VaultError> {
        let salt = way_in::random_bytes()?;
        Ok(Self {
            out,
            key: SegmentKey::new(source.vault_key, &salt, &before.first_block)?,
            next: Prefix {
                segment: before.next_segment,
                counter: 0,
                last: false,
                made_ms: source.made_ms,
                salt,
                previous: before.chain,
            },
            chain: Chain::after(&before.chain),
            bytes: 0,
        })
    }

    fn block(&mut self, kind: Kind, content: &[u8]) -> Result<(), VaultError> {
        let block = self.key.seal(&self.next, kind, content)?;
        self.chain.take(&block);
        self.out.write_all(&block).map_err(writing)?;
        self.bytes += u64::try_from(BLOCK_BYTES).unwrap_or(0);
        self.next.counter = self.next.counter.checked_add(1).ok_or(VaultError::Crypto {
            step: "counting a backup's blocks",
        })?;
        Ok(())
    }

    /// The whole segment: how many pages, and how many bytes, it has.
    fn write(
        mut self,
        source: &Source<'_>,
        before: &EndState,
        watch: &mut Watch<'_>,
    ) -> Result<(u32, u64), VaultError> {
        // Before the snapshot: what is delivered in between is in both, and is delivered once all the same.
        let inbox_bytes = self.inbox(source.vault)?;
        let Copied { tags, here } = source.vault.with_settled_snapshot(|settled| {
            if settled.number != source.database_number {
                // The vault key was changed since the ways in were looked at, and this backup is for the old ones.
                return Err(VaultError::Busy);
            }
            let pages: u32 = settled
                .connection
                .query_row("PRAGMA page_count", [], |row| row.get(0))?;
            self.pages(source, settled.file, pages, &before.tags, watch)
        })?;
        for part in here.chunks(INDEX_ENTRIES_IN_BLOCK) {
            let mut content = Vec::with_capacity(CONTENT_BYTES);
            for (number, tag) in part {
                content.extend_from_slice(&number.to_be_bytes());
                content.extend_from_slice(tag);
            }
            self.block(Kind::Index, &content)?;
        }
        let pages_here = u32::try_from(here.len()).map_err(|_| too_large())?;
        let end = End {
            label: source.label.clone(),
            epoch: source.vault.epoch(),
            pages: u32::try_from(tags.len()).map_err(|_| too_large())?,
            pages_here,
            inbox_bytes,
            state_sha256: state_sha256(tags.iter()),
        };
        let end = serde_json::to_vec(&end).map_err(|_| VaultError::Crypto {
            step: "writing a backup's end as JSON",
        })?;
        // The end stands only behind what it closes.
        self.out.flush().map_err(writing)?;
        self.next.last = true;
        self.block(Kind::End, &end)?;
        Ok((pages_here, self.bytes))
    }

    fn inbox(&mut self, vault: &Vault) -> Result<u64, VaultError> {
        // Only draining shortens the file.
        let _nobody_drains = vault.draining();
        let Some((mut file, length)) = vault.inbox().snapshot()? else {
            return Ok(0);
        };
        file.rewind().map_err(VaultError::io("reading inbox.log"))?;
        let mut rest = file.take(length);
        let mut total = 0;
        loop {
            let mut content = Vec::with_capacity(CONTENT_BYTES);
            (&mut rest)
                .take(u64::try_from(CONTENT_BYTES).unwrap_or(0))
                .read_to_end(&mut content)
                .map_err(VaultError::io("reading inbox.log"))?;
            if content.is_empty() {
                return Ok(total);
            }
            total += u64::try_from(content.len()).unwrap_or(0);
            self.block(Kind::Inbox, &content)?;
        }
    }

    /// Copies the pages that have another tag than before: the tags of all, and the numbers and tags of those copied. Another
    /// thread reads and proves pages while this one seals and writes those before.
    fn pages(
        &mut self,
        source: &Source<'_>,
        file: File,
        pages: u32,
        before: &[PageTag],
        watch: &mut Watch<'_>,
    ) -> Result<Copied, VaultError> {
        let total_bytes = u64::from(pages) * PAGE_BYTES;
        let page_key = PageKey::new(source.vault_key, source.vault.id());
        let (send, receive) = mpsc::sync_channel(BLOCKS_AHEAD);
        let copied = thread::scope(|scope| {
            let reading = scope.spawn(|| {
                let reading = Reading {
                    file,
                    pages,
                    page_key: &page_key,
                    before,
                    send,
                };
                reading.through()
            });
            let written = self.blocks(source, receive, total_bytes, watch);
            // Its end is waited for in any case; when writing failed, it found nobody to send to.
            let read = reading.join().unwrap_or_else(|panic| resume_unwind(panic));
            written.and(read)
        })?;
        progress::tell(watch, total_bytes, total_bytes)?;
        Ok(copied)
    }

    /// Seals and writes what comes, until nothing does any more.
    fn blocks(
        &mut self,
        source: &Source<'_>,
        parts: mpsc::Receiver<Part>,
        total_bytes: u64,
        watch: &mut Watch<'_>,
    ) -> Result<(), VaultError> {
        for part in parts {
            match part {
                Part::Before(number) => {
                    progress::tell(watch, u64::from(number) * PAGE_BYTES, total_bytes)?;
                    source.vault.with_root(|_| Ok(()))?;
                }
                Part::Records(records) => self.block(Kind::Pages, &records)?,
            }
        }
        Ok(())
    }
}

/// What is read ahead.
enum Part {
    /// So many pages are looked through.
    Before(u32),
    /// A block's content.
    Records(Vec<u8>),
}

/// Reads a snapshot's pages and sends on what changed.
struct Reading<'a> {
    file: File,
    pages: u32,
    page_key: &'a PageKey,
    before: &'a [PageTag],
    send: mpsc::SyncSender<Part>,
}

impl Reading<'_> {
    fn through(mut self) -> Result<Copied, VaultError> {
        let page_bytes = usize::try_from(PAGE_BYTES).map_err(|_| too_large())?;
        let mut tags = Vec::new();
        let mut here = Vec::new();
        let mut records = Vec::with_capacity(CONTENT_BYTES);
        let mut buffer = vec![0; PAGES_AT_ONCE * page_bytes];
        let mut number = 0_u32;
        while number < self.pages {
            if self.send.send(Part::Before(number)).is_err() {
                break;
            }
            let left = usize::try_from(self.pages - number).map_err(|_| too_large())?;
            let wanted = buffer
                .get_mut(..left.min(PAGES_AT_ONCE) * page_bytes)
                .ok_or_else(too_large)?;
            self.file
                .read_exact(wanted)
                .map_err(|_| VaultError::Truncated { file: database::FILE })?;
            for page in wanted.chunks_exact(page_bytes) {
                number += 1;
                let tag = page_tag(page).ok_or_else(too_large)?;
                if self.before.get(tags.len()) != Some(&tag) {
                    // A damaged page would take the place of the good one in the segment before.
                    if !self.page_key.is_authentic(number, page) {
                        return Err(VaultError::Damaged { file: database::FILE });
                    }
                    records.extend_from_slice(&number.to_be_bytes());
                    records.extend_from_slice(page);
                    here.push((number, tag));
                    if records.len() == PAGES_IN_BLOCK * PAGE_RECORD_BYTES {
                        let full = std::mem::replace(&mut records, Vec::with_capacity(CONTENT_BYTES));
                        // Nobody to send to: writing failed, and says why.
                        let _ = self.send.send(Part::Records(full));
                    }
                }
                tags.push(tag);
            }
        }
        if !records.is_empty() {
            let _ = self.send.send(Part::Records(records));
        }
        Ok(Copied { tags, here })
    }
}

/// What a snapshot's pages are.
struct Copied {
    /// The tags of all, in order.
    tags: Vec<PageTag>,
    /// Numbers and tags of those that were copied.
    here: Vec<(u32, PageTag)>,
}

/// What stands for a page's content.
pub(super) type PageTag = [u8; PAGE_TAG_BYTES];

/// Bytes of an entry in the index: page number and tag.
pub(super) const INDEX_ENTRY_BYTES: usize = 4 + PAGE_TAG_BYTES;
/// How many have room in a block.
pub(super) const INDEX_ENTRIES_IN_BLOCK: usize = CONTENT_BYTES / INDEX_ENTRY_BYTES;

fn writing(source: std::io::Error) -> VaultError {
    VaultError::Io {
        action: "writing a backup",
        source,
    }
}

fn too_large() -> VaultError {
    VaultError::Crypto {
        step: "counting the pages of a database",
    }
}
