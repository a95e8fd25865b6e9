//! A folder that only the platform's picker leads to, as a place for backups: the host reads and writes pieces of files, and
//! what makes a backup safe there, a whole new file before the old one goes, is done here.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use tekram_vault::{BackupPlace, Fill, PlaceEntry, ReadSeek, VaultError};

/// A folder of the host. Calls may come from any thread. Names are plain file names.
pub trait BackupFolder: Send + Sync + fmt::Debug {
    /// The files there.
    ///
    /// # Errors
    /// What the host says.
    fn list(&self) -> io::Result<Vec<PlaceEntry>>;

    /// At most `length` bytes from `offset` on; less only at the end of the file.
    ///
    /// # Errors
    /// What the host says.
    fn read(&self, name: &str, offset: u64, length: u32) -> io::Result<Vec<u8>>;

    /// Cuts the file to `offset` and adds `bytes`. A file that is not there is made when `offset` is 0.
    ///
    /// # Errors
    /// What the host says.
    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// What was written is durable when this returns.
    ///
    /// # Errors
    /// What the host says.
    fn sync(&self, name: &str) -> io::Result<()>;

    /// Gives a file another name, in the place of the one that has it.
    ///
    /// # Errors
    /// What the host says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file. One that is not there is no error.
    ///
    /// # Errors
    /// What the host says.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// Bytes that are asked of the host, or handed to it, at once.
const PIECE_BYTES: usize = 1024 * 1024;

/// The host's folder, as the vault sees it.
#[derive(Debug)]
pub(crate) struct HostPlace(pub(crate) Arc<dyn BackupFolder>);

impl BackupPlace for HostPlace {
    fn list(&self) -> Result<Vec<PlaceEntry>, VaultError> {
        self.0.list().map_err(doing("listing the backups"))
    }

    fn get(&self, name: &str) -> Result<Box<dyn ReadSeek>, VaultError> {
        let files = self.list()?;
        let found = files.into_iter().find(|file| file.name == name);
        let bytes = found
            .map(|file| file.bytes)
            .ok_or_else(|| doing("opening a backup")(io::ErrorKind::NotFound.into()))?;
        Ok(Box::new(HostReader {
            folder: Arc::clone(&self.0),
            name: name.to_owned(),
            bytes,
            at: 0,
        }))
    }

    fn put(&self, name: &str, fill: &mut Fill<'_>) -> Result<(), VaultError> {
        let beside = format!("{name}.new");
        let put = self
            .fill(&beside, 0, fill)
            .and_then(|()| self.0.rename(&beside, name).map_err(doing("naming a backup")));
        if put.is_err() {
            // What is wrong is said already; a leftover is no backup.
            let _ = self.0.remove(&beside);
        }
        put
    }

    fn append(&self, name: &str, at: u64, fill: &mut Fill<'_>) -> Result<(), VaultError> {
        let added = self.fill(name, at, fill);
        if added.is_err() {
            // A part that stays is a segment that was cut, which reading passes over.
            let _ = self.0.write(name, at, &[]);
        }
        added
    }

    fn remove(&self, name: &str) -> Result<(), VaultError> {
        self.0.remove(name).map_err(doing("removing a backup"))
    }
}

impl HostPlace {
    fn fill(&self, name: &str, at: u64, fill: &mut Fill<'_>) -> Result<(), VaultError> {
        let begun = |at| {
            self.0
                .write(name, at, &[])
                .map_err(doing("opening a backup to add to it"))
        };
        begun(at)?;
        let mut file = HostWriter {
            folder: self.0.as_ref(),
            name,
            at,
            pending: Vec::new(),
        };
        fill(&mut file)?;
        file.flush().map_err(doing("writing a backup"))
    }
}

fn doing(action: &'static str) -> impl FnOnce(io::Error) -> VaultError {
    move |source| VaultError::Io { action, source }
}

/// Reads a file of the host from anywhere in it.
struct HostReader {
    folder: Arc<dyn BackupFolder>,
    name: String,
    bytes: u64,
    at: u64,
}

impl Read for HostReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.bytes.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left).min(PIECE_BYTES);
        if wanted == 0 {
            return Ok(0);
        }
        let length = u32::try_from(wanted).unwrap_or(u32::MAX);
        let piece = self.folder.read(&self.name, self.at, length)?;
        // A host that hands out more than it was asked for is cut; less is a file that became shorter.
        let read = piece.len().min(wanted);
        if let (Some(into), Some(from)) = (buffer.get_mut(..read), piece.get(..read)) {
            into.copy_from_slice(from);
        }
        self.at = self.at.saturating_add(u64::try_from(read).unwrap_or(0));
        Ok(read)
    }
}

impl Seek for HostReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Adds to a file of the host, in large pieces. `flush` reaches the medium.
struct HostWriter<'a> {
    folder: &'a dyn BackupFolder,
    name: &'a str,
    at: u64,
    pending: Vec<u8>,
}

impl HostWriter<'_> {
    fn hand_over(&mut self) -> io::Result<()> {
        if !self.pending.is_empty() {
            self.folder.write(self.name, self.at, &self.pending)?;
            self.at = self.at.saturating_add(u64::try_from(self.pending.len()).unwrap_or(0));
            self.pending.clear();
        }
        Ok(())
    }
}

impl Write for HostWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= PIECE_BYTES {
            self.hand_over()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_over()?;
        self.folder.sync(self.name)
    }
}
