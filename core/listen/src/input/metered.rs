//! Reading that can be watched and stopped: counts bytes, obeys the person's stop, and bounds what an archive's entry
//! may unpack to.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::ListenError;

/// Why reading stopped although there is more.
#[derive(Debug, Clone, Copy, thiserror::Error)]
enum Stop {
    #[error("stopped")]
    Cancelled,
    #[error("archive limit")]
    Bomb(&'static str),
}

/// The room's error for an error of reading.
pub(crate) fn read_error(error: &io::Error) -> ListenError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Stop>()) {
        Some(Stop::Cancelled) => ListenError::Cancelled,
        Some(Stop::Bomb(limit)) => ListenError::ArchiveBomb { limit },
        None => ListenError::Io { kind: error.kind() },
    }
}

/// The same error again, of one that somebody else holds too: why reading was stopped must not get lost.
pub(crate) fn unshared(error: &io::Error) -> io::Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Stop>()) {
        Some(stop) => io::Error::other(*stop),
        None => error.kind().into(),
    }
}

/// Counts what is read, and stops when the person says so.
pub(crate) struct Metered<R> {
    pub(crate) from: R,
    pub(crate) read: Arc<AtomicU64>,
    pub(crate) cancel: Arc<AtomicBool>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(io::Error::other(Stop::Cancelled));
        }
        let count = self.from.read(into)?;
        self.read
            .fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
        Ok(count)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.from.seek(to)
    }
}

/// What all entries of an archive may unpack to: far more than a lifetime of listening.
pub(crate) const LARGEST_TOTAL: u64 = 4 << 30;
/// Histories are repetitive, but a bomb is repetition only.
const LARGEST_RATIO: u64 = 250;
/// Small entries are harmless whatever their ratio.
const RATIO_FREE: u64 = 4 << 20;

/// Bounds one entry by its packed size, and all entries by a total.
pub(crate) struct Unpacked<'t, R> {
    from: R,
    left: u64,
    total_left: &'t mut u64,
}

impl<'t, R> Unpacked<'t, R> {
    pub(crate) fn new(from: R, packed_bytes: u64, total_left: &'t mut u64) -> Self {
        Self {
            from,
            left: packed_bytes.saturating_mul(LARGEST_RATIO).saturating_add(RATIO_FREE),
            total_left,
        }
    }
}

impl<R: Read> Read for Unpacked<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(into)?;
        let bytes = u64::try_from(count).unwrap_or(u64::MAX);
        self.left = self
            .left
            .checked_sub(bytes)
            .ok_or_else(|| io::Error::other(Stop::Bomb("ratio")))?;
        *self.total_left = self
            .total_left
            .checked_sub(bytes)
            .ok_or_else(|| io::Error::other(Stop::Bomb("size")))?;
        Ok(count)
    }
}
