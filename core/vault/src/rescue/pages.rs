//! The pages of a database file, read and proven one by one without SQLite.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use tekram_primitives::secret::Secret32;

use super::tree::Pages;
use super::{DatabaseDamage, sorted};
use crate::database::{self, PAGE_BYTES};
use crate::error::VaultError;
use crate::page::{PageKey, RESERVED_BYTES};
use crate::progress::{self, Watch};

/// Pages that are read between two words of progress.
const PAGES_AT_ONCE: u32 = 128;

/// A database file, without SQLite.
pub(crate) struct RawPages {
    file: File,
    key: PageKey,
    pages: u32,
    /// Bytes at the end of each page that SQLite leaves alone. The first page says how many: more than SQLCipher needs, since it
    /// reserves them before it hears that its tags are to be shorter.
    reserved: usize,
    /// Why the file could not be read, if that is so: not damage, but the disk.
    failure: Option<std::io::Error>,
}

impl RawPages {
    /// The database at `path`. A part of a page at its end counts as a damaged page.
    pub(crate) fn open(path: &Path, vault_key: &Secret32, vault_id: &str) -> Result<Self, VaultError> {
        let file = File::open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => VaultError::MissingFile { file: database::FILE },
            _ => VaultError::io("opening vault.db")(error),
        })?;
        let bytes = file.metadata().map_err(VaultError::io("opening vault.db"))?.len();
        let pages = u32::try_from(bytes.div_ceil(PAGE_BYTES)).unwrap_or(u32::MAX);
        Ok(Self::of(file, pages, vault_key, vault_id))
    }

    /// The first pages of an open file.
    pub(crate) fn of(file: File, pages: u32, vault_key: &Secret32, vault_id: &str) -> Self {
        let mut raw = Self {
            file,
            key: PageKey::new(vault_key, vault_id),
            pages,
            reserved: RESERVED_BYTES,
            failure: None,
        };
        if let Some(reserved) = raw.page(1).and_then(|page| page.get(RESERVED_AT).copied()) {
            raw.reserved = usize::from(reserved);
        }
        raw
    }

    /// Looks at every page.
    pub(crate) fn damage(&mut self, watch: &mut Watch<'_>) -> Result<DatabaseDamage, VaultError> {
        let total_bytes = u64::from(self.pages) * PAGE_BYTES;
        let mut damaged = Vec::new();
        for number in 1..=self.pages {
            if number % PAGES_AT_ONCE == 1 {
                progress::tell(watch, u64::from(number - 1) * PAGE_BYTES, total_bytes)?;
            }
            let page = self.encrypted(number);
            if !page.is_some_and(|page| self.key.is_authentic(number, &page)) {
                damaged.push(number);
            }
            self.check()?;
        }
        progress::tell(watch, total_bytes, total_bytes)?;
        Ok(DatabaseDamage {
            pages: self.pages,
            damaged: sorted(damaged),
        })
    }

    /// How many bytes there are.
    pub(super) fn bytes(&self) -> u64 {
        u64::from(self.pages) * PAGE_BYTES
    }

    /// Fails when the disk did, since the last time this was asked.
    pub(super) fn check(&mut self) -> Result<(), VaultError> {
        match self.failure.take() {
            Some(error) => Err(VaultError::io("reading vault.db")(error)),
            None => Ok(()),
        }
    }

    fn encrypted(&mut self, number: u32) -> Option<Vec<u8>> {
        let at = u64::from(number.checked_sub(1)?) * PAGE_BYTES;
        if number > self.pages {
            return None;
        }
        let mut page = vec![0; usize::try_from(PAGE_BYTES).ok()?];
        let read = self
            .file
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.file.read_exact(&mut page));
        match read {
            Ok(()) => Some(page),
            // A bad place on the medium is damage like any other; a file that ends early is too.
            Err(error) => {
                let is_damage =
                    matches!(error.kind(), std::io::ErrorKind::UnexpectedEof) || error.raw_os_error() == Some(EIO);
                if !is_damage {
                    self.failure = Some(error);
                }
                None
            }
        }
    }
}

/// Where the first page says how many bytes are reserved at the end of each (file format, section 1.3.4).
const RESERVED_AT: usize = 20;
/// The operating system's "input/output error" (POSIX `EIO`).
const EIO: i32 = 5;

impl Pages for RawPages {
    fn page(&mut self, number: u32) -> Option<Vec<u8>> {
        let page = self.encrypted(number)?;
        self.key.open(number, &page).map(|page| page.to_vec())
    }

    fn reserved(&self) -> usize {
        self.reserved
    }
}
