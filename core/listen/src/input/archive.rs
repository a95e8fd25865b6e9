//! Zip archives, with limits: how many entries, how large all of them together, and how much more an entry may unpack
//! to than it is packed. What an archive says about sizes is not believed; what comes out is counted.

use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::metered::read_error;
use crate::ListenError;

/// Histories come in dozens of files; ten thousand is none.
const MOST_ENTRIES: u16 = 10_000;
/// The list of entries is read into memory.
const LARGEST_LIST_BYTES: u32 = 8 << 20;
/// End of central directory record without its comment (APPNOTE 4.3.16).
const END_BYTES: usize = 22;
const END_MARK: &[u8] = b"PK\x05\x06";

/// Opens an archive whose list of entries is within the limits.
pub(crate) fn open<R: Read + Seek>(mut file: R) -> Result<ZipArchive<R>, ListenError> {
    check_list(&mut file)?;
    ZipArchive::new(file).map_err(|error| zip_error(&error))
}

/// An entry's name as it can be kept.
pub(crate) fn name<R: Read>(entry: &ZipFile<'_, R>) -> String {
    String::from_utf8_lossy(entry.name_raw())
        .chars()
        .filter(|letter| *letter != '\0')
        .take(255)
        .collect()
}

/// The room's error for an archive that does not open.
pub(crate) fn zip_error(error: &ZipError) -> ListenError {
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
