//! The inbox: what arrives while the vault is locked is sealed to the vault's public key and appended to a file, by any
//! process; unlocking drains it. An item is delivered once: its id is written down in the same transaction as what
//! the receiver makes of it, and the file is shortened only afterwards.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::change::Scope;
use crate::durable;
use crate::error::VaultError;
use crate::frames::{self, Frames, Stretch};
use crate::header::Header;
use crate::hold;
use crate::seal;
use crate::vault::Vault;
use crate::way_in;

/// The file's name.
pub(crate) const FILE: &str = "inbox.log";
/// Appending and shortening exclude each other through this file; it is not the hold on the vault, so that others can
/// append while the vault is unlocked.
const LOCK_FILE: &str = "inbox.lock";
const ID_BYTES: usize = 16;
/// The largest item, in bytes.
pub const ITEM_LIMIT_BYTES: usize = 1024 * 1024;
/// Items that share one transaction while draining: the disk is waited for once for all of them.
const BATCH: usize = 64;
/// A batch is closed at this many bytes, so that a full inbox does not fill the memory.
const BATCH_BYTES: usize = 2 * 1024 * 1024;

/// What is needed to seal to a vault: no secret. An app extension that cannot see the vault's folder gets it as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxAddress {
    /// The vault's id.
    pub vault_id: String,
    /// X25519 public key (RFC 7748).
    #[serde(with = "hex::serde")]
    pub public_key: [u8; 32],
}

/// Names an item for ever; random.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId([u8; ID_BYTES]);

/// An item as it is delivered.
pub struct InboxItem {
    /// The id it got when it was sealed.
    pub id: ItemId,
    /// What was sealed. It comes from outside: check it.
    pub bytes: Zeroizing<Vec<u8>>,
}

/// What a drain did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Items delivered now.
    pub delivered: usize,
    /// Items that an interrupted drain had delivered before.
    pub already_delivered: usize,
    /// Items that this vault's key does not open; they stay in the file.
    pub unreadable: usize,
    /// Bytes that are no item (an append that was cut); they stay in the file.
    pub torn_bytes: u64,
}

/// The place where items are sealed and left. Works while the vault is locked, and from other processes.
#[derive(Clone)]
pub struct Inbox {
    folder: PathBuf,
    address: InboxAddress,
}

impl Inbox {
    /// The inbox in `folder` (the vault's own, unless the platform keeps it elsewhere) for the vault with `address`.
    pub fn new(folder: &Path, address: InboxAddress) -> Self {
        Self {
            folder: folder.to_owned(),
            address,
        }
    }

    /// Seals `bytes` and appends them. When this returns, they survive a power cut. Fails with `item_too_large` or `io`.
    pub fn seal(&self, bytes: &[u8]) -> Result<ItemId, VaultError> {
        let too_large = VaultError::ItemTooLarge {
            limit_bytes: ITEM_LIMIT_BYTES,
        };
        if bytes.len() > ITEM_LIMIT_BYTES {
            return Err(too_large);
        }
        let id = way_in::random_bytes::<ID_BYTES>()?;
        let mut body = id.to_vec();
        body.extend(seal::seal(
            &self.address.public_key,
            &self.address.vault_id,
            &id,
            bytes,
        )?);
        let frame = frames::frame(&body).ok_or(too_large)?;
        let _turn = self.turn()?;
        let append = || {
            let path = self.folder.join(FILE);
            let mut file = durable::private(OpenOptions::new().append(true).create(true)).open(path)?;
            file.write_all(&frame)?;
            file.sync_data()?;
            // Also when the file was there: whoever made or renamed it may have been killed before its name was kept.
            durable::sync_folder(&self.folder)
        };
        append().map_err(VaultError::io("appending to inbox.log"))?;
        Ok(ItemId(id))
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn turn(&self) -> Result<File, VaultError> {
        hold::wait(&self.folder.join(LOCK_FILE))
    }

    /// The file and its length at this moment; what is appended later is not looked at. `None`: nothing ever arrived.
    pub(crate) fn snapshot(&self) -> Result<Option<(File, u64)>, VaultError> {
        let _turn = self.turn()?;
        let opened = File::open(self.folder.join(FILE)).and_then(|file| {
            let length = file.metadata()?.len();
            Ok((file, length))
        });
        match opened {
            Ok((_, 0)) => Ok(None),
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(VaultError::io("opening inbox.log")(error)),
        }
    }

    /// Shortens the file to the stretches in `keep` and what was appended after `seen`.
    fn shorten(&self, keep: &[(u64, u64)], seen: u64) -> Result<(), VaultError> {
        let _turn = self.turn()?;
        let path = self.folder.join(FILE);
        let shorten = || {
            let mut old = File::open(&path)?;
            let length = old.metadata()?.len();
            if keep.is_empty() && length == seen {
                let emptied = OpenOptions::new().write(true).open(&path)?;
                emptied.set_len(0)?;
                return emptied.sync_all();
            }
            let beside = self.folder.join("inbox.log.new");
            let mut new = durable::private(OpenOptions::new().write(true).create(true).truncate(true)).open(&beside)?;
            for (start, end) in keep.iter().copied().chain([(seen, length)]) {
                old.seek(SeekFrom::Start(start))?;
                io::copy(&mut (&mut old).take(end.saturating_sub(start)), &mut new)?;
            }
            new.sync_all()?;
            fs::rename(&beside, &path)?;
            durable::sync_folder(&self.folder)
        };
        shorten().map_err(VaultError::io("shortening inbox.log"))
    }
}

impl Vault {
    /// Delivers what lies in the inbox to `deliver`, in the order of arrival, each item once for ever: its id is
    /// recorded in the transaction in which `deliver` writes. When `deliver` fails, what came before stays delivered,
    /// the item stays in the inbox, and the error is returned; so `deliver` should record content it cannot use and
    /// return `Ok`, and fail only when trying again can help. Must not be called inside a write, and `deliver` must not
    /// drain or lock. Listeners are told `scope`.
    pub fn drain_inbox<E: From<VaultError>>(
        &self,
        scope: Scope,
        deliver: impl FnMut(&Transaction<'_>, &InboxItem) -> Result<(), E>,
    ) -> Result<Drained, E> {
        self.drain(&self.inbox(), scope, deliver)
    }

    /// [`Vault::drain_inbox`] of an inbox that the platform keeps elsewhere: on iOS in the app group's folder.
    pub fn drain<E: From<VaultError>>(
        &self,
        inbox: &Inbox,
        scope: Scope,
        mut deliver: impl FnMut(&Transaction<'_>, &InboxItem) -> Result<(), E>,
    ) -> Result<Drained, E> {
        let _one = self.draining();
        self.with_root(|_| Ok(()))?;
        let mut drained = Drained::default();
        let Some((file, end)) = inbox.snapshot()? else {
            return Ok(drained);
        };
        let mut frames = Frames::new(BufReader::new(file), end);
        let mut keep = Vec::new();
        loop {
            let mut batch = Vec::new();
            let mut batch_bytes = 0;
            let mut at_end = false;
            while batch.len() < BATCH && batch_bytes < BATCH_BYTES && !at_end {
                match frames.next().map_err(VaultError::io("reading inbox.log"))? {
                    None => at_end = true,
                    Some(Stretch::Torn { start, end }) => {
                        drained.torn_bytes += end - start;
                        keep.push((start, end));
                    }
                    Some(Stretch::Frame { start, end, body }) => match self.open_item(&body)? {
                        Some(item) => {
                            batch_bytes += item.bytes.len();
                            batch.push(item);
                        }
                        None => {
                            drained.unreadable += 1;
                            keep.push((start, end));
                        }
                    },
                }
            }
            if !batch.is_empty() {
                self.deliver_batch(scope, &batch, &mut drained, &mut deliver)?;
            }
            if at_end {
                break;
            }
        }
        if drained.delivered + drained.already_delivered > 0 {
            inbox.shorten(&keep, end)?;
        }
        Ok(drained)
    }

    /// Whether an item was delivered already.
    pub(crate) fn inbox_item_is_delivered(&self, id: &[u8; ID_BYTES]) -> Result<bool, VaultError> {
        self.read(|connection| {
            let found = connection
                .query_row("SELECT 1 FROM vault_inbox_delivered WHERE item_id = ?1", [id], |_| {
                    Ok(())
                })
                .optional()?;
            Ok(found.is_some())
        })
    }

    fn open_item(&self, body: &[u8]) -> Result<Option<InboxItem>, VaultError> {
        let Some((id, sealed)) = body.split_first_chunk::<ID_BYTES>() else {
            return Ok(None);
        };
        let opened = self.with_root(|root| Ok(seal::open(root, self.id(), id, sealed)))?;
        Ok(opened.map(|bytes| InboxItem { id: ItemId(*id), bytes }))
    }

    fn deliver_batch<E: From<VaultError>>(
        &self,
        scope: Scope,
        batch: &[InboxItem],
        drained: &mut Drained,
        deliver: &mut impl FnMut(&Transaction<'_>, &InboxItem) -> Result<(), E>,
    ) -> Result<(), E> {
        let (done, refused) = self.write(scope, |transaction| {
            let mut done = Drained::default();
            for item in batch {
                if is_delivered(transaction, item.id)? {
                    done.already_delivered += 1;
                    continue;
                }
                execute(transaction, "SAVEPOINT vault_inbox_item")?;
                if let Err(error) = deliver(transaction, item) {
                    execute(transaction, "ROLLBACK TO vault_inbox_item")?;
                    execute(transaction, "RELEASE vault_inbox_item")?;
                    return Ok::<_, E>((done, Some(error)));
                }
                record(transaction, item.id)?;
                execute(transaction, "RELEASE vault_inbox_item")?;
                done.delivered += 1;
            }
            Ok((done, None))
        })?;
        drained.delivered += done.delivered;
        drained.already_delivered += done.already_delivered;
        refused.map_or(Ok(()), Err)
    }
}

fn execute(transaction: &Transaction<'_>, sql: &str) -> Result<(), VaultError> {
    transaction.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn is_delivered(transaction: &Transaction<'_>, id: ItemId) -> Result<bool, VaultError> {
    let found = transaction
        .prepare_cached("SELECT 1 FROM vault_inbox_delivered WHERE item_id = ?1")?
        .query_row([id.0], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

/// Kept for ever: an old copy of the inbox put back delivers nothing twice.
fn record(transaction: &Transaction<'_>, id: ItemId) -> Result<(), VaultError> {
    transaction
        .prepare_cached("INSERT INTO vault_inbox_delivered (item_id) VALUES (?1)")?
        .execute([id.0])?;
    Ok(())
}

impl InboxAddress {
    /// The address in a header.
    pub(crate) fn of(header: &Header) -> Self {
        Self {
            vault_id: header.vault_id.clone(),
            public_key: header.inbox_public_key,
        }
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ItemId({self})")
    }
}

/// Without the path, which may hold the person's name.
impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for InboxItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxItem")
            .field("id", &self.id)
            .field("bytes", &"[REDACTED]")
            .finish()
    }
}
