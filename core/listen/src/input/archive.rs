//! Zip archives, with limits: how many entries, how large all of them together, and how much more an entry may unpack
//! to than it is packed. What an archive says about sizes is not believed; what comes out is counted. An archive whose
//! end is missing, and with it the list of its entries, is walked from its beginning.

use std::borrow::Cow;
use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use super::metered::read_error;
use super::walk::Walk;
use crate::ListenError;

/// Histories come in dozens of files; ten thousand is none.
pub(super) const MOST_ENTRIES: u16 = 10_000;
/// The list of entries is read into memory.
const LARGEST_LIST_BYTES: u32 = 8 << 20;
/// End of central directory record without its comment (APPNOTE 4.3.16).
const END_BYTES: usize = 22;
const END_MARK: &[u8] = b"PK\x05\x06";

/// The files of an archive, one after the other.
pub(crate) enum Entries<R> {
    /// By the list at its end.
    Listed { archive: ZipArchive<R>, next: usize },
    /// By what stands before each of them: the list is missing.
    Walked(Walk<R>),
}

/// A file of an archive: its name and what it holds.
pub(crate) struct Entry<'a> {
    pub(crate) name: String,
    /// How much it takes in the archive, in bytes, at most.
    pub(crate) packed_bytes: u64,
    pub(crate) from: Box<dyn Read + 'a>,
}

impl<R: Read + Seek> Entries<R> {
    /// Opens an archive whose list of entries is within the limits.
    ///
    /// # Errors
    /// `archive_bomb`, `locked_archive`, `io`.
    pub(crate) fn open(mut file: R) -> Result<Self, ListenError> {
        let listed = check_list(&mut file)
            .and_then(|()| ZipArchive::new(&mut file).map(drop).map_err(|error| zip_error(&error)));
        match listed {
            Ok(()) => Ok(Self::Listed {
                archive: ZipArchive::new(file).map_err(|error| zip_error(&error))?,
                next: 0,
            }),
            Err(ListenError::TruncatedArchive) => Ok(Self::Walked(Walk::new(file)?)),
            Err(error) => Err(error),
        }
    }

    /// Whether its end is missing.
    pub(crate) fn cut_off(&self) -> bool {
        matches!(self, Self::Walked(_))
    }

    /// The next file, folders left out; `truncated_archive` for one that cannot be read, after which there may be others.
    pub(crate) fn next_file(&mut self) -> Option<Result<Entry<'_>, ListenError>> {
        match self {
            Self::Walked(walk) => walk.next_file().transpose(),
            Self::Listed { archive, next } => {
                let folder = |name: Result<Cow<'_, str>, _>| name.is_ok_and(|name| name.ends_with('/'));
                while archive.name_for_index(*next).is_some_and(folder) {
                    *next += 1;
                }
                if *next >= archive.len() {
                    return None;
                }
                *next += 1;
                Some(match archive.by_index(*next - 1) {
                    Ok(entry) => Ok(Entry {
                        name: name(entry.name_raw()),
                        packed_bytes: entry.compressed_size(),
                        from: Box::new(entry),
                    }),
                    Err(error) => Err(zip_error(&error)),
                })
            }
        }
    }
}

/// An entry's name as it can be kept.
pub(super) fn name(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw)
        .chars()
        .filter(|letter| *letter != '\0')
        .take(255)
        .collect()
}

/// The room's error for an archive that does not open.
fn zip_error(error: &ZipError) -> ListenError {
    match error {
        ZipError::Io(error) => match read_error(error) {
            ListenError::Io { .. } => ListenError::TruncatedArchive,
            stopped => stopped,
        },
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            ListenError::LockedArchive
        }
        _ => ListenError::TruncatedArchive,
    }
}

/// Checks the numbers in the end record before anything is read by them. Archives with more entries than its sixteen
/// bits can say (Zip64) are past the limit already.
fn check_list<R: Read + Seek>(file: &mut R) -> Result<(), ListenError> {
    let io = |error: std::io::Error| read_error(&error);
    let length = file.seek(SeekFrom::End(0)).map_err(io)?;
    let tail = length.min(u64::from(u16::MAX) + END_BYTES as u64);
    file.seek(SeekFrom::Start(length - tail)).map_err(io)?;
    let mut bytes = Vec::new();
    file.take(tail).read_to_end(&mut bytes).map_err(io)?;
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    let record = memchr::memmem::rfind(&bytes, END_MARK)
        .and_then(|at| bytes.get(at..at + END_BYTES))
        .ok_or(ListenError::TruncatedArchive)?;
    let &[_, _, _, _, _, _, _, _, _, _, e1, e2, l1, l2, l3, l4, ..] = record else {
        return Err(ListenError::TruncatedArchive);
    };
    let list_bytes = u32::from_le_bytes([l1, l2, l3, l4]);
    if u16::from_le_bytes([e1, e2]) > MOST_ENTRIES || (list_bytes > LARGEST_LIST_BYTES && list_bytes != u32::MAX) {
        return Err(ListenError::ArchiveBomb { limit: "entries" });
    }
    Ok(())
}
