//! Where backups lie: a folder, or later a server. A place keeps whole files under names and can add to one; it never sees
//! a key, and what it gives back is believed only after it authenticates.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::durable;
use crate::error::VaultError;

/// A file to read from anywhere in it.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// Puts content into a file of a place. `flush` is a barrier: what was written before it is durable before what follows.
pub type Fill<'a> = dyn FnMut(&mut dyn Write) -> Result<(), VaultError> + 'a;

/// A file in a place, as it is seen without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceEntry {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// When the place saw it change last, in milliseconds since 1970, if it knows.
    pub changed_ms: Option<i64>,
}

/// A place for backups. Names are plain file names that this program made.
pub trait BackupPlace {
    /// The files there, in any order; also ones that are no backups.
    fn list(&self) -> Result<Vec<PlaceEntry>, VaultError>;

    /// Opens a file to read it.
    fn get(&self, name: &str) -> Result<Box<dyn ReadSeek>, VaultError>;

    /// Makes a file, or replaces it, with what `fill` writes: the old content or the whole new one is there afterwards, and it
    /// is durable. Nothing changes when `fill` fails.
    fn put(&self, name: &str, fill: &mut Fill<'_>) -> Result<(), VaultError>;

    /// Cuts the file to `at` bytes and adds what `fill` writes. When `fill` fails, what was added is taken back. A place that
    /// can only replace whole files reads the old part and writes it again, which is what this does unless it is overridden.
    fn append(&self, name: &str, at: u64, fill: &mut Fill<'_>) -> Result<(), VaultError> {
        let mut old = self.get(name)?.take(at);
        self.put(name, &mut |file| {
            let copied = io::copy(&mut old, file).map_err(VaultError::io("copying a backup"))?;
            if copied != at {
                return Err(VaultError::Truncated {
                    file: super::format::FILE,
                });
            }
            fill(file)
        })
    }

    /// Removes a file. One that is not there is no error.
    fn remove(&self, name: &str) -> Result<(), VaultError>;
}

/// A folder: on this device, on a stick, or one that another program carries elsewhere.
#[derive(Clone)]
pub struct FolderPlace {
    folder: PathBuf,
}

impl FolderPlace {
    /// Uses `folder`, which is made when it is not there.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, VaultError> {
        let folder = folder.into();
        durable::create_folder(&folder).map_err(VaultError::io("making the backups' folder"))?;
        Ok(Self { folder })
    }

    /// Nothing but a plain name leads to a file, so none leads out of the folder.
    fn path(&self, name: &str) -> Result<PathBuf, VaultError> {
        let plain = Path::new(name).file_name().and_then(|plain| plain.to_str()) == Some(name);
        if plain {
            Ok(self.folder.join(name))
        } else {
            Err(VaultError::NotABackup)
        }
    }
}

/// Without the path, which may hold the person's name.
impl fmt::Debug for FolderPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FolderPlace").finish_non_exhaustive()
    }
}

impl BackupPlace for FolderPlace {
    fn list(&self) -> Result<Vec<PlaceEntry>, VaultError> {
        let list = || {
            let mut entries = Vec::new();
            for entry in fs::read_dir(&self.folder)? {
                let entry = entry?;
                let about = entry.metadata()?;
                if let (true, Ok(name)) = (about.is_file(), entry.file_name().into_string()) {
                    let changed = about
                        .modified()
                        .ok()
                        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                    entries.push(PlaceEntry {
                        name,
                        bytes: about.len(),
                        changed_ms: changed.and_then(|since| i64::try_from(since.as_millis()).ok()),
                    });
                }
            }
            Ok(entries)
        };
        list().map_err(VaultError::io("listing the backups"))
    }

    fn get(&self, name: &str) -> Result<Box<dyn ReadSeek>, VaultError> {
        let file = File::open(self.path(name)?).map_err(VaultError::io("opening a backup"))?;
        Ok(Box::new(file))
    }

    fn put(&self, name: &str, fill: &mut Fill<'_>) -> Result<(), VaultError> {
        let path = self.path(name)?;
        let beside = self.path(&format!("{name}.new"))?;
        let file = durable::private(OpenOptions::new().write(true).create(true).truncate(true))
            .open(&beside)
            .map_err(VaultError::io("making a backup"))?;
        let put = fill_and_sync(file, fill).and_then(|()| {
            fs::rename(&beside, path)
                .and_then(|()| durable::sync_folder(&self.folder))
                .map_err(VaultError::io("naming a backup"))
        });
        if put.is_err() {
            // What is wrong is said already; a leftover is replaced by the next backup.
            let _ = fs::remove_file(&beside);
        }
        put
    }

    fn append(&self, name: &str, at: u64, fill: &mut Fill<'_>) -> Result<(), VaultError> {
        let mut file = OpenOptions::new()
            .write(true)
            .open(self.path(name)?)
            .map_err(VaultError::io("opening a backup to add to it"))?;
        file.set_len(at)
            .and_then(|()| file.seek(io::SeekFrom::End(0)).map(|_| ()))
            .map_err(VaultError::io("opening a backup to add to it"))?;
        let again = file.try_clone().map_err(VaultError::io("adding to a backup"))?;
        let added = fill_and_sync(file, fill);
        if added.is_err() {
            // A part that stays is a segment that was cut, which reading passes over.
            let _ = again.set_len(at);
        }
        added
    }

    fn remove(&self, name: &str) -> Result<(), VaultError> {
        match fs::remove_file(self.path(name)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed
                .and_then(|()| durable::sync_folder(&self.folder))
                .map_err(VaultError::io("removing a backup")),
        }
    }
}

fn fill_and_sync(file: File, fill: &mut Fill<'_>) -> Result<(), VaultError> {
    let mut file = Durable(file);
    fill(&mut file)?;
    file.0.sync_all().map_err(VaultError::io("writing a backup"))
}

/// A file whose `flush` reaches the medium.
struct Durable(File);

impl Write for Durable {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}
