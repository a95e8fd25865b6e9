//! A zip archive read from its beginning by what stands before each file (APPNOTE 4.3.7), because the list at its end is
//! missing: a download that broke off. The files before the break are whole, the one at the break as far as it goes.
//! A packed stream says itself where it ends; that is needed where its length was written behind it (4.3.9).

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::DeflateDecoder;

use super::archive::{Entry, MOST_ENTRIES, name};
use super::metered::{LARGEST_TOTAL, read_error};
use crate::ListenError;

const MARK: &[u8] = b"PK\x03\x04";
/// Of a local file header, without name and extra field.
const HEADER_BYTES: usize = 30;
/// A data descriptor is 12 to 24 bytes; then the next mark.
const DESCRIPTOR_BYTES: u64 = 24 + 4;
const ENCRYPTED: u16 = 1;
const LENGTH_BEHIND: u16 = 8;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Where the next file begins.
#[derive(Clone, Copy)]
enum Next {
    At(u64),
    /// Behind the packed stream that begins here.
    Behind(u64),
    None,
}

/// An archive that is being walked.
pub(crate) struct Walk<R> {
    file: R,
    length: u64,
    next: Next,
    entries: u16,
    /// What may still be unpacked only to find where it ends, in bytes.
    left: u64,
}

/// What stands before a file.
struct Header {
    name: String,
    folder: bool,
    flags: u16,
    method: u16,
    packed: u64,
    data: u64,
}

impl<R: Read + Seek> Walk<R> {
    /// Begins at the file's beginning.
    pub(super) fn new(mut file: R) -> Result<Self, ListenError> {
        let length = file.seek(SeekFrom::End(0)).map_err(|error| read_error(&error))?;
        Ok(Self {
            file,
            length,
            next: Next::At(0),
            entries: 0,
            left: LARGEST_TOTAL,
        })
    }

    /// The next file that can be read; `truncated_archive` for one that cannot.
    pub(super) fn next_file(&mut self) -> Result<Option<Entry<'_>>, ListenError> {
        let header = loop {
            match self.header()? {
                None => return Ok(None),
                Some(header) if header.folder => {}
                Some(header) => break header,
            }
        };
        if header.flags & ENCRYPTED != 0 {
            return Err(ListenError::LockedArchive);
        }
        let rest = self.length.saturating_sub(header.data);
        self.seek(header.data)?;
        let from = BufReader::new((&mut self.file).take(rest.min(header.packed)));
        let from: Box<dyn Read + '_> = match header.method {
            STORED => Box::new(Whole {
                from,
                left: header.packed,
            }),
            DEFLATED => Box::new(DeflateDecoder::new(from)),
            _ => return Err(ListenError::TruncatedArchive),
        };
        Ok(Some(Entry {
            name: header.name,
            packed_bytes: rest.min(header.packed),
            from,
        }))
    }

    fn seek(&mut self, to: u64) -> Result<(), ListenError> {
        self.file
            .seek(SeekFrom::Start(to))
            .map(drop)
            .map_err(|error| read_error(&error))
    }

    /// What stands before the next file, and where the one after it will be looked for.
    fn header(&mut self) -> Result<Option<Header>, ListenError> {
        let at = match self.next {
            Next::At(at) => Some(at),
            Next::Behind(data) => self.end_of(data)?,
            Next::None => None,
        };
        self.next = Next::None;
        let Some(at) = at.filter(|at| *at < self.length) else {
            return Ok(None);
        };
        self.entries += 1;
        if self.entries > MOST_ENTRIES {
            return Err(ListenError::ArchiveBomb { limit: "entries" });
        }
        self.seek(at)?;
        let mut fixed = [0; HEADER_BYTES];
        if !self.whole(&mut fixed)? || !fixed.starts_with(MARK) {
            return Ok(None);
        }
        let [
            _,
            _,
            _,
            _,
            _,
            _,
            f1,
            f2,
            m1,
            m2,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            p1,
            p2,
            p3,
            p4,
            _,
            _,
            _,
            _,
            n1,
            n2,
            x1,
            x2,
        ] = fixed;
        let mut raw_name = vec![0; usize::from(u16::from_le_bytes([n1, n2]))];
        if !self.whole(&mut raw_name)? {
            return Ok(None);
        }
        let extra = u16::from_le_bytes([x1, x2]);
        let data = at + HEADER_BYTES as u64 + raw_name.len() as u64 + u64::from(extra);
        let flags = u16::from_le_bytes([f1, f2]);
        let method = u16::from_le_bytes([m1, m2]);
        let packed = u32::from_le_bytes([p1, p2, p3, p4]);
        // Also where a Zip64 field has the length.
        let unknown = flags & LENGTH_BEHIND != 0 || packed == u32::MAX;
        self.next = match (unknown, method) {
            (false, _) => Next::At(data + u64::from(packed)),
            (true, DEFLATED) => Next::Behind(data),
            (true, _) => Next::None,
        };
        Ok(Some(Header {
            folder: raw_name.ends_with(b"/"),
            name: name(&raw_name),
            flags,
            method,
            packed: if unknown { u64::MAX } else { u64::from(packed) },
            data,
        }))
    }

    /// Fills the bytes; `false` where the archive ends before.
    fn whole(&mut self, bytes: &mut [u8]) -> Result<bool, ListenError> {
        match self.file.read_exact(bytes) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(read_error(&error)),
        }
    }

    /// Where the file after a packed stream begins, `None` when the stream does not end.
    fn end_of(&mut self, data: u64) -> Result<Option<u64>, ListenError> {
        self.seek(data)?;
        let mut stream = DeflateDecoder::new(BufReader::new(&mut self.file)).take(self.left);
        let unpacked = match io::copy(&mut stream, &mut io::sink()) {
            Ok(unpacked) => unpacked,
            Err(error) => match read_error(&error) {
                ListenError::Io { .. } => return Ok(None),
                stopped => return Err(stopped),
            },
        };
        self.left = self.left.saturating_sub(unpacked);
        if self.left == 0 {
            return Err(ListenError::ArchiveBomb { limit: "size" });
        }
        let end = data + stream.into_inner().total_in();
        self.seek(end)?;
        let mut behind = Vec::new();
        (&mut self.file)
            .take(DESCRIPTOR_BYTES)
            .read_to_end(&mut behind)
            .map_err(|error| read_error(&error))?;
        Ok(memchr::memmem::find(&behind, MARK).map(|at| end + at as u64))
    }
}

/// A stored file: ending before its length is an error, as it is for a packed one.
struct Whole<R> {
    from: R,
    left: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(into)?;
        self.left = self.left.saturating_sub(count as u64);
        if count == 0 && self.left > 0 && !into.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(count)
    }
}
