//! A backup for fuzzing: its file as it comes, and one that is sealed here, block by block, from a script a thousandth of its length.
//!
//! A script is a list of blocks. `F`: a first block; two bytes of length, JSON. `S`: a sealed block; segment, counter, kind, flags, two
//! bytes of length, content (pages and index entries as number (4) and the one byte that all of the page is). `G`: a block of nothing
//! known. `Z`: a block of zeros. Any other byte is a cut.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;

use tekram_primitives::canonical::sha256;

use super::format::{
    BLOCK_BYTES, CONTENT_BYTES, Chain, End, FirstBlock, Kind, PAGE_RECORD_BYTES, PREFIX_BYTES, Prefix, SegmentKey,
    page_record, page_tag, state_sha256,
};
use super::read::{Assembled, BackupFile, Target, WriteSeek};
use crate::fuzzing::vault_key;

const MOST_BLOCKS: usize = 24;
const LAST: u8 = 1;
const WRONG_CHAIN: u8 = 2;
const DAMAGED: u8 = 4;
const LONG: u8 = 8;
const TRUE_STATE: u8 = 16;

/// Reads the bytes as a backup, and as the script of one. Whether its last state was whole.
pub fn backup(bytes: &[u8]) -> bool {
    look(bytes.to_vec()) | look(file(bytes))
}

fn look(file: Vec<u8>) -> bool {
    let open = || BackupFile::open(Box::new(Cursor::new(file.clone())));
    let (Ok(mut backup), Ok(seen)) = (open(), open()) else {
        return false;
    };
    let key = vault_key();
    let _ = seen.entry("a".to_owned());
    let _ = backup.opens_with(&key);
    let end = backup.end_state(&key).ok().flatten();
    let on = &mut |_| ControlFlow::Continue(());
    let damage = backup.check(&key, on);
    let mut last_is_whole = false;
    for at in 0..backup.states().len() {
        let (mut database, mut inbox) = (Sparse::default(), Sparse::default());
        let target = Target {
            database: &mut database,
            inbox: &mut inbox,
        };
        let Ok(Assembled {
            end, missing, whole, ..
        }) = backup.assemble(&key, at, target, on)
        else {
            continue;
        };
        last_is_whole = whole;
        if let (true, Some(end)) = (whole, end) {
            assert!(missing.is_empty());
            assert!(
                database.length == u64::from(end.pages) * 8192,
                "a whole state has its length"
            );
            let tags: Vec<[u8; 16]> = (0..u64::from(end.pages))
                .map(|page| [database.written.get(&(page * 8192)).copied().unwrap_or(0); 16])
                .collect();
            assert!(
                state_sha256(tags.iter()) == end.state_sha256,
                "a whole state has its pages"
            );
        }
    }
    if let Ok(damage) = damage {
        assert!(!damage.is_empty() || last_is_whole, "what is not whole is damaged");
    }
    if let Some(end) = end {
        assert!(end.at_bytes <= u64::try_from(file.len()).unwrap_or(0));
    }
    last_is_whole
}

/// The file that a script describes.
fn file(script: &[u8]) -> Vec<u8> {
    let mut script = Cursor::new(script);
    let mut file = Vec::new();
    let mut hash = [0; 32];
    let mut chain = Chain::after(&[0; 32]);
    let (mut previous, mut segment_before) = ([0; 32], None);
    let mut tags: Vec<[u8; 16]> = Vec::new();
    while let Some([what]) = bytes(&mut script) {
        if file.len() >= MOST_BLOCKS * BLOCK_BYTES {
            break;
        }
        match what {
            b'F' => {
                let json = content(&mut script);
                let block = first(&json);
                if let Ok(first) = FirstBlock::parse(&block) {
                    hash = first.hash;
                }
                file.extend(block);
            }
            b'S' => {
                let Some([segment, counter, kind, flags]) = bytes(&mut script) else {
                    break;
                };
                if segment_before.is_some_and(|before| before != segment) {
                    previous = std::mem::replace(&mut chain, Chain::after(&[0; 32])).value();
                    chain = Chain::after(&previous);
                }
                segment_before = Some(segment);
                let wide = |byte: u8| if byte == 255 { u32::MAX } else { u32::from(byte) };
                let prefix = Prefix {
                    segment: wide(segment),
                    counter: wide(counter),
                    last: flags & LAST != 0,
                    made_ms: 1_700_000_000_000,
                    salt: [segment; 32],
                    previous: if flags & WRONG_CHAIN == 0 { previous } else { [9; 32] },
                };
                let Some(kind) = kind_of(kind) else { break };
                let content = expanded(kind, &content(&mut script), flags, &mut tags);
                let Ok(key) = SegmentKey::new(&vault_key(), &prefix.salt, &hash) else {
                    break;
                };
                let Ok(mut block) = key.seal(&prefix, kind, &content) else {
                    break;
                };
                chain.take(&block);
                if let Some(byte) = block.get_mut(PREFIX_BYTES + 9).filter(|_| flags & DAMAGED != 0) {
                    *byte ^= 1;
                }
                file.extend(block);
            }
            b'G' => file.extend([0x47; BLOCK_BYTES]),
            b'Z' => file.extend([0; BLOCK_BYTES]),
            cut => {
                file.extend(std::iter::repeat_n(cut, usize::from(cut)));
                break;
            }
        }
    }
    file
}

fn kind_of(byte: u8) -> Option<Kind> {
    match byte {
        b'i' => Some(Kind::Inbox),
        b'p' => Some(Kind::Pages),
        b'x' => Some(Kind::Index),
        b'e' => Some(Kind::End),
        _ => None,
    }
}

/// A block's content from what the script says of it.
fn expanded(kind: Kind, short: &[u8], flags: u8, tags: &mut Vec<[u8; 16]>) -> Vec<u8> {
    let mut content = Vec::new();
    let records = short
        .chunks_exact(5)
        .filter_map(|record| record.split_first_chunk::<4>());
    match kind {
        Kind::Inbox => content.extend_from_slice(short),
        Kind::Pages => {
            for (number, fill) in records {
                content.extend_from_slice(number);
                content.extend(fill.iter().cycle().take(PAGE_RECORD_BYTES - 4));
                let at = usize::try_from(u32::from_be_bytes(*number))
                    .unwrap_or(0)
                    .wrapping_sub(1);
                if at < 1000 {
                    tags.resize(tags.len().max(at + 1), [0; 16]);
                    if let Some((tag, fill)) = tags.get_mut(at).zip(fill.first()) {
                        *tag = [*fill; 16];
                    }
                }
            }
        }
        Kind::Index => {
            for (number, fill) in records {
                content.extend_from_slice(number);
                content.extend(fill.iter().cycle().take(16));
            }
        }
        Kind::End => {
            let end = serde_json::from_slice::<End>(short)
                .ok()
                .filter(|_| flags & TRUE_STATE != 0);
            let end = end.and_then(|mut end| {
                tags.truncate(usize::try_from(end.pages).unwrap_or(0));
                end.state_sha256 = state_sha256(tags.iter());
                serde_json::to_vec(&end).ok()
            });
            content.extend(end.unwrap_or_else(|| short.to_vec()));
        }
    }
    if flags & LONG != 0 {
        content.resize(CONTENT_BYTES, 0);
    }
    content.truncate(CONTENT_BYTES);
    content
}

/// A first block around any bytes, with its hash.
fn first(json: &[u8]) -> Vec<u8> {
    let mut block = b"TKBACKUP".to_vec();
    block.extend_from_slice(&u32::try_from(json.len()).unwrap_or(0).to_be_bytes());
    block.extend_from_slice(json);
    block.resize(BLOCK_BYTES - 32, 0);
    let hash = sha256(&block);
    block.extend_from_slice(&hash);
    block
}

fn bytes<const N: usize>(script: &mut Cursor<&[u8]>) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    script.read_exact(&mut bytes).ok().map(|()| bytes)
}

fn content(script: &mut Cursor<&[u8]>) -> Vec<u8> {
    let length = bytes(script).map_or(0, u16::from_be_bytes);
    let mut content = Vec::new();
    let _ = script.take(length.into()).read_to_end(&mut content);
    content
}

/// The script of a real backup that opens with `vault_key`: what its blocks say, each page by one byte.
pub fn backup_script(file: &[u8], vault_key: &tekram_primitives::secret::Secret32) -> Option<Vec<u8>> {
    let mut script = Vec::new();
    let mut hash = [0; 32];
    for block in file.chunks_exact(BLOCK_BYTES) {
        if let Ok(first) = FirstBlock::parse(block) {
            hash = first.hash;
            put(&mut script, &[b'F'], &serde_json::to_vec(&first.says).ok()?)?;
            continue;
        }
        let prefix = Prefix::parse(block)?;
        let mut block = block.to_vec();
        let (kind, content) = SegmentKey::new(vault_key, &prefix.salt, &hash)
            .ok()?
            .open(&prefix, &mut block)?;
        let fill = |tag: &[u8]| tag.first().map_or(1, |byte| byte | 1);
        let (letter, short) = match kind {
            Kind::Inbox => (b'i', content.to_vec()),
            Kind::Pages => (b'p', {
                let pages = content.chunks_exact(PAGE_RECORD_BYTES).filter_map(page_record);
                let short = pages.filter_map(|(number, page)| Some((number, fill(&page_tag(page)?))));
                short
                    .flat_map(|(number, fill)| [&number.to_be_bytes()[..], &[fill]].concat())
                    .collect()
            }),
            Kind::Index => (b'x', {
                let entries = content
                    .chunks_exact(20)
                    .filter_map(|entry| entry.split_first_chunk::<4>());
                entries
                    .flat_map(|(number, tag)| [&number[..], &[fill(tag)]].concat())
                    .collect()
            }),
            Kind::End => (b'e', content.to_vec()),
        };
        let flags = if prefix.last { LAST | TRUE_STATE } else { 0 };
        let head = [
            b'S',
            u8::try_from(prefix.segment).ok()?,
            u8::try_from(prefix.counter).ok()?,
            letter,
            flags,
        ];
        put(&mut script, &head, &short)?;
    }
    Some(script)
}

fn put(script: &mut Vec<u8>, head: &[u8], content: &[u8]) -> Option<()> {
    script.extend_from_slice(head);
    script.extend_from_slice(&u16::try_from(content.len()).ok()?.to_be_bytes());
    script.extend_from_slice(content);
    Some(())
}

/// A file of which only the first byte of each write is kept.
#[derive(Default)]
struct Sparse {
    written: BTreeMap<u64, u8>,
    length: u64,
    position: u64,
}

impl Write for Sparse {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if let Some(first) = bytes.first() {
            self.written.insert(self.position, *first);
        }
        self.position += u64::try_from(bytes.len()).unwrap_or(0);
        self.length = self.length.max(self.position);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.length.saturating_add_signed(by),
            SeekFrom::Current(by) => self.position.saturating_add_signed(by),
        };
        Ok(self.position)
    }
}

impl WriteSeek for Sparse {
    fn set_length(&mut self, bytes: u64) -> std::io::Result<()> {
        self.written.retain(|at, _| *at < bytes);
        self.length = bytes;
        Ok(())
    }
}
