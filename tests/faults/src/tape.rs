//! Everything a process did to the files under its root, in order, with what it said meanwhile. Files are named by their
//! inode at the time, folders and names by their path.

use std::fs;
use std::io;
use std::path::Path;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A file was made, empty.
    Create {
        /// Its path.
        path: String,
        /// Its inode.
        inode: u64,
    },
    /// Bytes were written.
    Write {
        /// Into which file.
        inode: u64,
        /// From where on.
        at: u64,
        /// What.
        bytes: Vec<u8>,
    },
    /// A file got another length.
    Cut {
        /// Which.
        inode: u64,
        /// How long it is now.
        length: u64,
    },
    /// A file's content was synced.
    Sync {
        /// Which.
        inode: u64,
    },
    /// The names in a folder were synced.
    SyncFolder {
        /// Its path.
        path: String,
    },
    /// A name became another.
    Rename {
        /// The old path.
        from: String,
        /// The new one.
        to: String,
    },
    /// A file or an empty folder lost its name.
    Unlink {
        /// Its path.
        path: String,
    },
    /// A folder was made.
    MakeFolder {
        /// Its path.
        path: String,
    },
    /// The process said this.
    Said(String),
}

/// The events, as they are written down.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    bytes: Vec<u8>,
}

impl Tape {
    /// Nothing happened yet.
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    fn put(&mut self, kind: u8, numbers: [u64; 2], texts: [&[u8]; 2]) {
        self.bytes.push(kind);
        for number in numbers {
            self.bytes.extend(number.to_le_bytes());
        }
        for text in texts {
            self.bytes.extend((text.len() as u64).to_le_bytes());
            self.bytes.extend(text);
        }
    }

    /// A file was made.
    pub fn create(&mut self, path: &[u8], inode: u64) {
        self.put(b'c', [inode, 0], [path, b""]);
    }

    /// Bytes were written.
    pub fn write(&mut self, inode: u64, at: u64, bytes: &[u8]) {
        self.put(b'w', [inode, at], [bytes, b""]);
    }

    /// A file got another length.
    pub fn cut(&mut self, inode: u64, length: u64) {
        self.put(b't', [inode, length], [b"", b""]);
    }

    /// A file was synced.
    pub fn sync(&mut self, inode: u64) {
        self.put(b's', [inode, 0], [b"", b""]);
    }

    /// A folder was synced.
    pub fn sync_folder(&mut self, path: &[u8]) {
        self.put(b'f', [0, 0], [path, b""]);
    }

    /// A name became another.
    pub fn rename(&mut self, from: &[u8], to: &[u8]) {
        self.put(b'r', [0, 0], [from, to]);
    }

    /// A name went.
    pub fn unlink(&mut self, path: &[u8]) {
        self.put(b'u', [0, 0], [path, b""]);
    }

    /// A folder was made.
    pub fn make_folder(&mut self, path: &[u8]) {
        self.put(b'm', [0, 0], [path, b""]);
    }

    /// The process said something.
    pub fn said(&mut self, line: &str) {
        self.put(b'a', [0, 0], [line.as_bytes(), b""]);
    }

    /// Writes the tape to a file.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        fs::write(path, &self.bytes)
    }

    /// Reads what [`Tape::save`] wrote. `None` when it is no tape.
    pub fn events(bytes: &[u8]) -> Option<Vec<Event>> {
        let mut rest = bytes;
        let mut events = Vec::new();
        while let Some((kind, after)) = rest.split_first() {
            rest = after;
            let first = number(&mut rest)?;
            let second = number(&mut rest)?;
            let bytes = text(&mut rest)?;
            let more = text(&mut rest)?;
            let path = || String::from_utf8(bytes.to_vec()).ok();
            events.push(match kind {
                b'c' => Event::Create {
                    path: path()?,
                    inode: first,
                },
                b'w' => Event::Write {
                    inode: first,
                    at: second,
                    bytes: bytes.to_vec(),
                },
                b't' => Event::Cut {
                    inode: first,
                    length: second,
                },
                b's' => Event::Sync { inode: first },
                b'f' => Event::SyncFolder { path: path()? },
                b'r' => Event::Rename {
                    from: path()?,
                    to: String::from_utf8(more.to_vec()).ok()?,
                },
                b'u' => Event::Unlink { path: path()? },
                b'm' => Event::MakeFolder { path: path()? },
                b'a' => Event::Said(path()?),
                _ => return None,
            });
        }
        Some(events)
    }
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    let (number, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(u64::from_le_bytes(*number))
}

fn text<'t>(rest: &mut &'t [u8]) -> Option<&'t [u8]> {
    let length = usize::try_from(number(rest)?).ok()?;
    let (text, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(text)
}
