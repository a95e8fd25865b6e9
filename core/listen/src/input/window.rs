//! A bounded window over a stream: the part being looked at is contiguous in memory, the rest is not. It counts
//! lines, and it never holds more than one largest record, however long the file or a line of it is.

use std::io::{self, Read};

use super::MAX_RECORD_BYTES;

const FIRST_BYTES: usize = 1 << 18;

/// The stretch of the stream that is in memory.
pub(crate) struct Window<R> {
    from: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    line: u64,
    /// Line feeds before this place in the buffer are in `line`.
    counted: usize,
}

impl<R: Read> Window<R> {
    pub(crate) fn new(from: R) -> Self {
        Self {
            from,
            buffer: vec![0; FIRST_BYTES],
            start: 0,
            end: 0,
            at_end: false,
            line: 1,
            counted: 0,
        }
    }

    /// What can be looked at now.
    pub(crate) fn view(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether the stream has nothing after [`Self::view`].
    pub(crate) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Whether the window is as large as a record may be.
    pub(crate) fn is_full(&self) -> bool {
        self.end - self.start >= MAX_RECORD_BYTES
    }

    /// The line, from 1, on which the window starts.
    pub(crate) fn line(&mut self) -> u64 {
        let passed = self.buffer.get(self.counted..self.start).unwrap_or_default();
        self.line += u64::try_from(memchr::memchr_iter(b'\n', passed).count()).unwrap_or(u64::MAX);
        self.counted = self.start;
        self.line
    }

    /// Takes what is in the window for all that there is.
    pub(crate) fn end_here(&mut self) {
        self.at_end = true;
    }

    /// Moves the start of the window on.
    pub(crate) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// Reads more; `false` when nothing came, because the stream ended or the window is full.
    pub(crate) fn fill(&mut self) -> io::Result<bool> {
        if self.at_end || self.is_full() {
            return Ok(false);
        }
        if self.start > 0 {
            self.line();
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            self.counted = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize((self.buffer.len() * 2).min(MAX_RECORD_BYTES), 0);
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        loop {
            match self.from.read(room) {
                Ok(0) => {
                    self.at_end = true;
                    return Ok(false);
                }
                Ok(count) => {
                    self.end += count;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads until there are `count` bytes or no more come.
    pub(crate) fn fill_to(&mut self, count: usize) -> io::Result<()> {
        while self.view().len() < count && self.fill()? {}
        Ok(())
    }

    /// Takes white space away, reading on; `false` at the end of the stream.
    pub(crate) fn skip_space(&mut self) -> io::Result<bool> {
        loop {
            let space = self.view().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            self.consume(space);
            if !self.view().is_empty() {
                return Ok(true);
            }
            if !self.fill()? {
                return Ok(false);
            }
        }
    }
}

impl<R: Read> Read for Window<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.view().is_empty() {
            self.fill()?;
        }
        let count = self.view().len().min(into.len());
        if let (Some(into), Some(from)) = (into.get_mut(..count), self.view().get(..count)) {
            into.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}
