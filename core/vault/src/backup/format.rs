//! The backup's file format: blocks of one size, one after the other, so that damage in one never hides where the next
//! begins. The first block says what restoring needs and is not secret; every other block is sealed on its own, and names
//! the segment and the place it belongs to. Pure functions over bytes, so that they can be fuzzed.
//!
//! A sealed block is its prefix (128 bytes: mark `TKBKBLK1`, segment (4), counter (4), last (1), time in milliseconds (8),
//! salt (32), chain value of the segment before (32), zeros, and the first 16 bytes of SHA-256 over all this), then
//! ciphertext and tag. It follows the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): ChaCha20-Poly1305
//! (RFC 8439), the nonce is counter and last mark, the key is HKDF of the vault key with the segment's random salt.
//! Associated data: the hash of the first block, then the prefix.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use tekram_primitives::canonical::{Sha256, sha256};
use tekram_primitives::secret::{Secret32, hkdf_sha256};

use crate::error::VaultError;
use crate::way_in::WrappedKey;
use crate::way_key::PublicKey;

/// What errors call a backup.
pub(crate) const FILE: &str = "backup";
const FORMAT: &str = "tekram-backup";
const VERSION: u32 = 1;
const FIRST_MARK: &[u8; 8] = b"TKBACKUP";
const BLOCK_MARK: &[u8; 8] = b"TKBKBLK1";

/// Page and page number; a block has room for this many.
pub(crate) const PAGES_IN_BLOCK: usize = 8;
/// Bytes of a page and its number (4, big endian).
pub(crate) const PAGE_RECORD_BYTES: usize = 4 + 8192;
/// Bytes of the tag that stands for a page's content in the index: the first half of SQLCipher's HMAC-SHA256.
pub(crate) const PAGE_TAG_BYTES: usize = 16;
/// Bytes that a block carries.
pub(crate) const CONTENT_BYTES: usize = PAGES_IN_BLOCK * PAGE_RECORD_BYTES;
/// Kind and length, in front of the content.
const CONTENT_HEAD_BYTES: usize = 5;
/// Bytes of the part of a block that is not secret.
pub(crate) const PREFIX_BYTES: usize = 128;
const PREFIX_CHECKSUM_BYTES: usize = 16;
const TAG_BYTES: usize = 16;
/// Bytes of every block.
pub(crate) const BLOCK_BYTES: usize = PREFIX_BYTES + CONTENT_HEAD_BYTES + CONTENT_BYTES + TAG_BYTES;
const HASH_BYTES: usize = 32;

/// What the first block says: enough to ask for the right passphrase or words, and no name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Preamble {
    format: String,
    version: u32,
    /// Random; names this file.
    pub(crate) backup_id: String,
    /// The vault's id.
    pub(crate) vault_id: String,
    /// Who seals the vault key to the ways in, as in the header.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) sealer_public_key: Option<PublicKey>,
    /// Passphrases and recovery words that open it, exactly as they stand in the vault's header.
    pub(crate) ways_in: Vec<WrappedKey>,
}

/// The first block as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FirstBlock {
    /// What it says.
    pub(crate) says: Preamble,
    /// SHA-256 of the block: part of what every other block authenticates.
    pub(crate) hash: [u8; HASH_BYTES],
}

/// What a block carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A part of `inbox.log`.
    Inbox,
    /// Pages of the database, each behind its number.
    Pages,
    /// Which pages this segment has, in their order, each with its tag.
    Index,
    /// What the vault was at this moment; closes the segment.
    End,
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Self::Inbox => 1,
            Self::Pages => 2,
            Self::Index => 3,
            Self::End => 4,
        }
    }

    fn of(byte: u8) -> Option<Self> {
        [Self::Inbox, Self::Pages, Self::Index, Self::End]
            .into_iter()
            .find(|kind| kind.byte() == byte)
    }
}

/// The part of a block that is not secret: where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    /// Which segment, counted from 0.
    pub(crate) segment: u32,
    /// Which block of the segment, counted from 0.
    pub(crate) counter: u32,
    /// Whether it closes the segment.
    pub(crate) last: bool,
    /// When the backup was made, in milliseconds since 1970.
    pub(crate) made_ms: i64,
    /// Random, one for each segment.
    pub(crate) salt: [u8; HASH_BYTES],
    /// The chain value of the segment before; zeros for the first.
    pub(crate) previous: [u8; HASH_BYTES],
}

/// What the last block of a segment says about the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    /// What the person calls the vault.
    pub(crate) label: String,
    /// The vault's epoch.
    pub(crate) epoch: u64,
    /// Pages of the database at that moment.
    pub(crate) pages: u32,
    /// Pages that this segment has.
    pub(crate) pages_here: u32,
    /// Bytes of `inbox.log`.
    pub(crate) inbox_bytes: u64,
    /// SHA-256 of the tags of all pages, in order.
    #[serde(with = "hex::serde")]
    pub(crate) state_sha256: [u8; HASH_BYTES],
}

impl Preamble {
    /// For a new backup of this vault.
    pub(crate) fn new(
        backup_id: String,
        vault_id: String,
        sealer_public_key: Option<PublicKey>,
        ways_in: Vec<WrappedKey>,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            backup_id,
            vault_id,
            sealer_public_key,
            ways_in,
        }
    }

    /// The first block: mark, length (4), JSON, zeros, SHA-256 of all this. Fails with `too_many_ways_in`.
    pub(crate) fn block(&self) -> Result<Vec<u8>, VaultError> {
        let json = serde_json::to_vec(self).map_err(|_| VaultError::Crypto {
            step: "writing a backup's beginning as JSON",
        })?;
        let length = u32::try_from(json.len()).map_err(|_| VaultError::TooManyWaysIn)?;
        if FIRST_MARK.len() + 4 + json.len() + HASH_BYTES > BLOCK_BYTES {
            return Err(VaultError::TooManyWaysIn);
        }
        let mut block = Vec::with_capacity(BLOCK_BYTES);
        block.extend_from_slice(FIRST_MARK);
        block.extend_from_slice(&length.to_be_bytes());
        block.extend_from_slice(&json);
        block.resize(BLOCK_BYTES - HASH_BYTES, 0);
        let hash = sha256(&block);
        block.extend_from_slice(&hash);
        Ok(block)
    }
}

impl FirstBlock {
    /// Understands a first block. Fails with `not_a_backup`, `newer_schema`, or `backup_damaged`.
    pub(crate) fn parse(block: &[u8]) -> Result<Self, VaultError> {
        let damaged = || VaultError::BackupDamaged {
            segment: 0,
            part: "beginning",
            pages: String::new(),
        };
        if block.first_chunk::<8>() != Some(FIRST_MARK) {
            return Err(VaultError::NotABackup);
        }
        if block.len() != BLOCK_BYTES {
            return Err(VaultError::Truncated { file: FILE });
        }
        let (body, hash) = block.split_last_chunk::<HASH_BYTES>().ok_or_else(damaged)?;
        if sha256(body) != *hash {
            return Err(damaged());
        }
        let after_mark = body.get(FIRST_MARK.len()..).ok_or_else(damaged)?;
        let (length, rest) = after_mark.split_first_chunk::<4>().ok_or_else(damaged)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| damaged())?;
        let json = rest.get(..length).ok_or_else(damaged)?;
        let value: serde_json::Value = serde_json::from_slice(json).map_err(|_| damaged())?;
        if let Some(found) = value.get("version").and_then(serde_json::Value::as_u64)
            && found > VERSION.into()
        {
            return Err(VaultError::NewerSchema {
                room: FILE.to_owned(),
                found: u32::try_from(found).unwrap_or(u32::MAX),
                known: VERSION,
            });
        }
        let says: Preamble = serde_json::from_value(value).map_err(|_| damaged())?;
        if says.format != FORMAT {
            return Err(VaultError::NotABackup);
        }
        Ok(Self { says, hash: *hash })
    }
}

impl Prefix {
    fn bytes(&self) -> [u8; PREFIX_BYTES] {
        let mut bytes = Vec::with_capacity(PREFIX_BYTES);
        bytes.extend_from_slice(BLOCK_MARK);
        bytes.extend_from_slice(&self.segment.to_be_bytes());
        bytes.extend_from_slice(&self.counter.to_be_bytes());
        bytes.push(u8::from(self.last));
        bytes.extend_from_slice(&self.made_ms.to_be_bytes());
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&self.previous);
        bytes.resize(PREFIX_BYTES - PREFIX_CHECKSUM_BYTES, 0);
        let checksum = sha256(&bytes);
        bytes.extend_from_slice(checksum.first_chunk::<PREFIX_CHECKSUM_BYTES>().unwrap_or(&[0; 16]));
        bytes.try_into().unwrap_or([0; PREFIX_BYTES])
    }

    /// Understands a prefix; `None` for anything but the exact bytes that are written.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let given: &[u8; PREFIX_BYTES] = bytes.first_chunk()?;
        let (mark, rest) = given.split_first_chunk::<8>()?;
        let (segment, rest) = rest.split_first_chunk::<4>()?;
        let (counter, rest) = rest.split_first_chunk::<4>()?;
        let (last, rest) = rest.split_first()?;
        let (made_ms, rest) = rest.split_first_chunk::<8>()?;
        let (salt, rest) = rest.split_first_chunk::<HASH_BYTES>()?;
        let previous = rest.first_chunk::<HASH_BYTES>()?;
        let prefix = Self {
            segment: u32::from_be_bytes(*segment),
            counter: u32::from_be_bytes(*counter),
            last: *last == 1,
            made_ms: i64::from_be_bytes(*made_ms),
            salt: *salt,
            previous: *previous,
        };
        (mark == BLOCK_MARK && prefix.bytes() == *given).then_some(prefix)
    }

    fn nonce(&self) -> Nonce {
        let mut nonce = [0; 12];
        for (to, from) in nonce.iter_mut().skip(7).zip(self.counter.to_be_bytes()) {
            *to = from;
        }
        if let Some(to) = nonce.last_mut() {
            *to = u8::from(self.last);
        }
        Nonce::assume_unique_for_key(nonce)
    }
}

/// Seals and opens the blocks of one segment.
pub(crate) struct SegmentKey {
    key: LessSafeKey,
    first_block: [u8; HASH_BYTES],
}

impl SegmentKey {
    /// The key of the segment with this salt, in the file with this first block.
    pub(crate) fn new(
        vault_key: &Secret32,
        salt: &[u8; HASH_BYTES],
        first_block: &[u8; HASH_BYTES],
    ) -> Result<Self, VaultError> {
        let label = format!("tekram/v1/vault/backup/segment|{}", hex::encode(salt));
        let key = hkdf_sha256(vault_key, &label);
        let key = UnboundKey::new(&CHACHA20_POLY1305, key.expose()).map_err(|_| failed())?;
        Ok(Self {
            key: LessSafeKey::new(key),
            first_block: *first_block,
        })
    }

    /// A whole block around `content`, which must not be longer than [`CONTENT_BYTES`].
    pub(crate) fn seal(&self, prefix: &Prefix, kind: Kind, content: &[u8]) -> Result<Vec<u8>, VaultError> {
        let length = u32::try_from(content.len())
            .ok()
            .filter(|_| content.len() <= CONTENT_BYTES);
        let mut block = Vec::with_capacity(BLOCK_BYTES);
        block.extend_from_slice(&prefix.bytes());
        block.push(kind.byte());
        block.extend_from_slice(&length.ok_or_else(failed)?.to_be_bytes());
        block.extend_from_slice(content);
        block.resize(BLOCK_BYTES - TAG_BYTES, 0);
        let (_, secret) = block.split_at_mut_checked(PREFIX_BYTES).ok_or_else(failed)?;
        let tag = self
            .key
            .seal_in_place_separate_tag(prefix.nonce(), self.associated(prefix), secret)
            .map_err(|_| failed())?;
        block.extend_from_slice(tag.as_ref());
        Ok(block)
    }

    /// Opens a block in place; `None` when it is not, to the last bit, what was sealed there.
    pub(crate) fn open<'a>(&self, expected: &Prefix, block: &'a mut [u8]) -> Option<(Kind, &'a [u8])> {
        let (prefix, sealed) = block.split_at_mut_checked(PREFIX_BYTES)?;
        if *prefix != expected.bytes() {
            return None;
        }
        let opened = self
            .key
            .open_in_place(expected.nonce(), self.associated(expected), sealed)
            .ok()?;
        let (kind, rest) = opened.split_first()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let content = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        Some((Kind::of(*kind)?, content))
    }

    fn associated(&self, prefix: &Prefix) -> Aad<Vec<u8>> {
        let mut associated = self.first_block.to_vec();
        associated.extend_from_slice(&prefix.bytes());
        Aad::from(associated)
    }
}

/// Adds up what a segment consists of: the next segment names the sum, so that none can be taken out or exchanged.
#[derive(Clone)]
pub(crate) struct Chain(Sha256);

impl Chain {
    /// Begins after the segment with this chain value.
    pub(crate) fn after(previous: &[u8; HASH_BYTES]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"tekram/v1/vault/backup/chain");
        hash.update(previous);
        Self(hash)
    }

    /// Takes a block in, by its tag.
    pub(crate) fn take(&mut self, block: &[u8]) {
        if let Some((_, tag)) = block.split_last_chunk::<TAG_BYTES>() {
            self.0.update(tag);
        }
    }

    /// The segment's chain value.
    pub(crate) fn value(self) -> [u8; HASH_BYTES] {
        self.0.finish()
    }
}

/// The tag that stands for a page's content: SQLCipher writes a new one with every write of the page.
pub(crate) fn page_tag(page: &[u8]) -> Option<[u8; PAGE_TAG_BYTES]> {
    page.split_last_chunk::<HASH_BYTES>()
        .and_then(|(_, hmac)| hmac.first_chunk())
        .copied()
}

/// What a page's record says: its number, counted from 1, and its bytes.
pub(crate) fn page_record(record: &[u8]) -> Option<(u32, &[u8])> {
    let (number, page) = record.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*number), page))
}

/// SHA-256 over the tags of all pages, in order.
pub(crate) fn state_sha256<'a>(tags: impl Iterator<Item = &'a [u8; PAGE_TAG_BYTES]>) -> [u8; HASH_BYTES] {
    let mut hash = Sha256::new();
    for tag in tags {
        hash.update(tag);
    }
    hash.finish()
}

fn failed() -> VaultError {
    VaultError::Crypto {
        step: "sealing a backup's block",
    }
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

    use proptest::prelude::*;

    use super::*;

    fn prefix(segment: u32, counter: u32, last: bool) -> Prefix {
        Prefix {
            segment,
            counter,
            last,
            made_ms: 1_700_000_000_000,
            salt: [3; 32],
            previous: [4; 32],
        }
    }

    fn key(byte: u8, first_block: [u8; 32]) -> SegmentKey {
        SegmentKey::new(&Secret32::new([byte; 32]), &[3; 32], &first_block).unwrap()
    }

    #[test]
    fn a_block_opens_only_in_its_place_with_its_key_and_unchanged() {
        let sealed = key(1, [9; 32])
            .seal(&prefix(2, 5, false), Kind::Pages, b"pages")
            .unwrap();
        assert_eq!(sealed.len(), BLOCK_BYTES);
        let open = |key: SegmentKey, prefix: Prefix, block: &[u8]| {
            key.open(&prefix, &mut block.to_vec())
                .map(|(kind, content)| (kind, content.to_vec()))
        };
        let whole = Some((Kind::Pages, b"pages".to_vec()));
        assert_eq!(open(key(1, [9; 32]), prefix(2, 5, false), &sealed), whole);
        assert_eq!(open(key(2, [9; 32]), prefix(2, 5, false), &sealed), None);
        assert_eq!(open(key(1, [8; 32]), prefix(2, 5, false), &sealed), None);
        for elsewhere in [prefix(2, 5, true), prefix(2, 6, false), prefix(1, 5, false)] {
            assert_eq!(open(key(1, [9; 32]), elsewhere, &sealed), None);
            // Also when somebody rewrites the prefix to fit.
            let mut moved = sealed.clone();
            moved[..PREFIX_BYTES].copy_from_slice(&elsewhere.bytes());
            assert_eq!(open(key(1, [9; 32]), elsewhere, &moved), None);
        }
        for position in [0, 20, 127, 128, 200, BLOCK_BYTES / 2, BLOCK_BYTES - 1] {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert_eq!(open(key(1, [9; 32]), prefix(2, 5, false), &changed), None, "{position}");
        }
    }

    #[test]
    fn a_first_block_is_read_back_and_every_flip_is_noticed() {
        let preamble = Preamble::new("b".repeat(32), "a".repeat(32), None, Vec::new());
        let block = preamble.block().unwrap();
        assert_eq!(FirstBlock::parse(&block).unwrap().says, preamble);
        for position in (0..400).chain([BLOCK_BYTES / 2, BLOCK_BYTES - 40, BLOCK_BYTES - 1]) {
            let mut changed = block.clone();
            changed[position] ^= 1;
            let code = FirstBlock::parse(&changed).unwrap_err().code();
            assert_eq!(code, if position < 8 { "not_a_backup" } else { "backup_damaged" });
        }
        assert_eq!(FirstBlock::parse(&block[..900]).unwrap_err().code(), "truncated");
        let newer = Preamble { version: 2, ..preamble };
        assert_eq!(
            FirstBlock::parse(&newer.block().unwrap()).unwrap_err().code(),
            "newer_schema"
        );
    }

    proptest! {
        #[test]
        fn a_prefix_is_read_back(segment: u32, counter: u32, last: bool, made_ms: i64, salt: [u8; 32], previous: [u8; 32]) {
            let prefix = Prefix { segment, counter, last, made_ms, salt, previous };
            prop_assert_eq!(Prefix::parse(&prefix.bytes()), Some(prefix));
        }

        #[test]
        fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), mut block in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(Prefix::parse(&bytes), None);
            prop_assert!(FirstBlock::parse(&bytes).is_err());
            let opened = key(1, [0; 32]).open(&prefix(0, 0, true), &mut block);
            prop_assert!(opened.is_none());
        }
    }
}
